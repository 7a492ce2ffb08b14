// Widths and value ranges of the fixed-size integer types. Knows nothing else.

import { assert } from "../../../base/assert.ts";
import type { IntegerTypeName } from "../../syntax/ast.ts";

export interface IntegerRange {
  readonly bytes: number;
  readonly isSigned: boolean;
  /** Exact while the type has at most six bytes; else cut to ±(2^53 − 1). */
  readonly lo: number;
  readonly hi: number;
}

const WIDTHS = [8, 16, 24, 32, 48, 56, 64] as const;

const RANGES: ReadonlyMap<string, IntegerRange> = new Map(
  WIDTHS.flatMap((bits) => [
    [`u${bits}`, unsignedRange(bits)] as const,
    [`i${bits}`, signedRange(bits)] as const,
  ]),
);

/** The range of a type such as `u24`. */
export function integerRange(name: IntegerTypeName): IntegerRange {
  const range = RANGES.get(name);
  assert(range !== undefined, `there is no type ${name}`);
  return range;
}

function unsignedRange(bits: number): IntegerRange {
  const hi = Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER);
  return { bytes: bits / 8, isSigned: false, lo: 0, hi };
}

function signedRange(bits: number): IntegerRange {
  const max = Number.MAX_SAFE_INTEGER;
  const half = 2 ** (bits - 1);
  return {
    bytes: bits / 8,
    isSigned: true,
    lo: Math.max(-half, -max),
    hi: Math.min(half - 1, max),
  };
}
