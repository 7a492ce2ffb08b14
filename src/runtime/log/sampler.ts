// Lets so many lines of a kind through in a second; the next one says how many were left out. Bounded in the
// kinds it tells apart.

/** Refusals of one reason that are written in a second. All are counted. */
export const REFUSAL_LINES_PER_SECOND = 10;
/** Kinds told apart; any further share one place. */
const KINDS_MAX = 1000;
const SECOND_MS = 1000;

interface Window {
  startMs: number;
  written: number;
  suppressed: number;
}

export class Sampler {
  readonly #nowMs: () => number;
  readonly #perSecond: number;
  readonly #windows = new Map<string, Window>();

  constructor(nowMs: () => number, perSecond: number = REFUSAL_LINES_PER_SECOND) {
    this.#nowMs = nowMs;
    this.#perSecond = perSecond;
  }

  /** @returns how many of this kind were left out since the last line; undefined where this one is left out */
  admit(kind: string): number | undefined {
    const window = this.#windowOf(kind);
    const now = this.#nowMs();
    if (now - window.startMs >= SECOND_MS) {
      window.startMs = now;
      window.written = 0;
    }
    if (window.written >= this.#perSecond) {
      window.suppressed += 1;
      return undefined;
    }
    window.written += 1;
    const { suppressed } = window;
    window.suppressed = 0;
    return suppressed;
  }

  #windowOf(kind: string): Window {
    const known = this.#windows.get(kind);
    if (known !== undefined) return known;
    const key = this.#windows.size < KINDS_MAX ? kind : "";
    const window = this.#windows.get(key) ?? { startMs: this.#nowMs(), written: 0, suppressed: 0 };
    this.#windows.set(key, window);
    return window;
  }
}
