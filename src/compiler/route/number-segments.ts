// Ranges of integers as disjoint sorted segments: a lookup is a binary search. Knows no rule.

import { type ListBuilder, NO_CANDIDATE } from "./candidate-lists.ts";
import { countUpToSought, type SortedNumbers, sortedNumbers } from "./sorted-numbers.ts";
import { SOUGHT } from "./sought.ts";
import { sweepRanges } from "./sweep.ts";
import { allocateInt32 } from "./table-memory.ts";

/** Segment i is all integers from start i up to the start of the next one. */
export interface NumberSegments {
  readonly starts: SortedNumbers;
  readonly values: Int32Array;
}

/** Inclusive; within 0..2^53 − 1. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly candidate: number;
}

/** The value of the segment that holds the number in `SOUGHT`. Allocates nothing. */
export function lookupSoughtSegment(segments: NumberSegments): number {
  const index = countUpToSought(segments.starts) - 1;
  return index < 0 ? NO_CANDIDATE : (segments.values[index] as number);
}

/** Index of the segment that holds `number`; -1 before the first. */
export function numberSegmentIndexOf(segments: NumberSegments, number: number): number {
  SOUGHT[0] = number;
  return countUpToSought(segments.starts) - 1;
}

/** The segments of all ranges, or `undefined` where there are none. */
export function buildNumberSegments(
  ranges: readonly NumberRange[],
  lists: ListBuilder,
): NumberSegments | undefined {
  if (ranges.length === 0) return undefined;
  const swept = sweepRanges(
    ranges.map(({ from, to, candidate }) => ({ from, after: to + 1, candidate })),
    (left, right) => left - right,
    lists,
  );
  const starts = sortedNumbers(swept.starts.length, (index) => swept.starts[index] ?? 0);
  const values = allocateInt32(swept.values.length);
  values.set(swept.values);
  return { starts, values };
}
