// The Linux engine: worker threads that call the kernel themselves. Main owns listening sockets, plans and the journal; what
// happens to a connection happens in a worker.

import type { Journal } from "../../../routing/journal.ts";
import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { BoundListener, Engine } from "../../engine.ts";
import type { ListenAddress } from "../../listen-error.ts";
import type { SweepLimits } from "../../sweep-interval.ts";
import { raiseDescriptorLimit } from "../kernel/descriptor.ts";
import { SOCK_NONBLOCK } from "../kernel/socket.ts";
import { LISTENER_COUNT, LISTENERS_MAX, SharedLimits } from "../relay/shared-limits.ts";
import { ConnectionTable, FD, ROLE, SESSION } from "../relay/table.ts";
import type { DriverName, FromWorker } from "../worker/messages.ts";
import { Hearing } from "./hearing.ts";
import { Heartbeat } from "./heartbeat.ts";
import { KeptPlans } from "./kept-plans.ts";
import { LinuxListener } from "./linux-listener.ts";
import { closeListening, inheritOptions, openListening } from "./listening.ts";
import { Prepared } from "./prepared.ts";
import { growDescriptorTable, shareMemory } from "./share-memory.ts";
import { Succession } from "./succession.ts";
import { type SharedSetup, WorkerThread } from "./worker-thread.ts";

/** Descriptors that the table has rows for, at most. */
const DESCRIPTORS_MAX = 1 << 20;
/** Time after a drain's grace in which the last ones may end. */
const DRAIN_LINGER_MS = 2000;
const DRAIN_LOOK_MS = 20;
/** Time in which the kernel may let go of what workers had begun, once all have ended. */
const GONE_MS = 1000;
const GONE_LOOK_MS = 5;
/** Where a worker begins: there once the project is built. */
export const WORKER_ENTRY = new URL("../worker/worker.js", import.meta.url);

export interface LinuxEngineOptions {
  readonly journal: Journal;
  readonly driver: DriverName;
  readonly workers: number;
  readonly halfClosedMs?: number;
  /** The worker's JavaScript file. */
  readonly entry?: URL;
  /** Whether the kernel may keep connections back until their client speaks. */
  readonly isDeferred?: boolean;
  /** Tells that a worker ended without being asked; its successor takes over. */
  readonly onCrash?: (error: Error | undefined) => void;
  /** A worker that ended has no successor, and there will be none: the process should end. */
  readonly onGiveUp?: (why: string) => void;
}

