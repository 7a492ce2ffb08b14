// What the parts of the portable engine share. One per engine.

import type { Socket, TcpNetConnectOpts } from "node:net";
import type { Clock } from "../../clock.ts";
import type { Inspector } from "../../routing/inspector.ts";
import type { Journal } from "../../routing/journal.ts";
import type { Session } from "./session.ts";

export interface EngineContext {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly inspector: Inspector;
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number;
  /** `net.connect`, or what stands in for it. */
  readonly connect: (options: TcpNetConnectOpts) => Socket;
  /** Silence allowed once one side has finished. */
  readonly halfClosedMs: number;
  /** A number for the next connection, from 1. */
  readonly nextId: () => number;
  /** Every session that has not closed. */
  readonly sessions: Set<Session>;
  /** Those whose connect has a deadline. */
  readonly connecting: Set<Session>;
}
