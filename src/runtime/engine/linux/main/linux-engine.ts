// The Linux engine: worker threads that call the kernel themselves. Main owns listening sockets, plans and the journal; what
// happens to a connection happens in a worker.

import { assert } from "../../../../base/assert.ts";
import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { BoundListener, Change, Engine } from "../../engine.ts";
import type { ListenAddress } from "../../listen-error.ts";
import type { SweepLimits } from "../../sweep-interval.ts";
import { keepHeapsSmall, trimHeaps } from "../kernel/arenas.ts";
import { raiseDescriptorLimit } from "../kernel/descriptor.ts";
import { dropProgramPages } from "../kernel/program-pages.ts";
import { SOCK_NONBLOCK } from "../kernel/socket.ts";
import { LISTENER_COUNT, SharedLimits } from "../relay/shared-limits.ts";
import { ConnectionTable, FD, ROLE, SESSION } from "../relay/table.ts";
import type { DriverName, FromWorker } from "../worker/messages.ts";
import { Answers } from "./answers.ts";
import { Departures } from "./departures.ts";
import { Hearing } from "./hearing.ts";
import { HEARTBEAT, Heartbeat } from "./heartbeat.ts";
import { KeptPlans } from "./kept-plans.ts";
import type { LinuxEngineOptions } from "./linux-engine-options.ts";
import { LinuxListener } from "./linux-listener.ts";
import { ListenerSet } from "./listener-set.ts";
import { growDescriptorTable, shareMemory } from "./share-memory.ts";
import { Succession } from "./succession.ts";
import { type SharedSetup, untilGone, WorkerThread } from "./worker-thread.ts";

/** Descriptors that the table has rows for, at most. */
const DESCRIPTORS_MAX = 1 << 20;
/** Time after a drain's grace in which the last ones may end. */
const DRAIN_LINGER_MS = 2000;
const DRAIN_LOOK_MS = 20;
/** A thread that hangs ends within so long once it is told to, or never. */
const END_MS = 5000;
/** Where a worker begins: there once the project is built. */
export const WORKER_ENTRY = new URL("../worker/worker.js", import.meta.url);

export class LinuxEngine implements Engine {
  readonly name: DriverName;
  readonly #options: LinuxEngineOptions;
  readonly #shared: SharedSetup;
  readonly #table: ConnectionTable;
  readonly #limits: SharedLimits;
  readonly #workers: WorkerThread[] = [];
  readonly #listeners = new ListenerSet();
  readonly #plans: KeptPlans;
  readonly #prepared = new Answers<WorkerThread>();
  readonly #committed = new Answers<WorkerThread>();
  readonly #departures: Departures;
  /** Workers that new connections go to, by index; and those from the next commit on. */
  #active: readonly number[] = [];
  #planned: readonly number[] = [];
  #commits = 0;
  readonly #succession: Succession<WorkerThread>;
  readonly #heartbeat: Heartbeat<WorkerThread>;
  readonly #hearing: Hearing;
  #started: Promise<void>;
  #exited = 0;
  #draining: { readonly sinceMs: number; readonly graceMs: number } | undefined;
  #sweep: SweepLimits | undefined;
  #whenExited: (() => void) | undefined;
  #isClosing = false;

