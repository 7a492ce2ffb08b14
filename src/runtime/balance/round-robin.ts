// Smooth weighted round-robin: in any run of picks each member gets its share, spread evenly rather than in
// bursts (weights 5 1 1 give A A B A C A A). Knows no pool and no health.

import type { Member } from "./member.ts";

/** Changed by every pick. `credits[i]` is how far member i is behind its share. */
export interface RoundRobin {
  readonly weights: Int32Array;
  readonly credits: Int32Array;
}

/** @param kept credits by identity from an earlier state, so that a reload does not begin the round anew */
export function createRoundRobin(
  members: readonly Member[],
  kept: ReadonlyMap<string, number> = new Map(),
): RoundRobin {
  return {
    weights: Int32Array.from(members, ({ weight }) => weight),
    credits: Int32Array.from(members, ({ identity }) => kept.get(identity) ?? 0),
  };
}

/**
 * The next member among those not out.
 * @param out 1 at the index of a member that must not be picked
 * @returns the member's index, or -1 where none is left
 */
export function pickRoundRobin(state: RoundRobin, out: Uint8Array): number {
  const { weights, credits } = state;
  let best = -1;
  let total = 0;
  for (let member = 0; member < weights.length; member++) {
    const weight = weights[member] as number;
    if (out[member] !== 0 || weight === 0) continue;
    total += weight;
    const credit = (credits[member] as number) + weight;
    credits[member] = credit;
    if (best < 0 || credit > (credits[best] as number)) best = member;
  }
  if (best >= 0) credits[best] = (credits[best] as number) - total;
  return best;
}
