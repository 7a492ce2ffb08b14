// Counters in memory, by name and labels. Cheap to count, readable by tests, logs and (later) /metrics; the
// number of them is bounded, whatever becomes a label.

/** Counters at most; what would be one more is counted in `OVERFLOW`. */
export const COUNTERS_MAX = 10_000;
const OVERFLOW = "counters_overflown";

export class Counters {
  readonly #values = new Map<string, number>();

  /** Adds `by` to the counter; `labels` are put in the order given: `refused{reason="junk"}`. */
  add(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const key = counterKey(name, labels);
    const value = this.#values.get(key);
    if (value !== undefined) this.#values.set(key, value + by);
    else if (this.#values.size < COUNTERS_MAX) this.#values.set(key, by);
    else this.#values.set(OVERFLOW, (this.#values.get(OVERFLOW) ?? 0) + 1);
  }

  /** 0 for one that was never counted. */
  get(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.#values.get(counterKey(name, labels)) ?? 0;
  }

  /** Every counter by its key, in order of first use. */
  entries(): ReadonlyMap<string, number> {
    return this.#values;
  }
}

function counterKey(name: string, labels: Readonly<Record<string, string>>): string {
  let text = "";
  for (const label in labels) {
    text += `${text === "" ? "" : ","}${label}=${JSON.stringify(labels[label])}`;
  }
  return text === "" ? name : `${name}{${text}}`;
}
