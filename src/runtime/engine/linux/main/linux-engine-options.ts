// What a Linux engine is made with. Types only.

import type { Journal } from "../../../routing/journal.ts";
import type { RingWish } from "../io-uring/uring-port.ts";
import type { DriverName } from "../worker/messages.ts";
import type { HeartbeatLimits } from "./heartbeat.ts";

export interface LinuxEngineOptions {
  readonly journal: Journal;
  readonly driver: DriverName;
  readonly workers: number;
  readonly halfClosedMs?: number;
  /** The worker's JavaScript file. */
  readonly entry?: URL;
  /** Whether the kernel may keep connections back until their client speaks: so it is without this. */
  readonly isDeferred?: boolean;
  /** How long a worker that is to leave still accepts what was on its way to it. */
  readonly leaveLingerMs?: number;
  /** Tells that a worker ended without being asked; its successor takes over. */
  readonly onCrash?: (error: Error | undefined) => void;
  /** Tells that a worker that ended has no successor yet, and what the machine lacks; it is asked again and again. */
  readonly onWait?: (worker: number, why: Error) => void;
  /** Tells that a worker's loop has stood still for so long. It may come round again. */
  readonly onStale?: (worker: number, forMs: number) => void;
  /** Tells that so many records of connections found no room on their way from the workers. */
  readonly onLost?: (records: number) => void;
  readonly heartbeat?: HeartbeatLimits;
  /** Limit of a worker's JavaScript heap in MiB; otherwise as Node has it. What connections need lies outside of it. */
  readonly workerHeapMb?: number;
  /** What io_uring works with. */
  readonly ring?: RingWish;
  /** A worker that ended has no successor, and there will be none: the process should end. */
  readonly onGiveUp?: (why: string) => void;
}
