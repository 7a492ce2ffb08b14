// Turns ranges that may overlap into disjoint segments, each with every candidate that covers it. Generic over what is
// compared: bytes of one length, or numbers.

import { type ListBuilder, listValue, NO_CANDIDATE } from "./candidate-lists.ts";

/** Covers `from` inclusive to `after` exclusive; to the end where `after` is `undefined`. */
export interface Range<T> {
  readonly from: T;
  readonly after: T | undefined;
  readonly candidate: number;
}

/** Segment i begins at `starts[i]` and ends where the next begins; before the first there is nothing. */
export interface Segments<T> {
  readonly starts: readonly T[];
  readonly values: readonly number[];
}

interface Border<T> {
  readonly at: T;
  readonly candidate: number;
  readonly isOpening: boolean;
}

/** The segments of `ranges`, which may be in any order. Neighbours have different values. */
export function sweepRanges<T>(
  ranges: readonly Range<T>[],
  compare: (left: T, right: T) => number,
  lists: ListBuilder,
): Segments<T> {
  const borders = bordersOf(ranges).sort((left, right) => compare(left.at, right.at));
  const covering: Covering = { times: new Map(), ascending: [] };
  const starts: T[] = [];
  const values: number[] = [];
  for (let index = 0; index < borders.length; ) {
    const at = (borders[index] as Border<T>).at;
    for (; index < borders.length; index++) {
      const border = borders[index] as Border<T>;
      if (compare(border.at, at) !== 0) break;
      if (lists.overflowing.has(border.candidate)) continue;
      changeCovering(covering, border.candidate, border.isOpening ? 1 : -1);
    }
    const overflowing = lists.overflowing.size;
    const value = listValue(lists, covering.ascending);
    if (lists.overflowing.size > overflowing) removeOverflowing(covering, lists);
    if (value === (values.at(-1) ?? NO_CANDIDATE)) continue;
    starts.push(at);
    values.push(value);
  }
  return { starts, values };
}

function bordersOf<T>(ranges: readonly Range<T>[]): Border<T>[] {
  const borders: Border<T>[] = [];
  for (const { from, after, candidate } of ranges) {
    borders.push({ at: from, candidate, isOpening: true });
    if (after !== undefined) borders.push({ at: after, candidate, isOpening: false });
  }
  return borders;
}

/** The candidates that cover the place where the sweep stands; one may cover it several times. */
interface Covering {
  readonly times: Map<number, number>;
  readonly ascending: number[];
}

function changeCovering(covering: Covering, candidate: number, by: 1 | -1): void {
  const { times, ascending } = covering;
  const before = times.get(candidate) ?? 0;
  times.set(candidate, before + by);
  if (before === 0) ascending.splice(placeOf(ascending, candidate), 0, candidate);
  if (before + by === 0) ascending.splice(placeOf(ascending, candidate), 1);
}

/** Candidates that found a list full are tried elsewhere: here they would only be looked at again and again. */
function removeOverflowing({ ascending }: Covering, { overflowing }: ListBuilder): void {
  const kept = ascending.filter((candidate) => !overflowing.has(candidate));
  ascending.splice(0, ascending.length, ...kept);
}

/** Index of the first element that is not below `candidate`. */
function placeOf(ascending: readonly number[], candidate: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < candidate) low = middle + 1;
    else high = middle;
  }
  return low;
}