export class LinuxEngine implements Engine {
  readonly name: DriverName;
  readonly #options: LinuxEngineOptions;
  readonly #shared: SharedSetup;
  readonly #table: ConnectionTable;
  readonly #limits: SharedLimits;
  readonly #workers: WorkerThread[] = [];
  readonly #listeners = new Map<number, LinuxListener>();
  readonly #plans = new KeptPlans();
  readonly #prepared = new Prepared();
  readonly #succession: Succession<WorkerThread>;
  readonly #heartbeat: Heartbeat<WorkerThread>;
  readonly #hearing: Hearing;
  #started: Promise<void>;
  #lastListener = 0;
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
    this.#shared = shareMemory(capacity, {
      workers: options.workers,
      driver: options.driver,
      halfClosedMs: options.halfClosedMs,
    });
    this.#table = new ConnectionTable(this.#shared.table);
    this.#limits = new SharedLimits(this.#shared.listenerCounts, this.#shared.clients);
    this.#succession = new Succession({
      replace: (dead, lost) => this.#replace(dead, lost),
      giveUp: (why) => options.onGiveUp?.(why),
    });
    this.#heartbeat = new Heartbeat(
      () => this.#workers,
      (worker) => void worker.terminate(),
    );
    this.#hearing = new Hearing({
      journal: options.journal,
      limits: this.#limits,
      plans: this.#plans,
      connects: new Int32Array(this.#shared.connects),
      workers: () => this.#workers,
      listeners: () => this.#listenerNames(),
    });
    this.#started = this.#start();
    // Whoever asks for something is told; nobody may have asked yet.
    this.#started.catch(() => undefined);
  }

  get openConnections(): number {
    this.#hearing.all();
    let open = 0;
    for (let listener = 1; listener <= this.#lastListener; listener++) {
      open += this.#limits.get(listener, LISTENER_COUNT.open);
    }
    return open;
  }

  async bind(address: ListenAddress): Promise<BoundListener> {
    await this.#started;
    const flags = this.#options.driver === "epoll" ? SOCK_NONBLOCK : 0;
    const listening = openListening(address, this.#options.workers, flags);
    if (this.#lastListener + 1 >= LISTENERS_MAX) {
      closeListening(listening);
      throw new Error(`more than ${LISTENERS_MAX} listeners since the start`);
    }
    this.#lastListener += 1;
    return new LinuxListener(this.#lastListener, listening);
  }

  async prepare(plans: readonly ListenerPlan[]): Promise<void> {
    await this.#started;
    await this.#succession.whole();
    // In this order: who ended before the look at the rows is heard of after it, while its plan still has a name.
    const used = this.#usedSlots();
    this.#hearing.all();
    const epoch = this.#plans.ship(plans, (slot) => used.has(slot));
    await this.#prepared.wait(epoch.epoch, this.#workers.length, () => {
      for (const worker of this.#workers) worker.post({ kind: "prepare", epoch });
    });
  }

  serve(bound: BoundListener, plan: ListenerPlan): void {
    const slot = this.#plans.slotOf(plan);
    if (!(bound instanceof LinuxListener) || slot === undefined) {
      throw new Error("internal error: a plan is served that was not made ready");
    }
    const { index, listening } = bound;
    bound.plan = plan;
    this.#listeners.set(index, bound);
    // The log may want other records than before.
    this.#hearing.all();
    inheritOptions(listening, this.#options.isDeferred === true);
    for (const worker of this.#workers) this.#serveOn(worker, bound, slot);
  }

  #serveOn(worker: WorkerThread, { index, listening }: LinuxListener, slot: number): void {
    const isUnix = typeof listening.address === "string";
    const fd = listening.descriptors[worker.index] ?? -1;
    worker.post({ kind: "serve", listener: index, fd, isUnix, slot });
  }

  stop(bound: BoundListener): void {
    if (!(bound instanceof LinuxListener) || bound.isStopped) return;
    bound.isStopped = true;
    if (bound.plan === undefined) {
      closeListening(bound.listening);
      return;
    }
    bound.awaiting = this.#workers.length;
    for (const worker of this.#workers) worker.post({ kind: "stop", listener: bound.index });
  }

  setSweep(limits: SweepLimits): void {
    this.#sweep = limits;
    for (const worker of this.#workers) worker.post({ kind: "sweep", limits });
  }

  async drain(graceMs: number): Promise<void> {
    await this.#started;
    for (const listener of this.#listeners.values()) this.stop(listener);
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
    this.#heartbeat.stop();
    await this.#started.catch(() => undefined);
    await this.#succession.whole();
    const exited = new Promise<void>((resolve) => {
      this.#whenExited = resolve;
      if (this.#exited === this.#workers.length) resolve();
    });
    for (const worker of this.#workers) worker.post({ kind: "close" });
    await exited;
    await untilGone(this.#workers);
    this.#hearing.stop();
    this.#hearing.all();
    for (const listener of this.#listeners.values()) {
      if (!listener.isStopped || listener.awaiting > 0) closeListening(listener.listening);
    }
    this.#listeners.clear();
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = this.#options.workers;
      for (let index = 0; index < this.#options.workers; index++) {
        this.#workers.push(
          this.#startWorker(
            index,
            () => {
              left -= 1;
              if (left === 0) resolve();
            },
            reject,
          ),
        );
      }
    });
  }

  /** @param failed where it must start at once; otherwise one that does not start is replaced like any other */
  #startWorker(index: number, started: () => void, failed?: (error: Error) => void): WorkerThread {
    const entry = this.#options.entry ?? WORKER_ENTRY;
    let hasStarted = false;
    const worker = new WorkerThread(entry, index, this.#shared, {
      message: (message) => {
        if (message.kind !== "started") {
          this.#hear(message);
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

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case "records":
        this.#hearing.wake();
        return;
      case "prepared":
        this.#prepared.settle(message.epoch, undefined);
        return;
      case "unprepared":
        this.#prepared.settle(message.epoch, message.reason);
        return;
      case "stopped":
        this.#stopped(message.listener);
        return;
      default:
        return;
    }
  }

  #stopped(index: number): void {
    const listener = this.#listeners.get(index);
    if (listener === undefined) return;
    listener.awaiting -= 1;
    if (listener.awaiting > 0) return;
    closeListening(listener.listening);
    this.#hearing.all();
    this.#listeners.delete(index);
  }

  #ended(worker: WorkerThread, error: Error | undefined, hasSuccessor: boolean): void {
    this.#exited += 1;
    this.#prepared.fail(error ?? new Error("a worker ended"));
    if (this.#isClosing || !hasSuccessor) {
      worker.bury();
      if (this.#exited === this.#workers.length) this.#whenExited?.();
      return;
    }
    this.#options.onCrash?.(error);
    this.#succession.begin(worker);
  }

  /** A successor gets the predecessor's plans and listeners, and takes over its rows. */
  #replace(dead: WorkerThread, lost: readonly number[]): void {
    this.#hearing.of(dead);
    const { index } = dead;
    this.#exited -= 1;
    const successor = this.#startWorker(index, () => undefined);
    this.#workers[index] = successor;
    for (const epoch of this.#plans.shipped()) successor.post({ kind: "prepare", epoch });
    for (const listener of this.#listeners.values()) {
      const slot = listener.plan && this.#plans.slotOf(listener.plan);
      if (listener.isStopped) this.#stopped(listener.index);
      else if (slot !== undefined) this.#serveOn(successor, listener, slot);
    }
    successor.post({ kind: "adopt", lost });
    if (this.#sweep !== undefined) successor.post({ kind: "sweep", limits: this.#sweep });
    if (this.#draining !== undefined) {
      const { sinceMs, graceMs } = this.#draining;
      const leftMs = Math.max(0, sinceMs + graceMs - performance.now());
      successor.post({ kind: "drain", graceMs: leftMs });
    }
    if (this.#isClosing) successor.post({ kind: "close" });
  }

  /** For tests: ends a worker's thread wherever it is. */
  async terminateWorker(index: number): Promise<void> {
    await this.#workers[index]?.terminate();
  }

  *#listenerNames(): Iterable<readonly [index: number, name: string]> {
    for (const [index, { plan }] of this.#listeners) yield [index, plan?.name ?? ""];
  }

  /** Of plans that a listener or a row names. */
  #usedSlots(): ReadonlySet<number> {
    const used = new Set<number>();
    for (const { plan } of this.#listeners.values()) {
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

async function untilGone(workers: readonly WorkerThread[]): Promise<void> {
  const untilMs = performance.now() + GONE_MS;
  while (workers.some((worker) => !worker.isGone) && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, GONE_LOOK_MS));
  }
}
