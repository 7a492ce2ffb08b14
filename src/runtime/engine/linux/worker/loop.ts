// A worker's loop: waits for its driver, looks at limits, listens to main. It returns to Node only to import a user's module or
// to end: until then no promise, timer or stream of this thread would ever run, and none is used.

import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Pools } from "../../../pool/pool.ts";
import { growInspector } from "../../../routing/inspector.ts";
import { sharedWords } from "../../../routing/row.ts";
import type { ImportedModules } from "../../../routing/shipped-program.ts";
import { type SweepLimits, sweepIntervalMs } from "../../sweep-interval.ts";
import { adopt } from "../relay/adopt.ts";
import type { RelayContext } from "../relay/context.ts";
import { beginDrain } from "../relay/drain.ts";
import { cut } from "../relay/end.ts";
import { forgetStopped, serveListener, stopListener } from "../relay/serving.ts";
import { openClients, sweepDeadlines, sweepSilent } from "../relay/sweep.ts";
import { CONTROL, type FromWorker, LEAVE, type ShippedEpoch, type ToWorker } from "./messages.ts";
import { QuietHeap } from "./quiet-heap.ts";
import { missingModules, unship } from "./unship.ts";

/** Longest wait: main takes a worker that shows no turn for 10 s as hung. */
const TURN_MS_MAX = 500;
/** While a retry or a drain waits. */
const TURN_MS_BUSY = 10;

/** Messages are looked for so often even where nobody woke us. */
const LISTEN_MS = 500;

/** Why the loop came back. */
export type LoopPause =
  | { readonly kind: "import"; readonly epoch: ShippedEpoch; readonly urls: readonly string[] }
  | { readonly kind: "close" };

export class Loop {
  readonly #context: RelayContext;
  readonly #port: MessagePort;
  readonly #control: Int32Array;
  readonly #usage: Int32Array;
  readonly #imported: ImportedModules;
  /** Main has asked V8 for `gc`. */
  readonly #heap = new QuietHeap(globalThis.gc as (() => void) | undefined);
  #pools: Pools = new Map();
  #sweep: SweepLimits = { deadlineMs: TURN_MS_MAX, silenceMs: TURN_MS_MAX };
  #deadlinesMs = 0;
  #silenceMs = 0;
  #listenedMs = 0;
  #isLeaving = false;

  constructor(
    context: RelayContext,
    port: MessagePort,
    parts: {
      readonly control: Int32Array;
      readonly usage: Int32Array;
      readonly imported: ImportedModules;
    },
  ) {
    this.#context = context;
    this.#port = port;
    this.#control = parts.control;
    this.#usage = parts.usage;
    this.#imported = parts.imported;
  }

