// A clock that a test moves by hand: what is due is called in order, and nothing depends on the machine's speed.
import type { Clock } from "../../../src/runtime/clock.ts";

interface Timer {
  atMs: number;
  readonly everyMs: number | undefined;
  readonly call: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  nowMs(): number {
    return this.#nowMs;
  }

  every(ms: number, call: () => void): () => void {
    return this.#start({ atMs: this.#nowMs + ms, everyMs: ms, call });
  }

  after(ms: number, call: () => void): () => void {
    return this.#start({ atMs: this.#nowMs + ms, everyMs: undefined, call });
  }

  /** Lets `ms` pass. */
  advance(ms: number): void {
    const end = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= end);
      const [next] = due.sort((left, right) => left.atMs - right.atMs);
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      if (next.everyMs === undefined) this.#timers.delete(next);
      else next.atMs += next.everyMs;
      next.call();
    }
    this.#nowMs = end;
  }

  #start(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