  constructor(options: LinuxEngineOptions) {
    this.name = options.driver;
    this.#options = options;
    const capacity = raiseDescriptorLimit(DESCRIPTORS_MAX);
    growDescriptorTable(capacity);
    keepHeapsSmall();
    this.#shared = shareMemory(capacity, {
      workers: options.workers,
      driver: options.driver,
      halfClosedMs: options.halfClosedMs,
      ring: options.ring,
    });
    this.#table = new ConnectionTable(this.#shared.table);
    const usage = new Int32Array(this.#shared.usage);
    this.#plans = new KeptPlans((word) => Atomics.load(usage, word) === 0);
    this.#limits = new SharedLimits(this.#shared.listenerCounts, this.#shared.clients);
    this.#succession = new Succession({
      start: ({ index }) => this.#startWorker(index, () => undefined),
      replace: (dead, successor, lost) => this.#replace(dead, successor, lost),
      waits: ({ index }, why) => options.onWait?.(index, why),
      giveUp: (why) => {
        for (const worker of this.#workers) this.#excuse(worker);
        options.onGiveUp?.(why);
      },
    });
    this.#departures = new Departures(
      options.leaveLingerMs,
      () => this.#listeners.all(),
      (worker) => this.#letGo(worker),
    );
    this.#active = Array.from({ length: options.workers }, (_, index) => index);
    this.#planned = this.#active;
    const living = () => this.#workers.filter(({ hasEnded }) => !hasEnded);
    this.#heartbeat = new Heartbeat(options.heartbeat ?? HEARTBEAT, living, {
      stale: (worker, forMs) => options.onStale?.(worker.index, forMs),
      hung: (worker, forMs) => this.#endHung(worker, forMs),
    });
    this.#hearing = new Hearing({
      journal: options.journal,
      limits: this.#limits,
      plans: this.#plans,
      connects: new Int32Array(this.#shared.connects),
      workers: () => this.#workers,
      listeners: () => this.#listenerNames(),
      lost: (records) => options.onLost?.(records),
    });
    this.#started = this.#start(this.#active);
    // Whoever asks for something is told; nobody may have asked yet.
    this.#started.catch(() => undefined);
  }

  /** Threads that new connections go to. */
  get workers(): number {
    return this.#active.length;
  }

  /** Sockets that accept on ports, of all listeners. */
  get listeningSockets(): number {
    return this.#listeners.sockets;
  }

  /** Threads that are to end with their last connection. */
  get leavingWorkers(): number {
    return this.#workers.length - this.#active.length;
  }

  get openConnections(): number {
    this.#hearing.all();
    let open = 0;
    for (let listener = 1; listener <= this.#listeners.last; listener++) {
      open += this.#limits.get(listener, LISTENER_COUNT.open);
    }
    return open;
  }

  async bind(address: ListenAddress): Promise<BoundListener> {
    await this.#started;
    const flags = this.#options.driver === "epoll" ? SOCK_NONBLOCK : 0;
    return this.#listeners.bind(address, flags, this.#active);
  }

  async prepare(plans: readonly ListenerPlan[], workers = this.#active.length): Promise<void> {
    await this.#started;
    await this.#succession.whole();
    const joining = this.#chooseJoining(workers);
    try {
      await this.#start(joining.filter((index) => !this.#hasThread(index)));
      for (const listener of this.#listeners.all()) {
        for (const worker of joining) listener.bind(worker);
      }
      // In this order: who ended before the look at the rows is heard of after it, while its plan still has a name.
      const used = this.#usedSlots();
      this.#hearing.all();
      const epoch = this.#plans.ship(plans, (slot) => used.has(slot));
      const asked = this.#workers.filter(({ hasEnded }) => !hasEnded);
      await this.#prepared.ask(epoch.epoch, asked, () => {
        for (const worker of this.#workers) worker.post({ kind: "prepare", epoch });
      });
      for (const listener of this.#listeners.all()) {
        for (const worker of joining) listener.listen(worker);
      }
    } catch (error) {
      for (const worker of joining) if (this.#hasThread(worker)) this.#departures.begin(worker);
      throw error;
    }
    this.#planned = [...this.#active.slice(0, workers), ...joining];
  }

  commit({ serve, stop }: Change): Promise<void> {
    const joining = this.#planned.filter((index) => !this.#active.includes(index));
    const leaving = this.#active.filter((index) => !this.#planned.includes(index));
    // The log may want other records than before.
    this.#hearing.all();
    const changed = serve.map(({ listener, plan }) => this.#change(listener, plan));
    const stopped = stop.map(ownListener).filter(({ isStopped }) => !isStopped);
    for (const listener of stopped) listener.isStopped = true;
    this.#active = this.#planned;
    this.#commits += 1;
    const commit = this.#commits;
    // One that is dead is not waited for: its successor is told all of it.
    const asked = this.#workers.filter(({ hasEnded }) => !hasEnded);
    const done = this.#committed.ask(commit, asked, () => {
      for (const worker of this.#workers) {
        const isNew = joining.includes(worker.index);
        this.#tell(worker, commit, isNew ? this.#listeners.all() : changed, stopped);
      }
    });
    for (const listener of this.#listeners.all()) listener.steer(this.#active);
    for (const worker of leaving) this.#departures.begin(worker);
    for (const listener of stopped) this.#forgetClosed(listener);
    return done;
  }

  serve(listener: BoundListener, plan: ListenerPlan): void {
    void this.commit({ serve: [{ listener, plan }], stop: [] });
  }

  stop(listener: BoundListener): void {
    void this.commit({ serve: [], stop: [listener] });
  }

  /** Enters what a listener serves from now on. */
  #change(bound: BoundListener, plan: ListenerPlan): LinuxListener {
    const listener = ownListener(bound);
    assert(this.#plans.slotOf(plan) !== undefined, "a plan is served that was not made ready");
    const { isDeferred = true } = this.#options;
    listener.plan = plan;
    listener.setDeferred(isDeferred);
    return listener;
  }

  /** Tells a worker what it serves from now on, and what it lets go of. */
  #tell(
    worker: WorkerThread,
    commit: number,
    served: readonly LinuxListener[],
    stopped: readonly LinuxListener[],
    adopt?: { readonly lost: readonly number[] },
  ): void {
    const { index } = worker;
    const serve = this.#listeners.servicesOf(index, served, (plan) => this.#plans.slotOf(plan));
    const stop = this.#listeners.release(index, stopped);
    worker.post({ kind: "commit", commit, serve, stop, adopt });
  }

  setSweep(limits: SweepLimits): void {
    this.#sweep = limits;
    for (const worker of this.#workers) worker.post({ kind: "sweep", limits });
  }

  settle(): void {
    trimHeaps();
    dropProgramPages();
  }

  async drain(graceMs: number): Promise<void> {
    await this.#started;
    void this.commit({ serve: [], stop: this.#listeners.all() });
    const sinceMs = performance.now();
    this.#draining = { sinceMs, graceMs };
    for (const worker of this.#workers) worker.post({ kind: "drain", graceMs });
    const endMs = sinceMs + graceMs + DRAIN_LINGER_MS;
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (this.openConnections > 0 && performance.now() < endMs) return;
        clearInterval(look);
        resolve();
      }, DRAIN_LOOK_MS);
    });
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#departures.stop();
    this.#succession.end();
    await this.#started.catch(() => undefined);
    await this.#succession.whole();
    const exited = new Promise<void>((resolve) => {
      this.#whenExited = resolve;
      if (this.#exited === this.#workers.length) resolve();
    });
    for (const worker of this.#workers) worker.post({ kind: "close" });
    // Until here one that hangs is ended: it does not hear that it is to close.
    await exited;
    this.#heartbeat.stop();
    await untilGone(this.#workers);
    this.#hearing.stop();
    this.#hearing.all();
    this.#listeners.closeAll();
  }

  /** @returns once all of them have begun and know what is served */
  async #start(indexes: readonly number[]): Promise<void> {
    await Promise.all(
      indexes.map(
        (index) =>
          new Promise<void>((resolve, reject) => {
            const worker = this.#startWorker(index, resolve, reject);
            this.#workers.push(worker);
            this.#brief(worker);
          }),
      ),
    );
  }

  /** Tells a worker what its like know already. */
  #brief(worker: WorkerThread): void {
    for (const epoch of this.#plans.shipped()) worker.post({ kind: "prepare", epoch });
    if (this.#sweep !== undefined) worker.post({ kind: "sweep", limits: this.#sweep });
  }

  #hasThread(index: number): boolean {
    return this.#workers.some((worker) => worker.index === index);
  }

  /** Workers beyond the active ones: those that are still leaving, then new ones. */
  #chooseJoining(count: number): readonly number[] {
    const missing = Math.max(0, count - this.#active.length);
    const joining: number[] = [];
    for (const worker of this.#workers) {
      if (joining.length === missing) return joining;
      if (this.#departures.has(worker.index) && worker.stay()) {
        this.#departures.cancel(worker.index);
        joining.push(worker.index);
      }
    }
    for (let index = 0; joining.length < missing; index++) {
      if (!this.#hasThread(index)) joining.push(index);
    }
    return joining;
  }

  /** A worker that is to leave lets go of its listeners, and of its last connection whenever that ends. */
  #letGo(index: number): void {
    const worker = this.#workers.find((one) => one.index === index);
    if (worker === undefined) return;
    this.#commits += 1;
    this.#tell(worker, this.#commits, [], this.#listeners.all());
    this.#leaveIfFree(worker);
  }

  #leaveIfFree(worker: WorkerThread): void {
    const { index } = worker;
    if (this.#departures.has(index) && !this.#listeners.isHeldBy(index)) worker.leave();
  }

  /** @param failed where it must start at once; otherwise one that does not start is replaced like any other */
  #startWorker(index: number, started: () => void, failed?: (error: Error) => void): WorkerThread {
    const entry = this.#options.entry ?? WORKER_ENTRY;
    let hasStarted = false;
    const thread = { entry, heapMb: this.#options.workerHeapMb };
    const worker = new WorkerThread(thread, index, this.#shared, {
      message: (message) => {
        if (message.kind !== "started") {
          this.#hear(worker, message);
          return;
        }
        hasStarted = true;
        started();
      },
      exited: (error) => {
        if (!hasStarted) failed?.(error ?? new Error("the worker ended"));
        this.#ended(worker, error, hasStarted || failed === undefined);
      },
    });
    // It learns what the log wants before it has anything to tell.
    this.#hearing.of(worker);
    return worker;
  }

  #hear(worker: WorkerThread, message: FromWorker): void {
    switch (message.kind) {
      case "records":
        this.#hearing.wake();
        return;
      case "prepared":
        this.#prepared.answer(message.epoch, worker);
        return;
      case "unprepared":
        this.#prepared.answer(message.epoch, worker, message.reason);
        return;
      case "committed":
        this.#committed.answer(message.commit, worker);
        return;
      case "stopped":
        this.#stopped(worker, message.listener, message.fd);
        return;
      default:
        return;
    }
  }

  #stopped(worker: WorkerThread, index: number, fd: number): void {
    const listener = this.#listeners.get(index);
    if (listener === undefined) return;
    listener.close(worker.index, fd);
    listener.steer(this.#active);
    this.#forgetClosed(listener);
    this.#leaveIfFree(worker);
  }

  #forgetClosed(listener: LinuxListener): void {
    // What it has told is told under its name.
    if (listener.isStopped && listener.isClosed) this.#hearing.all();
    this.#listeners.forgetClosed(listener);
  }

  #ended(worker: WorkerThread, error: Error | undefined, hasSuccessor: boolean): void {
    this.#excuse(worker);
    if (!hasSuccessor || (worker.hasLeft && !this.#isClosing)) {
      this.#forget(worker);
      this.#tellIfAllExited();
      return;
    }
    this.#exited += 1;
    if (this.#isClosing) {
      worker.bury();
      this.#tellIfAllExited();
      return;
    }
    this.#options.onCrash?.(error);
    this.#succession.begin(worker);
  }

  /** Whoever closes the engine waits for that. */
  #tellIfAllExited(): void {
    if (this.#exited === this.#workers.length) this.#whenExited?.();
  }

  /** One that is dead does not answer; its successor is told everything. */
  #excuse(worker: WorkerThread): void {
    this.#prepared.excuse(worker);
    this.#committed.excuse(worker);
  }

  /** A worker has left as it was told to, or never began. */
  #forget(worker: WorkerThread): void {
    worker.bury();
    this.#hearing.of(worker);
    this.#workers.splice(this.#workers.indexOf(worker), 1);
    this.#departures.cancel(worker.index);
  }

  /** A successor gets the predecessor's plans and listeners, and takes over its rows. */
  #replace(dead: WorkerThread, successor: WorkerThread, lost: readonly number[]): void {
    this.#hearing.of(dead);
    // It may have been asked after its death.
    this.#excuse(dead);
    const { index } = dead;
    this.#exited -= 1;
    this.#workers[this.#workers.indexOf(dead)] = successor;
    this.#brief(successor);
    const listeners = this.#listeners.all();
    this.#commits += 1;
    this.#tell(successor, this.#commits, listeners, [], { lost });
    if (this.#draining !== undefined) {
      const { sinceMs, graceMs } = this.#draining;
      const leftMs = Math.max(0, sinceMs + graceMs - performance.now());
      successor.post({ kind: "drain", graceMs: leftMs });
    }
    for (const listener of listeners) {
      listener.closeReleasedBy(index);
      this.#forgetClosed(listener);
    }
    this.#leaveIfFree(successor);
    if (this.#isClosing) successor.post({ kind: "close" });
  }

  /** One that cannot be ended cannot be replaced: its sockets are still its own. */
  #endHung(worker: WorkerThread, forMs: number): void {
    const because = new Error(`worker ${worker.index} stood still for ${Math.round(forMs)} ms`);
    const tooLong = setTimeout(
      () => this.#succession.giveUp(`${because.message} and cannot be ended`),
      END_MS,
    );
    void worker.terminate(because).then(() => clearTimeout(tooLong));
  }

  /** For tests: ends a worker's thread wherever it is. */
  async terminateWorker(index: number): Promise<void> {
    await this.#workers[index]?.terminate();
  }

  *#listenerNames(): Iterable<readonly [index: number, name: string]> {
    for (const { index, plan } of this.#listeners.all()) yield [index, plan?.name ?? ""];
  }

  /** Of plans that a listener or a row names. */
  #usedSlots(): ReadonlySet<number> {
    const used = new Set<number>();
    for (const { plan } of this.#listeners.all()) {
      if (plan !== undefined) used.add(this.#plans.slotOf(plan) ?? 0);
    }
    const highest = Math.max(0, ...this.#workers.map((worker) => worker.highest));
    for (let fd = 0; fd < highest; fd++) {
      if (this.#table.get(fd, FD.role) === ROLE.client) {
        used.add(this.#table.session(fd, SESSION.plan));
      }
    }
    return used;
  }
}

function ownListener(bound: BoundListener): LinuxListener {
  assert(bound instanceof LinuxListener, "a listener of another engine");
  return bound;
}