  /** Runs until there is something that needs Node's own loop. */
  run(): LoopPause {
    const context = this.#context;
    // What was said during a pause has woken nobody, or a turn before it.
    const said = this.#listen();
    if (said !== undefined) return said;
    for (;;) {
      const beganMs = context.nowMs;
      const isWoken = context.port.turn(this.#heap.limitMs(this.#timeoutMs(), context.turnover));
      this.#heap.collectIfQuiet(context.turnover, context.nowMs - beganMs);
      this.#sweepIfDue();
      Atomics.add(this.#control, CONTROL.turns, 1);
      Atomics.store(this.#control, CONTROL.highest, context.highest);
      if (!isWoken && !this.#isLeaving && context.nowMs - this.#listenedMs < LISTEN_MS) continue;
      this.#listenedMs = context.nowMs;
      const pause = this.#listen();
      if (pause !== undefined) return pause;
      if (this.#mayEnd()) {
        context.port.turn(0);
        return { kind: "close" };
      }
    }
  }

  /** What was asked for before the pause, now that its modules are there. */
  prepare(epoch: ShippedEpoch): void {
    try {
      const { pools, plans } = unship(epoch, this.#usage, this.#pools, this.#imported);
      const kept = new Set(epoch.keep);
      for (const slot of this.#context.plans.keys()) {
        if (!kept.has(slot)) this.#context.plans.delete(slot);
      }
      for (const served of plans) {
        growInspector(this.#context.inspector, sharedWords(served.plan.program));
        this.#context.plans.set(served.slot, served);
      }
      this.#pools = pools;
      this.#tell({ kind: "prepared", epoch: epoch.epoch });
    } catch (error) {
      this.#tell({ kind: "unprepared", epoch: epoch.epoch, reason: String(error) });
    }
  }

  #timeoutMs(): number {
    const { connecting, draining, nowMs, listeners, retryAtMs } = this.#context;
    if (draining !== undefined) return TURN_MS_BUSY;
    let hasDeadlines = connecting.size > 0;
    for (const { oldest } of listeners.values()) if (oldest >= 0) hasDeadlines = true;
    const shortestMs = hasDeadlines
      ? Math.min(this.#sweep.deadlineMs, this.#sweep.silenceMs)
      : this.#sweep.silenceMs;
    const timeoutMs = Math.min(TURN_MS_MAX, sweepIntervalMs(shortestMs));
    return Math.min(timeoutMs, Math.max(0, Math.ceil(retryAtMs - nowMs)));
  }

  #sweepIfDue(): void {
    const context = this.#context;
    const { nowMs } = context;
    context.draining?.step(nowMs);
    if (nowMs >= this.#deadlinesMs || nowMs >= context.retryAtMs) {
      this.#deadlinesMs = nowMs + sweepIntervalMs(this.#sweep.deadlineMs);
      sweepDeadlines(context);
      forgetStopped(context);
    }
    if (nowMs < this.#silenceMs) return;
    this.#silenceMs =
      nowMs + sweepIntervalMs(Math.min(this.#sweep.silenceMs, context.halfClosedMs));
    sweepSilent(context);
  }

  #listen(): LoopPause | undefined {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: ToWorker } | undefined;
      if (received === undefined) return undefined;
      const pause = this.#obey(received.message);
      if (pause !== undefined) return pause;
    }
  }

  #obey(message: ToWorker): LoopPause | undefined {
    const context = this.#context;
    switch (message.kind) {
      case "prepare": {
        const { epoch } = message;
        const urls = missingModules(epoch, this.#imported);
        if (urls.length > 0) return { kind: "import", epoch, urls };
        this.prepare(epoch);
        return undefined;
      }
      case "commit":
        for (const { listener, slot, ...service } of message.serve) {
          serveListener(context, listener, { ...service, served: context.plans.get(slot) });
        }
        if (message.adopt !== undefined) adopt(context, new Set(message.adopt.lost));
        for (const { listener, fd } of message.stop) {
          stopListener(context, listener, fd, () => this.#tell({ kind: "stopped", listener, fd }));
        }
        this.#tell({ kind: "committed", commit: message.commit });
        return undefined;
      case "sweep":
        this.#sweep = message.limits;
        this.#deadlinesMs = 0;
        this.#silenceMs = 0;
        return undefined;
      case "drain":
        context.draining = beginDrain(context, message.graceMs);
        return undefined;
      case "leave":
        this.#isLeaving = true;
        return undefined;
      case "close":
        for (const client of openClients(context)) cut(context, client, "router-closed");
        context.port.turn(0);
        return { kind: "close" };
    }
  }

  /** Whether main wants it to end and nothing is left to do; from then on main cannot keep it. */
  #mayEnd(): boolean {
    if (!this.#isLeaving) return false;
    const { no, whenEmpty, begun } = LEAVE;
    if (Atomics.load(this.#control, CONTROL.leave) === no) {
      // Main has taken it back.
      this.#isLeaving = false;
      return false;
    }
    if (this.#context.open > 0) return false;
    return Atomics.compareExchange(this.#control, CONTROL.leave, whenEmpty, begun) === whenEmpty;
  }

  #tell(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}
