// One of several literals, compared byte by byte: what they have in common is compared once.

import { literalStandsAt } from "./literal.ts";
import type { ModuleScope } from "./module-scope.ts";
import { add, all, any, binary, hex, index, type Js, js, type Operand } from "./tree.ts";

/** Most bytes of literals that are compared as one set. */
const SET_LITERAL_MAX = 16;

/** True where the run of bytes is one of the literals, length and all; at least one literal. */
export function equalsOneLiteral(
  module: ModuleScope,
  { bytes, from, length }: { readonly bytes: Operand; readonly from: Js; readonly length: Js },
  literals: readonly Uint8Array[],
): Js {
  const byLength = grouped(literals, (literal) => literal.length);
  const [first, ...others] = [...byLength].map(([size, group]) => {
    const hasSize = binary("===", length, size);
    if (size === 0) return hasSize;
    const stands = oneStandsAt(module, bytes, from, group);
    return length.kind === "number" ? stands : all(hasSize, stands);
  });
  return first === undefined ? js("false") : any(first, ...others);
}

/** The literals have the same length, at least 1; the bytes are present. */
function oneStandsAt(
  module: ModuleScope,
  bytes: Operand,
  at: Operand,
  literals: readonly Uint8Array[],
): Js {
  const isLong = literals.some((literal) => literal.length > SET_LITERAL_MAX);
  if (!isLong && literals.length > 1) {
    return fromPlace((place) => index(bytes, add(at, place)), literals, 0);
  }
  const [first, ...others] = literals.map((each) => literalStandsAt(module, bytes, at, each));
  return first === undefined ? js("false") : any(first, ...others);
}

type ByteAt = (place: number) => Js;

/** The literals, which agree before `place`, from there on. */
function fromPlace(byteAt: ByteAt, literals: readonly Uint8Array[], place: number): Js {
  const byByte = grouped(literals, (literal) => literal[place] ?? 0);
  const isLast = literals.every((literal) => place === literal.length - 1);
  if (isLast) return isAmong(byteAt(place), [...byByte.keys()]);
  const [first, ...others] = [...byByte].map(([byte, group]) =>
    all(binary("===", byteAt(place), hex(byte)), fromPlace(byteAt, group, place + 1)),
  );
  return first === undefined ? js("false") : any(first, ...others);
}

/** Whether the byte is one of these; three or more side by side are a range. */
function isAmong(byte: Js, wanted: readonly number[]): Js {
  const runs: { lo: number; hi: number }[] = [];
  for (const each of [...wanted].sort((left, right) => left - right)) {
    const last = runs.at(-1);
    if (last !== undefined && last.hi === each - 1) last.hi = each;
    else runs.push({ lo: each, hi: each });
  }
  const [first, ...others] = runs.flatMap(({ lo, hi }) => {
    if (hi - lo >= 2) return [all(binary(">=", byte, hex(lo)), binary("<=", byte, hex(hi)))];
    return lo === hi ? [equals(byte, lo)] : [equals(byte, lo), equals(byte, hi)];
  });
  return first === undefined ? js("false") : any(first, ...others);
}

/** The literals by a number, in order of their first. */
function grouped(
  literals: readonly Uint8Array[],
  keyOf: (literal: Uint8Array) => number,
): ReadonlyMap<number, readonly Uint8Array[]> {
  const groups = new Map<number, Uint8Array[]>();
  for (const literal of literals) {
    const key = keyOf(literal);
    groups.set(key, [...(groups.get(key) ?? []), literal]);
  }
  return groups;
}

function equals(byte: Js, value: number): Js {
  return binary("===", byte, hex(value));
}
