// The Linux engine: worker threads that call the kernel themselves. Main owns listening sockets, plans and the journal; what
// happens to a connection happens in a worker.

import type { Pool } from "../../../pool/pool.ts";
import type { Journal } from "../../../routing/journal.ts";
import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { BoundListener, Engine } from "../../engine.ts";
import type { ListenAddress } from "../../listen-error.ts";
import { HALF_CLOSED_MS, type SweepLimits } from "../../sweep-interval.ts";
import { closeDescriptor, duplicateAbove, raiseDescriptorLimit } from "../kernel/descriptor.ts";
import { SOCK_NONBLOCK } from "../kernel/socket.ts";
import {
  CLIENT_TABLE_BYTES,
  LISTENER_COUNT,
  LISTENER_COUNT_BYTES,
  LISTENERS_MAX,
  SharedLimits,
} from "../relay/shared-limits.ts";
import { ConnectionTable, FD, ROLE, SESSION, tableBytes } from "../relay/table.ts";
import type { DriverName, FromWorker, ShippedEpoch } from "../worker/messages.ts";
import { USAGE_MAX } from "../worker/shared-usage.ts";
import { type KeptPlan, takeRecord } from "./intake.ts";
import { closeListening, inheritKeepalive, type Listening, openListening } from "./listening.ts";
import { poolsOf, shipPlan, shipPool } from "./ship.ts";
import { type SharedSetup, WorkerThread } from "./worker-thread.ts";

/** Descriptors that the table has rows for, at most. */
const DESCRIPTORS_MAX = 1 << 20;
/** Time after a drain's grace in which the last ones may end. */
const DRAIN_LINGER_MS = 2000;
const DRAIN_LOOK_MS = 20;
/** A worker that crashed is replaced after a pause that grows with each crash of late, … */
const CRASH_PAUSE_MS = 50;
/** … and so many within this time are too many. */
const CRASHES_MAX = 5;
const CRASH_WINDOW_MS = 60_000;
/** A worker whose loop stands still for so long is replaced. Looked at so often. */
const HANG_MS = 10_000;
const HANG_LOOK_MS = 1000;
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
  /** Too many crashes in a short time: the engine gives up. */
  readonly onGiveUp?: () => void;
}

class LinuxListener implements BoundListener {
  readonly index: number;
  readonly listening: Listening;
  plan: ListenerPlan | undefined;
  isStopped = false;
  awaiting = 0;

  constructor(index: number, listening: Listening) {
    this.index = index;
    this.listening = listening;
  }

  get address() {
    return this.listening.address;
  }
}

