// Whether workers' loops still come round: a count of turns that stands still is a thread that hangs. Knows no thread.

/** When a loop that stands still is warned of, and when it is given up. In ms, all longer than a loop waits when nothing happens. */
export interface HeartbeatLimits {
  readonly warnMs: number;
  readonly replaceMs: number;
  /** One that has not begun yet: ending a thread while it loads foreign functions aborts the whole process (seen with Node 20). */
  readonly startMs?: number;
}

/** Two hundred workers take 20 s to start on two busy cores: one that takes longer is warned of, … */
const START_WARN_MS = 30_000;
/** … and one that takes so long is ended, whatever that may do. */
const START_MS = 300_000;

export const HEARTBEAT: HeartbeatLimits = { warnMs: 1000, replaceMs: 10_000 };

/** Looks a `warnMs`: a warning comes at most so much later. */
const LOOKS = 4;

/** What is watched: `turns` grows while it lives; 0 until it begins. */
export interface Beating {
  readonly turns: number;
}

export interface HeartbeatEvents<Watched> {
  /** Once for each time that it stands still for long. */
  stale(one: Watched, forMs: number): void;
  /** Too long: once. */
  hung(one: Watched, forMs: number): void;
}

interface Seen {
  turns: number;
  sinceMs: number;
  isWarned: boolean;
  isHung: boolean;
}

export class Heartbeat<Watched extends Beating> {
  readonly #limits: HeartbeatLimits;
  readonly #events: HeartbeatEvents<Watched>;
  readonly #seen = new WeakMap<Watched, Seen>();
  readonly #watch: NodeJS.Timeout;

  /** @param watched all of them, asked at each look */
  constructor(
    limits: HeartbeatLimits,
    watched: () => readonly Watched[],
    events: HeartbeatEvents<Watched>,
  ) {
    this.#limits = limits;
    this.#events = events;
    this.#watch = setInterval(() => {
      const nowMs = performance.now();
      for (const one of watched()) this.#look(one, nowMs);
    }, limits.warnMs / LOOKS);
    this.#watch.unref();
  }

  stop(): void {
    clearInterval(this.#watch);
  }

  #look(one: Watched, nowMs: number): void {
    const { turns } = one;
    const seen = this.#seen.get(one);
    if (seen?.turns !== turns) {
      this.#seen.set(one, { turns, sinceMs: nowMs, isWarned: false, isHung: false });
      return;
    }
    const forMs = nowMs - seen.sinceMs;
    // A thread may take its time to start.
    if (forMs >= (turns > 0 ? this.#limits.warnMs : START_WARN_MS) && !seen.isWarned) {
      seen.isWarned = true;
      this.#events.stale(one, forMs);
    }
    const { replaceMs, startMs = START_MS } = this.#limits;
    if (forMs < (turns > 0 ? replaceMs : startMs) || seen.isHung) return;
    seen.isHung = true;
    this.#events.hung(one, forMs);
  }
}
