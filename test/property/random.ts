// A small seeded generator (mulberry32), so that a frame is a function of the seed that fast-check prints.

export interface Random {
  /** A whole number from lo to hi, both inclusive. */
  readonly between: (lo: number, hi: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly oneOf: <T>(items: readonly T[]) => T;
  readonly bytes: (length: number) => Uint8Array;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (lo: number, hi: number): number => lo + Math.floor(next() * (hi - lo + 1));
  return {
    between,
    chance: (probability) => next() < probability,
    oneOf: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new Error("oneOf needs items");
      return item;
    },
    bytes: (length) => Uint8Array.from({ length }, () => between(0, 255)),
  };
}
