// How soon a crashed worker is replaced, and when there have been too many crashes to go on.

/** A worker that crashed is replaced after a pause that grows with each crash of late, … */
const CRASH_PAUSE_MS = 50;
/** … and so many within this time are too many. */
const CRASHES_MAX = 5;
const CRASH_WINDOW_MS = 60_000;

export class CrashLimit {
  #crashes: number[] = [];

  /** Notes a crash. @returns the pause before the successor, in ms; undefined: there were too many */
  note(nowMs: number): number | undefined {
    this.#crashes = this.#crashes.filter((atMs) => nowMs - atMs < CRASH_WINDOW_MS);
    this.#crashes.push(nowMs);
    const { length } = this.#crashes;
    return length >= CRASHES_MAX ? undefined : CRASH_PAUSE_MS * length;
  }
}
