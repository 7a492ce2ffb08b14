// What main and a worker say to each other. Everything is data that can be cloned or is shared.

import type { Ring } from "../../../balance/ring.ts";
import type { PoolSpec } from "../../../pool/pool.ts";
import type { ListenerLimits } from "../../../routing/listener-plan.ts";
import type { ShippedProgram } from "../../../routing/shipped-program.ts";
import type { SweepLimits } from "../../sweep-interval.ts";
import type { RingWish } from "../io-uring/uring-port.ts";
import type { RingPlace } from "../kernel/uring.ts";

export type DriverName = "io_uring" | "epoll";

/** What a worker is started with: memory it shares, and its place. */
export interface WorkerSetup {
  /** From 0. */
  readonly index: number;
  readonly workers: number;
  readonly driver: DriverName;
  readonly table: SharedArrayBuffer;
  readonly listenerCounts: SharedArrayBuffer;
  readonly clients: SharedArrayBuffer;
  readonly usage: SharedArrayBuffer;
  /** Successful connects that no record tells of, by the same words as `usage`. */
  readonly connects: SharedArrayBuffer;
  readonly ids: SharedArrayBuffer;
  readonly records: SharedArrayBuffer;
  readonly tally: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  /** What it would leave behind. */
  readonly traces: SharedArrayBuffer;
  /** Descriptor it is woken by. */
  readonly wakeup: number;
  /** Held open by the driver for as long as anything of it is in the kernel. */
  readonly witness: number;
  readonly halfClosedMs: number;
  /** What io_uring works with. */
  readonly ring: RingWish;
}

/** Words of `control`, which a worker writes and main reads; `leave` is written by both. */
export const CONTROL = { turns: 0, highest: 1, leave: 2 } as const;
/** What `leave` says: whether the worker ends with its last connection, and that it has begun to. */
export const LEAVE = { no: 0, whenEmpty: 1, begun: 2 } as const;
export const CONTROL_BYTES = 64;

export interface ShippedPool {
  readonly spec: PoolSpec;
  readonly ring: Ring | undefined;
  /** Of each backend: the word of `usage` that counts it. */
  readonly usage: readonly number[];
}

export interface ShippedPlan {
  /** The number that rows know it by. */
  readonly slot: number;
  readonly name: string;
  readonly program: ShippedProgram;
  /** Of each outcome: the index of its pool in the epoch, or -1. */
  readonly pools: readonly number[];
  readonly limits: ListenerLimits;
  readonly keepaliveIdleMs: number;
  readonly trustedPeers: readonly unknown[] | undefined;
}

/** What is made ready at once. */
export interface ShippedEpoch {
  readonly epoch: number;
  readonly pools: readonly ShippedPool[];
  readonly plans: readonly ShippedPlan[];
  /** Earlier plans that rows still name; any other is forgotten. */
  readonly keep: readonly number[];
}

/** A listener and what it serves from now on. */
export interface ShippedService {
  readonly listener: number;
  readonly fd: number;
  readonly isUnix: boolean;
  /** Of a plan that was made ready. */
  readonly slot: number;
}

export type ToWorker =
  | { readonly kind: "prepare"; readonly epoch: ShippedEpoch }
  /** All of it at once: between two turns of the loop. */
  | {
      readonly kind: "commit";
      readonly commit: number;
      readonly serve: readonly ShippedService[];
      /** Listeners to let go of: each is answered by `stopped`. */
      readonly stop: readonly { readonly listener: number; readonly fd: number }[];
      /** Rows of a predecessor are taken over before anything is accepted; those of `lost` had bytes that are gone. */
      readonly adopt: { readonly lost: readonly number[] } | undefined;
    }
  | { readonly kind: "sweep"; readonly limits: SweepLimits }
  | { readonly kind: "drain"; readonly graceMs: number }
  /** To end with the last connection, unless main takes it back in `control`. */
  | { readonly kind: "leave" }
  | { readonly kind: "close" };

export type FromWorker =
  | {
      readonly kind: "started";
      /** Where the driver's ring lies, if it has one. */
      readonly ring: RingPlace | undefined;
    }
  | { readonly kind: "prepared"; readonly epoch: number }
  | { readonly kind: "unprepared"; readonly epoch: number; readonly reason: string }
  | { readonly kind: "committed"; readonly commit: number }
  /** Nothing is accepted from `fd` any more. */
  | { readonly kind: "stopped"; readonly listener: number; readonly fd: number }
  | { readonly kind: "records" };
