// Ranges of byte strings of one length, as disjoint sorted segments: a lookup is a binary search. Addresses of one
// family are such strings too. Knows no rule.

import { type ListBuilder, NO_CANDIDATE } from "./candidate-lists.ts";
import { type Range, sweepRanges } from "./sweep.ts";
import { allocateBytes, allocateInt32 } from "./table-memory.ts";

/** Segment i is all strings from `starts[i * lengthBytes, …)` up to the start of the next one. */
export interface ByteSegments {
  readonly lengthBytes: number;
  readonly starts: Uint8Array;
  readonly values: Int32Array;
}

/** Inclusive at both ends, which have one length, at least 1. */
export interface ByteRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly candidate: number;
}

/** The value of the segment that holds `key[offset, offset + lengthBytes)`. Allocates nothing. */
export function lookupSegment(segments: ByteSegments, key: Uint8Array, offset: number): number {
  const index = segmentIndexOf(segments, key, offset);
  return index < 0 ? NO_CANDIDATE : (segments.values[index] as number);
}

/** Index of that segment; -1 before the first. */
export function segmentIndexOf(segments: ByteSegments, key: Uint8Array, offset: number): number {
  let low = 0;
  let high = segments.values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAtOrBelow(segments, middle, key, offset)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** One set of segments for each length that occurs, shortest first. */
export function buildByteSegments(
  ranges: readonly ByteRange[],
  lists: ListBuilder,
): readonly ByteSegments[] {
  const byLength = new Map<number, Range<Uint8Array>[]>();
  for (const { from, to, candidate } of ranges) {
    const ofLength = byLength.get(from.length) ?? [];
    byLength.set(from.length, ofLength);
    ofLength.push({ from, after: successor(to), candidate });
  }
  return [...byLength]
    .sort(([left], [right]) => left - right)
    .map(([lengthBytes, ofLength]) => buildLength(lengthBytes, ofLength, lists));
}

/** Orders by the first byte that differs; a string comes before its continuations. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}

function buildLength(
  lengthBytes: number,
  ranges: readonly Range<Uint8Array>[],
  lists: ListBuilder,
): ByteSegments {
  const swept = sweepRanges(ranges, compareBytes, lists);
  const starts = allocateBytes(lengthBytes * swept.starts.length);
  for (const [index, start] of swept.starts.entries()) starts.set(start, index * lengthBytes);
  const values = allocateInt32(swept.values.length);
  values.set(swept.values);
  return { lengthBytes, starts, values };
}

/** The next string of the same length; none after the last. */
function successor(bytes: Uint8Array): Uint8Array | undefined {
  const next = bytes.slice();
  for (let at = next.length - 1; at >= 0; at--) {
    const sum = (next[at] as number) + 1;
    next[at] = sum;
    if (sum <= 0xff) return next;
  }
  return undefined;
}

function isAtOrBelow(
  segments: ByteSegments,
  index: number,
  key: Uint8Array,
  offset: number,
): boolean {
  const { starts, lengthBytes } = segments;
  const from = index * lengthBytes;
  for (let at = 0; at < lengthBytes; at++) {
    const difference = (starts[from + at] as number) - (key[offset + at] as number);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
