// What a router asks of an engine, whichever it is.

import type { AddressInfo } from "node:net";
import type { ListenerPlan } from "../routing/listener-plan.ts";
import type { ListenAddress } from "./listen-error.ts";
import type { SweepLimits } from "./sweep-interval.ts";

export type EngineName = "io_uring" | "epoll" | "portable";

/** A listening socket. */
export interface BoundListener {
  /** Where it listens: the port is known once bound. */
  readonly address: AddressInfo | string | null;
}

/** A listener and the plan it is to serve. */
export interface Service {
  readonly listener: BoundListener;
  /** One of those made ready. */
  readonly plan: ListenerPlan;
}

/** What changes at once. Listeners that it does not name go on as they are. */
export interface Change {
  readonly serve: readonly Service[];
  /** These accept no more; connections that came through them go on, under their limits. */
  readonly stop: readonly BoundListener[];
}

export interface Engine {
  readonly name: EngineName;
  /** Threads that new connections go to. */
  readonly workers: number;
  /** Connections that are open, refused ones that have not closed yet included. */
  readonly openConnections: number;
  /** Binds; connections wait until `commit`. @throws ListenError */
  bind(address: ListenAddress): Promise<BoundListener>;
  /**
   * Everything that `commit` will be called with next is made ready, `workers` included where the engine has any.
   * @throws Error whose message says why it cannot; nothing has changed then
   */
  prepare(plans: readonly ListenerPlan[], workers?: number): Promise<void>;
  /** From now on every new connection belongs to what was prepared. Cannot fail. @returns once all workers do so */
  commit(change: Change): Promise<void>;
  /** A change of one listener. */
  serve(listener: BoundListener, plan: ListenerPlan): void;
  stop(listener: BoundListener): void;
  /** Sets how often limits are looked at. */
  setSweep(limits: SweepLimits): void;
  /**
   * Accepts no more and ends every connection, evenly over `graceMs`; one whose bytes are on their way ends once they have
   * arrived, at the latest with the grace. @returns once none is left
   */
  drain(graceMs: number): Promise<void>;
  /** Gives back what memory only starting needed. */
  settle?(): void;
  /** Ends everything now. */
  close(): Promise<void>;
}
