// What an engine needs to serve one listener: part of a snapshot, immutable. Knows no socket.

import { type AddressBlock, holdsAddress } from "../../compiler/execute.ts";
import type { Pool } from "../pool/pool.ts";
import type { RouterProgram } from "./program.ts";

export interface ListenerLimits {
  readonly inspectMs: number;
  readonly idleMs: number;
  readonly connections: number;
  readonly inspecting: number;
  /** 0: any number. */
  readonly perClient: number;
  /** New connections a second; 0: any number. */
  readonly acceptRate: number;
}

export interface ListenerPlan {
  readonly name: string;
  readonly program: RouterProgram;
  /** Of each of the program's outcomes: its pool, or undefined where it refuses. */
  readonly pools: readonly (Pool | undefined)[];
  readonly limits: ListenerLimits;
  readonly keepaliveIdleMs: number;
  /** Peers that may say who the client is, and must; undefined: the peer is the client. */
  readonly trustedPeers: readonly AddressBlock[] | undefined;
}

/** Whether a peer may speak for others. */
export function isTrustedPeer(
  blocks: readonly AddressBlock[],
  address: Uint8Array,
  length: number,
): boolean {
  return blocks.some((block) => holdsAddress(block, address, 0, length));
}
