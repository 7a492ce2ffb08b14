// The portable engine: `node:net` on the main thread, wherever Node runs. Owns every socket and the sweep;
// knows no configuration file, no log and no signal.

import { connect, type Socket, type TcpNetConnectOpts } from "node:net";
import { assert } from "../../../base/assert.ts";
import type { Clock } from "../../clock.ts";
import { createInspector, growInspector } from "../../routing/inspector.ts";
import type { Journal } from "../../routing/journal.ts";
import type { ListenerPlan } from "../../routing/listener-plan.ts";
import { sharedWords } from "../../routing/row.ts";
import { Drain } from "../drain.ts";
import type { BoundListener, Change, Engine } from "../engine.ts";
import type { ListenAddress } from "../listen-error.ts";
import { HALF_CLOSED_MS, type SweepLimits, sweepIntervalMs } from "../sweep-interval.ts";
import type { EngineContext } from "./context.ts";
import { listen } from "./listen.ts";
import { ListenerSocket } from "./listener-socket.ts";
import { sweepDeadlines, sweepSilent } from "./sweep.ts";

/** Time after a drain's grace in which sockets may send what they hold. */
const DRAIN_LINGER_MS = 2000;
/** How often a drain ends connections. */
const DRAIN_STEP_MS = 50;
const FIRST_WORDS = 64;

export interface EngineOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly random?: () => number;
  readonly connect?: (options: TcpNetConnectOpts) => Socket;
  readonly halfClosedMs?: number;
}

export class PortableEngine implements Engine {
  readonly name = "portable";
  readonly workers = 1;
  readonly #context: EngineContext;
  readonly #listeners = new Set<ListenerSocket>();
  #stopSweeps: readonly (() => void)[] = [];
  #lastId = 0;

  constructor(options: EngineOptions) {
    this.#context = {
      clock: options.clock,
      journal: options.journal,
      inspector: createInspector(FIRST_WORDS),
      random: options.random ?? Math.random,
      connect: options.connect ?? connect,
      halfClosedMs: options.halfClosedMs ?? HALF_CLOSED_MS,
      nextId: () => {
        this.#lastId += 1;
        return this.#lastId;
      },
      sessions: new Set(),
      connecting: new Set(),
    };
  }

  /** Connections that are open, refused ones that have not closed yet included. */
  get openConnections(): number {
    return this.#context.sessions.size;
  }

  /**
   * Binds a new socket; its connections wait until it is given a plan.
   * @throws ListenError
   */
  async bind(address: ListenAddress): Promise<ListenerSocket> {
    return new ListenerSocket(this.#context, await listen(address));
  }

  /** Plans are served as they are. */
  async prepare(): Promise<void> {}

  async commit({ serve, stop }: Change): Promise<void> {
    for (const { listener, plan } of serve) this.serve(listener, plan);
    for (const listener of stop) this.stop(listener);
  }

  /** From now on `listener` serves `plan`; called again, it serves another one. */
  serve(bound: BoundListener, plan: ListenerPlan): void {
    const listener = ownListener(bound);
    growInspector(this.#context.inspector, sharedWords(plan.program));
    this.#listeners.add(listener);
    listener.serve(plan);
  }

  /** Accepts no more there; connections that came through it go on, under their limits. */
  stop(bound: BoundListener): void {
    ownListener(bound).stop();
  }

  /** Sets how often limits are looked at. */
  setSweep({ deadlineMs, silenceMs }: SweepLimits): void {
    for (const stop of this.#stopSweeps) stop();
    const context = this.#context;
    const shortestSilence = Math.min(silenceMs, context.halfClosedMs);
    this.#stopSweeps = [
      context.clock.every(sweepIntervalMs(deadlineMs), () => {
        sweepDeadlines(context, this.#listeners);
      }),
      context.clock.every(sweepIntervalMs(shortestSilence), () => sweepSilent(context)),
    ];
  }

  /**
   * Accepts no more and ends every connection, evenly over `graceMs`, so that those who come back do not come
   * back together. @returns once none is left
   */
  async drain(graceMs: number): Promise<void> {
    for (const listener of this.#listeners) listener.stop();
    const { sessions, clock } = this.#context;
    const start = clock.nowMs();
    const drain = new Drain(sessions, start, graceMs, {
      // Who has no backend yet is not waited for.
      touchedMs: ({ stage, touchedMs }) => (stage === "forwarding" ? touchedMs : 0),
      hasBytesOnTheirWay: (session) => session.hasBytesOnTheirWay,
      end: (session) => session.drain(),
    });
    const endMs = start + graceMs + DRAIN_LINGER_MS;
    await new Promise<void>((resolve) => {
      const step = () => {
        drain.step(clock.nowMs());
        if (clock.nowMs() >= endMs) this.#cutAll("drained");
        if (sessions.size > 0) return;
        stopSteps();
        resolve();
      };
      const stopSteps = clock.every(DRAIN_STEP_MS, step);
      step();
    });
  }

  /** Ends everything now. */
  async close(): Promise<void> {
    for (const listener of this.#listeners) listener.stop();
    this.#listeners.clear();
    this.#cutAll("router-closed");
    for (const stop of this.#stopSweeps) stop();
    this.#stopSweeps = [];
  }

  #cutAll(reason: "drained" | "router-closed"): void {
    for (const session of this.#context.sessions) session.cut(reason);
  }
}

function ownListener(bound: BoundListener): ListenerSocket {
  assert(bound instanceof ListenerSocket, "a listener of another engine");
  return bound;
}
