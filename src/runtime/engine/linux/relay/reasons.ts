// How reasons and states are written in a row: as indexes of these lists, which both threads have.

import type { ConnectionState } from "../../../routing/journal.ts";
import { ENDINGS, type Ending, REFUSALS, type Refusal } from "../../../routing/refusals.ts";

export type Reason = Refusal | Ending;

/** All of them, in the order of their codes. */
export const REASONS = [...Object.keys(REFUSALS), ...Object.keys(ENDINGS)] as readonly Reason[];
const CODES: ReadonlyMap<string, number> = new Map(REASONS.map((reason, index) => [reason, index]));

const REFUSAL_COUNT = Object.keys(REFUSALS).length;

export function isRefusalCode(code: number): boolean {
  return code < REFUSAL_COUNT;
}

export function reasonCode(reason: Reason): number {
  return CODES.get(reason) ?? 0;
}

export function reasonOf(code: number): Reason {
  return REASONS[code] ?? "client-gone";
}

/** By stage, with `half-closed` in the place behind forwarding. */
export const STATES = [
  "inspecting",
  "inspecting",
  "connecting",
  "forwarding",
  "half-closed",
  "inspecting",
] as const satisfies readonly ConnectionState[];
export const HALF_CLOSED = 4;
