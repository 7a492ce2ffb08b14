// Collects a worker's heap in a quiet moment after many connections have come or gone. V8 would do so by itself in a thread that comes
// back to Node's loop, as ours does not: what a burst has left would stay until the next one.

/** A moment is quiet if nothing has happened for so long. */
export const QUIET_MS = 100;
/** So many that have begun or ended since last time are worth a collection of a few milliseconds. */
const CONNECTIONS = 1000;

export class QuietHeap {
  readonly #collect: (() => void) | undefined;
  #turnover = 0;

  /** @param collect collects the whole heap; undefined where V8 does not offer that */
  constructor(collect: (() => void) | undefined) {
    this.#collect = collect;
  }

  /** How long to wait at most, so that a quiet moment is noticed. */
  limitMs(timeoutMs: number, turnover: number): number {
    return this.#isDue(turnover) ? Math.min(timeoutMs, QUIET_MS) : timeoutMs;
  }

  /**
   * @param turnover connections that have begun and that have ended so far, together
   * @param passedMs from the end of the wait before to the end of this one
   */
  collectIfQuiet(turnover: number, passedMs: number): void {
    if (passedMs < QUIET_MS || !this.#isDue(turnover)) return;
    this.#turnover = turnover;
    this.#collect?.();
  }

  #isDue(turnover: number): boolean {
    return turnover - this.#turnover >= CONNECTIONS;
  }
}
