// Widths and value ranges of the fixed-size integer types. Knows nothing else.

import type { IntegerTypeName } from "../../syntax/ast.ts";

export interface IntegerRange {
  readonly bytes: number;
  readonly isSigned: boolean;
  /** Exact while the type has at most six bytes; else cut to ±(2^53 − 1). */
  readonly lo: number;
  readonly hi: number;
}

/** The range of a type such as `u24`. */
export function integerRange(name: IntegerTypeName): IntegerRange {
  const bits = Number(name.slice(1));
  const max = Number.MAX_SAFE_INTEGER;
  if (name.startsWith("u"))
    return { bytes: bits / 8, isSigned: false, lo: 0, hi: Math.min(2 ** bits - 1, max) };
  const half = Math.min(2 ** (bits - 1), max);
  return { bytes: bits / 8, isSigned: true, lo: -half, hi: Math.min(2 ** (bits - 1) - 1, max) };
}