interface Waiting {
  readonly epoch: number;
  left: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class LinuxEngine implements Engine {
  readonly name: DriverName;
  readonly #options: LinuxEngineOptions;
  readonly #shared: SharedSetup;
  readonly #table: ConnectionTable;
  readonly #limits: SharedLimits;
  readonly #workers: WorkerThread[] = [];
  readonly #listeners = new Map<number, LinuxListener>();
  readonly #plans = new Map<number, KeptPlan>();
  readonly #slots = new WeakMap<ListenerPlan, number>();
  readonly #usageWords = new Map<string, number>();
  #started: Promise<void>;
  #waiting: Waiting | undefined;
  #epoch = 0;
  #lastSlot = 0;
  #lastListener = 0;
  #exited = 0;
  /** What was shipped for plans that are still in use, by epoch. */
  readonly #shipped = new Map<number, ShippedEpoch>();
  #sweep: SweepLimits | undefined;
  #crashes: number[] = [];
  readonly #seen = new Map<WorkerThread, { turns: number; sinceMs: number }>();
  readonly #watch: NodeJS.Timeout;
  #whenExited: (() => void) | undefined;
  #isClosing = false;

  constructor(options: LinuxEngineOptions) {
    this.name = options.driver;
    this.#options = options;
    const capacity = raiseDescriptorLimit(DESCRIPTORS_MAX);
    growDescriptorTable(capacity);
    this.#shared = shareMemory(capacity, options);
    this.#table = new ConnectionTable(this.#shared.table);
    this.#limits = new SharedLimits(this.#shared.listenerCounts, this.#shared.clients);
    this.#started = this.#start();
    this.#watch = setInterval(() => this.#replaceHung(), HANG_LOOK_MS);
    this.#watch.unref();
    // Whoever asks for something is told; nobody may have asked yet.
    this.#started.catch(() => undefined);
  }

  get openConnections(): number {
    this.#drainRecords();
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
    const pools = poolsOf(plans);
    const keep = this.#forgetUnused();
    const slots = plans.map(() => {
      this.#lastSlot += 1;
      return this.#lastSlot;
    });
    this.#epoch += 1;
    const epoch: ShippedEpoch = {
      epoch: this.#epoch,
      pools: pools.map((pool) => shipPool(pool, (...of) => this.#usageWord(...of))),
      plans: plans.map((plan, index) => shipPlan(plan, slots[index] ?? 0, pools)),
      keep,
    };
    this.#shipped.set(this.#epoch, epoch);
    for (const [index, plan] of plans.entries()) this.#keep(plan, slots[index] ?? 0, pools);
    await new Promise<void>((resolve, reject) => {
      this.#waiting = { epoch: this.#epoch, left: this.#workers.length, resolve, reject };
      for (const worker of this.#workers) worker.post({ kind: "prepare", epoch });
    });
  }

  serve(bound: BoundListener, plan: ListenerPlan): void {
    const slot = this.#slots.get(plan);
    if (!(bound instanceof LinuxListener) || slot === undefined) {
      throw new Error("internal error: a plan is served that was not made ready");
    }
    const { index, listening } = bound;
    bound.plan = plan;
    this.#listeners.set(index, bound);
    inheritKeepalive(listening, plan.keepaliveIdleMs, this.#options.isDeferred === true);
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
    for (const worker of this.#workers) worker.post({ kind: "drain", graceMs });
    const endMs = performance.now() + graceMs + DRAIN_LINGER_MS;
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
    clearInterval(this.#watch);
    await this.#started.catch(() => undefined);
    const exited = new Promise<void>((resolve) => {
      this.#whenExited = resolve;
      if (this.#exited === this.#workers.length) resolve();
    });
    for (const worker of this.#workers) worker.post({ kind: "close" });
    await exited;
    this.#drainRecords();
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

  #startWorker(index: number, started: () => void, failed: (error: Error) => void): WorkerThread {
    const entry = this.#options.entry ?? WORKER_ENTRY;
    let hasStarted = false;
    const worker = new WorkerThread(entry, index, this.#shared, {
      message: (message) => {
        if (message.kind !== "started") {
          this.#hear(worker, message);
          return;
        }
        hasStarted = true;
        started();
      },
      exited: (error) => {
        if (!hasStarted) failed(error ?? new Error("the worker ended"));
        this.#ended(worker, error);
      },
    });
    return worker;
  }

  #hear(worker: WorkerThread, message: FromWorker): void {
    switch (message.kind) {
      case "records":
        this.#drainRecordsOf(worker);
        return;
      case "prepared":
        this.#settle(message.epoch, undefined);
        return;
      case "unprepared":
        this.#settle(message.epoch, message.reason);
        return;
      case "stopped":
        this.#stopped(message.listener);
        return;
      default:
        return;
    }
  }

  #settle(epoch: number, reason: string | undefined): void {
    const waiting = this.#waiting;
    if (waiting?.epoch !== epoch) return;
    waiting.left -= 1;
    if (reason !== undefined) {
      this.#waiting = undefined;
      waiting.reject(new Error(reason));
    } else if (waiting.left === 0) {
      this.#waiting = undefined;
      waiting.resolve();
    }
  }

  #stopped(index: number): void {
    const listener = this.#listeners.get(index);
    if (listener === undefined) return;
    listener.awaiting -= 1;
    if (listener.awaiting > 0) return;
    closeListening(listener.listening);
    this.#drainRecords();
    this.#listeners.delete(index);
  }

  #ended(worker: WorkerThread, error: Error | undefined): void {
    this.#exited += 1;
    this.#waiting?.reject(error ?? new Error("a worker ended"));
    this.#waiting = undefined;
    if (this.#isClosing) {
      if (this.#exited === this.#workers.length) this.#whenExited?.();
      return;
    }
    this.#options.onCrash?.(error);
    const nowMs = performance.now();
    this.#crashes = this.#crashes.filter((atMs) => nowMs - atMs < CRASH_WINDOW_MS);
    this.#crashes.push(nowMs);
    if (this.#crashes.length >= CRASHES_MAX) {
      this.#options.onGiveUp?.();
      return;
    }
    setTimeout(() => this.#replace(worker), CRASH_PAUSE_MS * this.#crashes.length);
  }

  /** A successor gets the predecessor's plans and listeners, and takes over its rows. */
  #replace(dead: WorkerThread): void {
    this.#drainRecordsOf(dead);
    const { index, highest } = dead;
    const lost = dead.bury();
    this.#exited -= 1;
    this.#seen.delete(dead);
    const keep = [...this.#plans.keys()];
    const successor = this.#startWorker(
      index,
      () => undefined,
      () => undefined,
    );
    this.#workers[index] = successor;
    for (const epoch of this.#shipped.values()) {
      successor.post({ kind: "prepare", epoch: { ...epoch, keep } });
    }
    for (const listener of this.#listeners.values()) {
      const slot = listener.plan === undefined ? undefined : this.#slots.get(listener.plan);
      if (listener.isStopped) this.#stopped(listener.index);
      else if (slot !== undefined) this.#serveOn(successor, listener, slot);
    }
    successor.post({ kind: "adopt", highest, lost });
    if (this.#sweep !== undefined) successor.post({ kind: "sweep", limits: this.#sweep });
    if (this.#isClosing) successor.post({ kind: "close" });
  }

  #replaceHung(): void {
    // Also where no worker has asked for it.
    this.#drainRecords();
    const nowMs = performance.now();
    for (const worker of this.#workers) {
      const { turns } = worker;
      const seen = this.#seen.get(worker);
      if (seen?.turns !== turns) this.#seen.set(worker, { turns, sinceMs: nowMs });
      else if (turns > 0 && nowMs - seen.sinceMs >= HANG_MS) {
        this.#seen.delete(worker);
        void worker.terminate();
      }
    }
  }

  /** For tests: ends a worker's thread wherever it is. */
  async terminateWorker(index: number): Promise<void> {
    await this.#workers[index]?.terminate();
  }

  #drainRecords(): void {
    for (const worker of this.#workers) this.#drainRecordsOf(worker);
  }

  #drainRecordsOf(worker: WorkerThread): void {
    const { journal } = this.#options;
    for (const [index, { plan }] of this.#listeners) {
      const count = this.#limits.take(index, LISTENER_COUNT.accepted);
      for (let each = 0; each < count; each++) journal.accepted(plan?.name ?? "");
    }
    worker.records.drain((words) => {
      takeRecord(words, this.#plans.get(words[SESSION.plan] ?? 0), journal);
    });
  }

  #keep(plan: ListenerPlan, slot: number, pools: readonly Pool[]): void {
    this.#plans.set(slot, { plan, pools, epoch: this.#epoch });
    this.#slots.set(plan, slot);
  }

  /** Plans that neither a listener nor a row names any more are gone. @returns those that stay */
  #forgetUnused(): readonly number[] {
    this.#drainRecords();
    const used = new Set<number>();
    for (const { plan } of this.#listeners.values()) {
      if (plan !== undefined) used.add(this.#slots.get(plan) ?? 0);
    }
    const highest = Math.max(0, ...this.#workers.map((worker) => worker.highest));
    for (let fd = 0; fd < highest; fd++) {
      if (this.#table.get(fd, FD.role) === ROLE.client) {
        used.add(this.#table.session(fd, SESSION.plan));
      }
    }
    // Who has answered for one epoch may still accept under the one before it.
    const since = this.#epoch - 1;
    for (const [slot, { epoch }] of this.#plans) {
      if (epoch >= since) used.add(slot);
      else if (!used.has(slot)) this.#plans.delete(slot);
    }
    for (const [epoch, { plans }] of this.#shipped) {
      if (!plans.some(({ slot }) => used.has(slot))) this.#shipped.delete(epoch);
    }
    return [...used];
  }

  #usageWord(pool: string, identity: string): number {
    const key = `${pool} ${identity}`;
    const known = this.#usageWords.get(key);
    if (known !== undefined) return known;
    const word = this.#usageWords.size % USAGE_MAX;
    this.#usageWords.set(key, word);
    return word;
  }
}

/** The kernel's table doubles with stalls of up to 20 ms in a threaded process: it is made as large as it may get at once. */
function growDescriptorTable(capacity: number): void {
  const copy = duplicateAbove(0, capacity - 1);
  if (copy >= 0) closeDescriptor(copy);
}

function shareMemory(capacity: number, options: LinuxEngineOptions): SharedSetup {
  return {
    workers: options.workers,
    driver: options.driver,
    table: new SharedArrayBuffer(tableBytes(capacity)),
    listenerCounts: new SharedArrayBuffer(LISTENER_COUNT_BYTES),
    clients: new SharedArrayBuffer(CLIENT_TABLE_BYTES),
    usage: new SharedArrayBuffer(USAGE_MAX * 4),
    ids: new SharedArrayBuffer(64),
    halfClosedMs: options.halfClosedMs ?? HALF_CLOSED_MS,
    wantsConnected: options.journal.wantsConnected,
  };
}
