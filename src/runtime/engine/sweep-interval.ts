// How often an engine looks for connections that have lasted too long: no connection has a timer of its own.

/** Silence allowed once one side has finished. */
export const HALF_CLOSED_MS = 60_000;
/** A sweep comes so many times within the shortest limit it watches, … */
const SWEEPS_PER_LIMIT = 8;
/** … but not more often than this, nor less. */
const SWEEP_MS_MIN = 5;
const SWEEP_MS_MAX = 500;

/** How often a sweep must come to hold limits of `shortestMs` to an eighth of their length. */
export function sweepIntervalMs(shortestMs: number): number {
  return Math.min(SWEEP_MS_MAX, Math.max(SWEEP_MS_MIN, Math.floor(shortestMs / SWEEPS_PER_LIMIT)));
}

/** Shortest limits of a snapshot: the sweep goes by them. */
export interface SweepLimits {
  readonly deadlineMs: number;
  readonly silenceMs: number;
}
