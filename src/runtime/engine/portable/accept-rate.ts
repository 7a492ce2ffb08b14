// limits.accept-rate: a bucket of one second's worth of connections, refilled as time passes.

import type { Clock } from "../../clock.ts";

export class AcceptRate {
  readonly #clock: Clock;
  #tokens = Number.POSITIVE_INFINITY;
  #atMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atMs = clock.nowMs();
  }

  /** Whether one more may come, at `perSecond` (0: always); it is counted if so. */
  admit(perSecond: number): boolean {
    if (perSecond === 0) return true;
    const now = this.#clock.nowMs();
    this.#tokens = Math.min(perSecond, this.#tokens + ((now - this.#atMs) / 1000) * perSecond);
    this.#atMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
