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

export interface Engine {
  readonly name: EngineName;
  /** Connections that are open, refused ones that have not closed yet included. */
  readonly openConnections: number;
  /** Binds; connections wait until `serve`. @throws ListenError */
  bind(address: ListenAddress): Promise<BoundListener>;
  /** Everything that `serve` will be called with next is made ready. @throws Error whose message says why it cannot */
  prepare(plans: readonly ListenerPlan[]): Promise<void>;
  /** From now on `listener` serves `plan`, one of those made ready. */
  serve(listener: BoundListener, plan: ListenerPlan): void;
  /** Accepts no more there; connections that came through it go on, under their limits. */
  stop(listener: BoundListener): void;
  /** Sets how often limits are looked at. */
  setSweep(limits: SweepLimits): void;
  /** Accepts no more and ends every connection, evenly over `graceMs`. @returns once none is left */
  drain(graceMs: number): Promise<void>;
  /** Ends everything now. */
  close(): Promise<void>;
}
