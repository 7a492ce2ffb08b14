// Whether workers' loops still come round: a count of turns that stands still is a thread that hangs.

/** A worker whose loop stands still for so long is replaced. Looked at so often. */
const HANG_MS = 10_000;
const HANG_LOOK_MS = 1000;

/** What is watched: `turns` grows while it lives; 0 until it begins. */
export interface Beating {
  readonly turns: number;
}

export class Heartbeat<Watched extends Beating> {
  readonly #seen = new WeakMap<Watched, { turns: number; sinceMs: number }>();
  readonly #watch: NodeJS.Timeout;

  /** @param watched all of them, asked at each look @param hung is called once for each that stands still */
  constructor(watched: () => readonly Watched[], hung: (one: Watched) => void) {
    this.#watch = setInterval(() => {
      const nowMs = performance.now();
      for (const one of watched()) this.#look(one, nowMs, hung);
    }, HANG_LOOK_MS);
    this.#watch.unref();
  }

  stop(): void {
    clearInterval(this.#watch);
  }

  #look(one: Watched, nowMs: number, hung: (one: Watched) => void): void {
    const { turns } = one;
    const seen = this.#seen.get(one);
    if (seen?.turns !== turns) this.#seen.set(one, { turns, sinceMs: nowMs });
    else if (turns > 0 && nowMs - seen.sinceMs >= HANG_MS) {
      this.#seen.delete(one);
      hung(one);
    }
  }
}
