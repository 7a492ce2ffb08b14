// Ranges of byte strings of one length, as disjoint sorted segments: a lookup is a binary search. Addresses of one
// family are such strings too. Knows no rule.

import { type ListBuilder, NO_CANDIDATE } from "./candidate-lists.ts";
import { countUpToSought, type SortedNumbers, sortedNumbers } from "./sorted-numbers.ts";
import { SOUGHT } from "./sought.ts";
import { type Range, sweepRanges } from "./sweep.ts";
import { allocateBytes, allocateInt32 } from "./table-memory.ts";

/**
 * Segment i is all strings from start i up to the start of the next one. A search compares heads, the few bytes after
 * what all starts share, as numbers; whole starts only where heads are equal and do not say all.
 */
export interface ByteSegments {
  readonly lengthBytes: number;
  /** Start i is `starts[i * lengthBytes, …)`. */
  readonly starts: Uint8Array;
  /** Bytes that all starts begin with. */
  readonly sharedBytes: number;
  /** Bytes of each start that follow, big-endian; at most `HEAD_BYTES_MAX`. */
  readonly heads: SortedNumbers;
  readonly headBytes: number;
  readonly values: Int32Array;
}

/** Six bytes are exact in a float. */
const HEAD_BYTES_MAX = 6;

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
  const { sharedBytes, headBytes, heads, values } = segments;
  for (let at = 0; at < sharedBytes; at++) {
    const difference = (key[offset + at] as number) - (segments.starts[at] as number);
    if (difference !== 0) return difference < 0 ? -1 : values.length - 1;
  }
  seekHead(key, offset + sharedBytes, headBytes);
  const last = countUpToSought(heads) - 1;
  const saysAll = sharedBytes + headBytes === segments.lengthBytes;
  if (last < 0 || saysAll || heads.numbers[last] !== SOUGHT[0]) return last;
  return lastAtOrBelow(segments, key, offset, last);
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
  const sharedBytes = sharedLength(swept.starts[0], swept.starts.at(-1));
  const headBytes = Math.min(HEAD_BYTES_MAX, lengthBytes - sharedBytes);
  const heads = sortedNumbers(values.length, (index) => {
    seekHead(starts, index * lengthBytes + sharedBytes, headBytes);
    return SOUGHT[0] ?? 0;
  });
  return { lengthBytes, starts, sharedBytes, heads, headBytes, values };
}

/** What the first and the last of sorted strings share, all between them share too. */
function sharedLength(first: Uint8Array | undefined, last: Uint8Array | undefined): number {
  if (first === undefined || last === undefined) return 0;
  const differs = first.findIndex((byte, index) => byte !== last[index]);
  return differs < 0 ? first.length : differs;
}

/** Puts the number that `count` bytes make, the first the highest, into `SOUGHT`. */
function seekHead(bytes: Uint8Array, offset: number, count: number): void {
  let head = 0;
  for (let at = 0; at < count; at++) head = head * 256 + (bytes[offset + at] as number);
  SOUGHT[0] = head;
}

/** The last start at or below the key; all after `last` are above it, and the head of `last` is the key's. */
function lastAtOrBelow(
  segments: ByteSegments,
  key: Uint8Array,
  offset: number,
  last: number,
): number {
  let low = 0;
  let high = last + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAtOrBelow(segments, middle, key, offset)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isAtOrBelow(
  segments: ByteSegments,
  index: number,
  key: Uint8Array,
  offset: number,
): boolean {
  const { starts, lengthBytes, sharedBytes } = segments;
  const from = index * lengthBytes;
  for (let at = sharedBytes; at < lengthBytes; at++) {
    const difference = (starts[from + at] as number) - (key[offset + at] as number);
    if (difference !== 0) return difference < 0;
  }
  return true;
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
