// Connections that the kernel dropped before anybody could accept them, as far as it counts them: for the whole network namespace,
// so that other programs' are among them.

import type { Counters } from "./counters.ts";

/** Of `/proc/net/netstat`, and the counters they become. */
const COUNTED = [
  ["ListenOverflows", "listen_overflows"],
  ["ListenDrops", "listen_drops"],
] as const;

/** What was dropped since the last look. */
export interface KernelDrops {
  readonly listen_overflows: number;
  readonly listen_drops: number;
}

export class KernelDropCounts {
  readonly #read: () => string | undefined;
  readonly #counters: Counters;
  readonly #before: Map<string, number>;

  /** @param read gives `/proc/net/netstat`, or undefined where there is none */
  constructor(read: () => string | undefined, counters: Counters) {
    this.#read = read;
    this.#counters = counters;
    // What was before us is not ours.
    this.#before = valuesOf(read());
  }

  /** Counts what was dropped since the last look. @returns it, or undefined where nothing was */
  look(): KernelDrops | undefined {
    const now = valuesOf(this.#read());
    const drops = { listen_overflows: 0, listen_drops: 0 };
    let hasAny = false;
    for (const [field, counter] of COUNTED) {
      const more = (now.get(field) ?? 0) - (this.#before.get(field) ?? 0);
      if (more <= 0) continue;
      hasAny = true;
      drops[counter] = more;
      this.#counters.add(counter, {}, more);
      this.#before.set(field, now.get(field) ?? 0);
    }
    return hasAny ? drops : undefined;
  }
}

/** The lines `TcpExt:` come in pairs: names, then values. */
function valuesOf(text: string | undefined): Map<string, number> {
  const [names, values] = (text ?? "")
    .split("\n")
    .filter((line) => line.startsWith("TcpExt:"))
    .map((line) => line.split(" "));
  return new Map(names?.map((name, index) => [name, Number(values?.[index] ?? 0)]));
}
