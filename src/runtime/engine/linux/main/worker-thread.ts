// One worker as main sees it: its thread, the descriptor that wakes it, and its side of the messages.

import { Worker } from "node:worker_threads";
import { offerCollector } from "../../../../base/heap.ts";
import { closeDescriptor, hasDescriptors, openWakeup, wake } from "../kernel/descriptor.ts";
import { ERRNO, KernelError } from "../kernel/errno.ts";
import { RECORD_RING_BYTES, RecordRing } from "../relay/records.ts";
import { ConnectionTable } from "../relay/table.ts";
import { Tally, tallyBytes } from "../relay/tally.ts";
import {
  CONTROL,
  CONTROL_BYTES,
  type FromWorker,
  LEAVE,
  type ToWorker,
  type WorkerSetup,
} from "../worker/messages.ts";
import { beginsToLoad, hasLoaded } from "./loading-threads.ts";
import { Remains } from "./remains.ts";

/** Hardly anything in a worker is made and dropped: a small nursery keeps it in the processor's caches. */
const YOUNG_MB = 1;

/** Descriptors that a thread has open while it loads; it keeps a quarter of them. With fewer it would not get far. */
const DESCRIPTORS = 40;

/** Time in which the kernel may let go of what ended workers had begun. */
const GONE_MS = 1000;
const GONE_LOOK_MS = 5;

/** What every worker of an engine shares. */
export type SharedSetup = Omit<
  WorkerSetup,
  "index" | "records" | "tally" | "control" | "traces" | "wakeup" | "witness"
>;

export interface ThreadOptions {
  /** The thread's JavaScript file. */
  readonly entry: URL;
  /** Limit of its JavaScript heap in MiB. */
  readonly heapMb: number | undefined;
}

export interface WorkerEvents {
  message(message: FromWorker): void;
  /** The thread is gone; `error` where it did not end by itself. */
  exited(error: Error | undefined): void;
}

export class WorkerThread {
  readonly records: RecordRing;
  readonly tally: Tally;
  readonly index: number;
  readonly #worker: Worker;
  readonly #wakeup: number;
  readonly #control: Int32Array;
  #error: Error | undefined;
  readonly #remains: Remains;
  readonly #table: ConnectionTable;
  #hasStarted = false;
  #isGone = false;
  /** What is said before the thread listens. */
  readonly #early: ToWorker[] = [];

  /** @throws Error where the machine does not give what it needs; nothing of it is left then */
  constructor(thread: ThreadOptions, index: number, shared: SharedSetup, events: WorkerEvents) {
    const records = new SharedArrayBuffer(RECORD_RING_BYTES);
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    if (!hasDescriptors(DESCRIPTORS)) throw new KernelError("worker", ERRNO.EMFILE);
    this.#remains = new Remains();
    this.#wakeup = openWakeup();
    if (this.#wakeup < 0) {
      this.#remains.discard();
      throw new KernelError("eventfd", -this.#wakeup);
    }
    this.records = new RecordRing(records);
    this.records.askForWake();
    const tally = new SharedArrayBuffer(tallyBytes());
    this.tally = new Tally(tally);
    this.index = index;
    this.#table = new ConnectionTable(shared.table);
    this.#control = new Int32Array(control);
    const { traces, witness } = this.#remains;
    const setup: WorkerSetup = {
      ...shared,
      index,
      records,
      tally,
      control,
      traces,
      wakeup: this.#wakeup,
      witness,
    };
    this.#worker = this.#begin(thread, setup);
    beginsToLoad(this);
    this.#worker.on("message", (message: FromWorker) => {
      if (message.kind === "started") {
        hasLoaded(this);
        this.#remains.ring = message.ring;
        this.#hasStarted = true;
        this.post(...this.#early.splice(0));
      }
      events.message(message);
    });
    this.#worker.on("error", (error) => {
      this.#error = error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.on("exit", () => {
      hasLoaded(this);
      this.#isGone = true;
      closeDescriptor(this.#wakeup);
      events.exited(this.#error);
    });
  }

  #begin({ entry, heapMb }: ThreadOptions, setup: WorkerSetup): Worker {
    offerCollector();
    const limits = heapMb === undefined ? {} : { maxOldGenerationSizeMb: heapMb };
    try {
      return new Worker(entry, {
        workerData: setup,
        name: `waybill-${setup.index}`,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, ...limits },
      });
    } catch (error) {
      this.#remains.discard();
      closeDescriptor(this.#wakeup);
      throw error;
    }
  }

  /** One above the highest descriptor it has seen. */
  get highest(): number {
    return Atomics.load(this.#control, CONTROL.highest);
  }

  /** Whether the thread is gone. */
  get hasEnded(): boolean {
    return this.#isGone;
  }

  /** How often its loop has come round: a number that stands still is a thread that hangs. */
  get turns(): number {
    return Atomics.load(this.#control, CONTROL.turns);
  }

  /** It ends with its last connection. It must have let go of every listener. */
  leave(): void {
    Atomics.compareExchange(this.#control, CONTROL.leave, LEAVE.no, LEAVE.whenEmpty);
    this.post({ kind: "leave" });
  }

  /** Takes `leave` back. @returns false where it has begun to end */
  stay(): boolean {
    const { no, whenEmpty } = LEAVE;
    return Atomics.compareExchange(this.#control, CONTROL.leave, whenEmpty, no) !== LEAVE.begun;
  }

  /** Whether it has begun to end because it was told to. */
  get hasLeft(): boolean {
    return Atomics.load(this.#control, CONTROL.leave) === LEAVE.begun;
  }

  /** Ends the thread wherever it is; `exited` follows. */
  async terminate(because?: Error): Promise<void> {
    this.#error ??= because;
    if (!this.#isGone) wake(this.#wakeup);
    await this.#worker.terminate();
  }

  /**
   * Gives back what the dead thread had and no row tells of.
   * @returns descriptors whose bytes it had taken from the kernel and perhaps not passed on
   */
  bury(): readonly number[] {
    return this.#remains.settle(this.#table, this.index + 1);
  }

  /** Whether nothing of the dead thread is in the kernel any more. */
  get isGone(): boolean {
    return this.#isGone && this.#remains.isGone();
  }

  /** Messages are seen at the wake that follows. */
  post(...messages: readonly ToWorker[]): void {
    if (this.#isGone) return;
    if (!this.#hasStarted) {
      this.#early.push(...messages);
      return;
    }
    for (const message of messages) this.#worker.postMessage(message);
    wake(this.#wakeup);
  }
}

/** @returns once the kernel has let go of what workers that have ended had begun, or does not in time */
export async function untilGone(workers: readonly WorkerThread[]): Promise<void> {
  const untilMs = performance.now() + GONE_MS;
  while (workers.some((worker) => !worker.isGone) && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, GONE_LOOK_MS));
  }
}
