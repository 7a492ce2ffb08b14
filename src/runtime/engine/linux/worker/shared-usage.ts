// Counts of backends in shared memory: every worker's connections count.

import type { BackendUsage } from "../../../pool/pool.ts";

/** Backends that are told apart at a time. */
export const USAGE_MAX = 1 << 20;

export function sharedUsage(words: Int32Array, index: number): BackendUsage {
  return {
    get connections() {
      return Atomics.load(words, index);
    },
    add(by) {
      Atomics.add(words, index, by);
    },
  };
}
