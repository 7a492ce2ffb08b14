// What the parts of one worker's relay share. One per worker; no object a connection but for those that wait.

import type { Attempts } from "../../../pool/attempts.ts";
import type { Pool } from "../../../pool/pool.ts";
import type { Inspector } from "../../../routing/inspector.ts";
import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { Drain } from "../../drain.ts";
import type { Region } from "../kernel/memory.ts";
import type { Block, Blocks } from "./blocks.ts";
import type { ByDescriptor } from "./by-descriptor.ts";
import type { Pipe, Pipes } from "./pipes.ts";
import type { Port } from "./port.ts";
import type { RecordRing } from "./records.ts";
import type { SharedLimits } from "./shared-limits.ts";
import type { ConnectionTable } from "./table.ts";
import type { Tally } from "./tally.ts";

/** A plan under the number that rows know it by. */
export interface ServedPlan {
  readonly slot: number;
  readonly plan: ListenerPlan;
  /** All pools of its epoch, in the order that rows name them by. */
  readonly pools: readonly Pool[];
  /** Of each pool, of each backend: the word that counts it in shared memory. */
  readonly usageWords: readonly (readonly number[])[];
}

/** A listener as one worker serves it. */
export interface ServedListener {
  fd: number;
  readonly isUnix: boolean;
  served: ServedPlan | undefined;
  isStopped: boolean;
  /** Ends of the list of its undecided connections here; -1: there is none. */
  oldest: number;
  newest: number;
}

/** A connection on its way to a backend. */
export interface Connecting {
  readonly attempts: Attempts;
  /** The descriptor that is being connected, or -1 while a retry waits. */
  fd: number;
  deadlineMs: number;
  retryAtMs: number;
  lastFailure: "connect-failed" | "connect-timeout";
}

export interface RelayContext {
  readonly table: ConnectionTable;
  readonly port: Port;
  readonly blocks: Blocks;
  readonly pipes: Pipes;
  readonly limits: SharedLimits;
  readonly records: RecordRing;
  readonly inspector: Inspector;
  /** What this worker's rows are marked with: its index + 1. */
  readonly owner: number;
  readonly plans: Map<number, ServedPlan>;
  readonly listeners: Map<number, ServedListener>;
  /** By the descriptor that was read: bytes that wait. */
  readonly held: ByDescriptor<Block>;
  /** By the descriptor that was read: where bytes lie that are being sent, where it is not the port's region. */
  readonly sendingFrom: Map<number, Region>;
  /** By client: what the core remembers of a frame that is incomplete. */
  readonly rows: Map<number, Int32Array>;
  /** By client: those whose connect is under way, or whose next one waits. */
  readonly connecting: Map<number, Connecting>;
  /** When the next of them tries again, at the latest; infinite where none waits for that. */
  retryAtMs: number;
  /** By the descriptor that is read. */
  readonly splicing: Map<number, Pipe>;
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number;
  readonly halfClosedMs: number;
  readonly nextId: () => number;
  /** Connects that have succeeded and no record tells of, by words of backends. */
  readonly connects: Int32Array;
  readonly tally: Tally;
  readonly wakeMain: () => void;
  /** Milliseconds on the clock that all threads share. */
  readonly clock: () => number;
  /** The same, as of the end of this turn's wait. */
  nowMs: number;
  /** When bytes last came of a connection that is not bulk. */
  answeredMs: number;
  /** Clients open here. */
  open: number;
  /** Clients that have begun and that have ended here, together. */
  turnover: number;
  /** One above the highest descriptor seen. */
  highest: number;
  /** A drain in progress, of clients. */
  draining: Drain<number> | undefined;
}
