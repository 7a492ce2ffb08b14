// What an entry of a table answers: no candidate, one, or a list of them, as one integer. Candidates are numbered in
// the order of their rules, so the lowest number that holds wins. Knows no table.

import { allocateInt32 } from "./table-memory.ts";

/** An entry without a candidate. Other values: a candidate itself (0 or above), or a list (below). */
export const NO_CANDIDATE = -1;

/** Ends a list. */
export const LIST_END = -1;

/** The most candidates behind one entry; what comes later is looked at one by one, after the tables. */
export const LIST_MAX = 64;

/** Lists under construction. */
export interface ListBuilder {
  readonly words: number[];
  readonly known: Map<string, number>;
  /** Candidates that found a list full. */
  readonly overflowing: Set<number>;
  /** Whether a candidate that is found needs no further test, so that none after it is ever asked. */
  readonly isFinal: (candidate: number) => boolean;
}

export function createListBuilder(isFinal: (candidate: number) => boolean): ListBuilder {
  return { words: [], known: new Map(), overflowing: new Set(), isFinal };
}

/** Index into the lists' words of the first candidate of a value below `NO_CANDIDATE`. */
export function listOffset(value: number): number {
  return -2 - value;
}

/**
 * The value that holds what `value` holds and `candidate`, which must be above all of these. Unchanged where a final
 * candidate comes first, or where the list is full.
 */
export function appendCandidate(builder: ListBuilder, value: number, candidate: number): number {
  if (value === NO_CANDIDATE) return candidate;
  const list = candidatesOf(builder.words, value);
  const last = list.at(-1) ?? candidate;
  if (last === candidate || builder.isFinal(last)) return value;
  if (list.length >= LIST_MAX) {
    builder.overflowing.add(candidate);
    return value;
  }
  return internList(builder, [...list, candidate]);
}

/** The value that holds the candidates, which ascend: up to the first final one, and at most `LIST_MAX`. */
export function listValue(builder: ListBuilder, ascending: readonly number[]): number {
  const list: number[] = [];
  for (const candidate of ascending) {
    if (list.length < LIST_MAX) list.push(candidate);
    else builder.overflowing.add(candidate);
    if (builder.isFinal(candidate)) break;
  }
  const [first = NO_CANDIDATE] = list;
  return list.length < 2 ? first : internList(builder, list);
}

/** The finished lists. */
export function packLists(builder: ListBuilder): Int32Array {
  const words = allocateInt32(builder.words.length);
  words.set(builder.words);
  return words;
}

/** The candidates of a value, in order. */
function candidatesOf(words: ArrayLike<number>, value: number): readonly number[] {
  if (value === NO_CANDIDATE) return [];
  if (value >= 0) return [value];
  const list: number[] = [];
  for (let at = listOffset(value); ; at++) {
    const candidate = words[at] ?? LIST_END;
    if (candidate === LIST_END) return list;
    list.push(candidate);
  }
}

function internList(builder: ListBuilder, list: readonly number[]): number {
  const name = list.join();
  const known = builder.known.get(name);
  if (known !== undefined) return known;
  const value = -2 - builder.words.length;
  builder.words.push(...list, LIST_END);
  builder.known.set(name, value);
  return value;
}
