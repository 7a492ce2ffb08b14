// The tables of one key, made from the tests of all candidates that are looked up by it.

import { type ByteEntries, entryAt, entryCount } from "./byte-entries.ts";
import { type ByteRange, buildByteSegments } from "./byte-segments.ts";
import { createByteTable, packByteTable, putBytes } from "./byte-table.ts";
import { type ByteTrie, createByteTrie, packByteTrie, putInTrie } from "./byte-trie.ts";
import { appendCandidate, type ListBuilder, NO_CANDIDATE } from "./candidate-lists.ts";
import type { IndexedTest } from "./choose-index.ts";
import { buildNumberSegments, type NumberRange } from "./number-segments.ts";
import { createNumberTable, packNumberTable, putNumber } from "./number-table.ts";
import type { KeyIndex } from "./plan.ts";

/** What is asked about one key, by kind of table; each list ascends with its candidates. */
export interface KeyTests {
  readonly missing: number[];
  readonly present: number[];
  readonly entries: { readonly entries: ByteEntries; readonly candidate: number }[];
  readonly ranges: ByteRange[];
  readonly prefixes: Pattern[];
  readonly suffixes: Pattern[];
  readonly numbers: { readonly values: Float64Array; readonly candidate: number }[];
  readonly numberRanges: NumberRange[];
}

interface Pattern {
  readonly pattern: Uint8Array;
  readonly candidate: number;
}

/** A test about a key, not about the client. */
export type KeyTest = Exclude<IndexedTest, { kind: "client-in" }>;

export function createKeyTests(): KeyTests {
  return {
    missing: [],
    present: [],
    entries: [],
    ranges: [],
    prefixes: [],
    suffixes: [],
    numbers: [],
    numberRanges: [],
  };
}

/** Notes a test. Candidates must come in ascending order. */
export function addKeyTest(tests: KeyTests, test: KeyTest, candidate: number): void {
  switch (test.kind) {
    case "missing":
      tests.missing.push(candidate);
      return;
    case "present":
      tests.present.push(candidate);
      return;
    case "bytes-in":
      tests.entries.push({ entries: test.entries, candidate });
      return;
    case "bytes-range":
      tests.ranges.push({ from: test.from, to: test.to, candidate });
      return;
    case "prefix":
      tests.prefixes.push({ pattern: test.pattern, candidate });
      return;
    case "suffix":
      tests.suffixes.push({ pattern: test.pattern.toReversed(), candidate });
      return;
    case "number-in":
      tests.numbers.push({ values: test.values, candidate });
      return;
    case "number-range":
      tests.numberRanges.push({ from: test.from, to: test.to, candidate });
  }
}

/** The tables of key `key`. */
export function buildKeyIndex(key: number, tests: KeyTests, lists: ListBuilder): KeyIndex {
  return {
    key,
    missing: appendAll(tests.missing, lists),
    present: appendAll(tests.present, lists),
    table: buildTable(tests, lists),
    segments: buildByteSegments(tests.ranges, lists),
    prefixes: buildTrie(tests.prefixes, lists),
    suffixes: buildTrie(tests.suffixes, lists),
    numbers: buildNumbers(tests, lists),
    numberSegments: buildNumberSegments(tests.numberRanges, lists),
  };
}

function appendAll(candidates: readonly number[], lists: ListBuilder): number {
  return candidates.reduce(
    (value, candidate) => appendCandidate(lists, value, candidate),
    NO_CANDIDATE,
  );
}

function buildTable(tests: KeyTests, lists: ListBuilder): KeyIndex["table"] {
  const table = createByteTable();
  for (const { entries, candidate } of tests.entries) {
    const append = (value: number) => appendCandidate(lists, value, candidate);
    for (let index = 0; index < entryCount(entries); index++) {
      putBytes(table, entryAt(entries, index), append);
    }
  }
  return packByteTable(table);
}

function buildTrie(patterns: readonly Pattern[], lists: ListBuilder): ByteTrie | undefined {
  const trie = createByteTrie();
  for (const { pattern, candidate } of patterns) {
    putInTrie(trie, pattern, (value) => appendCandidate(lists, value, candidate));
  }
  return packByteTrie(trie);
}

function buildNumbers(tests: KeyTests, lists: ListBuilder): KeyIndex["numbers"] {
  const table = createNumberTable();
  for (const { values, candidate } of tests.numbers) {
    const append = (value: number) => appendCandidate(lists, value, candidate);
    for (const value of values) putNumber(table, value, append);
  }
  return packNumberTable(table);
}
