// Which rules are sure to match what a test matches: the tables of a plan, filled with tests that decide by themselves.
// Used to find rules that never decide; knows no diagnostic.

import { formatIpAddress } from "../../base/ip-address.ts";
import { lastAddress } from "./address-block.ts";
import {
  addKeyTest,
  buildKeyIndex,
  createKeyTests,
  type KeyTest,
  type KeyTests,
} from "./build-key-index.ts";
import { entryAt, entryCount } from "./byte-entries.ts";
import {
  type ByteRange,
  type ByteSegments,
  compareBytes,
  lookupSegment,
  segmentIndexOf,
} from "./byte-segments.ts";
import { lookupBytes } from "./byte-table.ts";
import {
  type ByteTrie,
  type Direction,
  edgeLength,
  NO_NODE,
  nextNode,
  rootOf,
  valueOfNode,
} from "./byte-trie.ts";
import { createListBuilder, NO_CANDIDATE } from "./candidate-lists.ts";
import { blockRanges, buildClientIndex } from "./compile-test.ts";
import { matchesLike, shapeOfLike } from "./glob.ts";
import type { NormalTest } from "./normal-form.ts";
import {
  lookupSoughtSegment,
  type NumberSegments,
  numberSegmentIndexOf,
} from "./number-segments.ts";
import { lookupSought } from "./number-table.ts";
import type { ClientIndex, KeyIndex } from "./plan.ts";
import { NOT_A_NUMBER, parseDigits } from "./route-input.ts";
import { shownBytes } from "./shown-bytes.ts";
import { SOUGHT } from "./sought.ts";

/** A test that decides by itself, and the rule it belongs to. */
export interface SureTest {
  readonly test: NormalTest;
  readonly rule: number;
}

export interface Coverage {
  readonly byKey: ReadonlyMap<number, KeyCoverage>;
  readonly client: ClientIndex;
}

interface KeyCoverage {
  readonly index: KeyIndex;
  readonly likes: readonly { readonly pattern: Uint8Array; readonly rule: number }[];
}

/** How much of a test earlier rules cover. */
export interface Extent {
  readonly kind: "all" | "some" | "none";
  /** Some of the rules that do, in order of discovery. */
  readonly rules: ReadonlySet<number>;
  /** Something covered, as a message shows it. */
  readonly example: string;
}

/** Rules that are remembered of an extent. */
const COVERING_RULES_KEPT = 64;
/** Patterns with wildcards inside that are tried, for a key. */
const LIKES_TRIED_MAX = 64;
/** Segments that are looked at for one range; a range over more is taken as not covered. */
const SEGMENTS_SCANNED_MAX = 4096;

/** The tables of `tests`, which come in ascending order of their rules. */
export function buildCoverage(tests: readonly SureTest[]): Coverage {
  const keyTests = new Map<number, KeyTests>();
  const likes = new Map<number, { pattern: Uint8Array; rule: number }[]>();
  const clients: ByteRange[] = [];
  for (const { test, rule } of tests) {
    if (test.kind === "client-in") {
      for (const range of blockRanges(test.blocks, rule)) clients.push(range);
    } else if (test.kind === "like") {
      appendTo(likes, test.key, { pattern: test.pattern, rule });
      ensure(keyTests, test.key);
    } else {
      addKeyTest(ensure(keyTests, test.key), test satisfies KeyTest, rule);
    }
  }
  const lists = createListBuilder(() => true);
  const byKey = new Map<number, KeyCoverage>();
  for (const [key, ofKey] of keyTests) {
    byKey.set(key, { index: buildKeyIndex(key, ofKey, lists), likes: likes.get(key) ?? [] });
  }
  return { byKey, client: buildClientIndex(clients, lists) };
}

/** How much of what `test` matches is matched by rules below `before`. */
export function extentOf(coverage: Coverage, test: NormalTest, before: number): Extent {
  const tally = createTally(before);
  if (test.kind === "client-in") {
    for (const { bytes, ...block } of test.blocks) {
      const segments = bytes.length === 4 ? coverage.client.v4 : coverage.client.v6;
      tallyRange(tally, segments, bytes, lastAddress({ bytes, ...block }), (address) =>
        formatIpAddress(address, address.length),
      );
    }
    return extentOfTally(tally);
  }
  const key = coverage.byKey.get(test.key);
  if (key === undefined) return extentOfTally(tally);
  tallyKeyTest(tally, key, test);
  return extentOfTally(tally);
}

/** Parts of a test that were looked at. */
interface Tally {
  readonly before: number;
  covered: number;
  uncovered: number;
  readonly rules: Set<number>;
  example: string;
}

function createTally(before: number): Tally {
  return { before, covered: 0, uncovered: 0, rules: new Set(), example: "" };
}

function tallyPart(tally: Tally, rule: number, shown: () => string): void {
  if (rule === NO_CANDIDATE || rule >= tally.before) {
    tally.uncovered += 1;
    return;
  }
  if (tally.covered === 0) tally.example = shown();
  tally.covered += 1;
  if (tally.rules.size < COVERING_RULES_KEPT) tally.rules.add(rule);
}

function extentOfTally({ covered, uncovered, rules, example }: Tally): Extent {
  const kind = covered === 0 ? "none" : uncovered === 0 ? "all" : "some";
  return { kind, rules, example };
}

function tallyKeyTest(
  tally: Tally,
  { index, likes }: KeyCoverage,
  test: Exclude<NormalTest, { kind: "client-in" }>,
): void {
  const whole = () => "all of it";
  const always = test.kind === "missing" ? NO_CANDIDATE : index.present;
  switch (test.kind) {
    case "missing":
      return tallyPart(tally, index.missing, whole);
    case "present":
      return tallyPart(tally, always, whole);
    case "bytes-in":
      for (let at = 0; at < entryCount(test.entries); at++) {
        const entry = entryAt(test.entries, at);
        const rule = lowest(always, lowestForBytes(index, likes, entry));
        tallyPart(tally, rule, () => shownBytes(entry));
      }
      return;
    case "bytes-range": {
      const inPrefix = lowestOnPath(index.prefixes, sharedStart(test.from, test.to), 1);
      const rule = lowest(always, inPrefix);
      if (isBelow(rule, tally.before)) return tallyPart(tally, rule, whole);
      const segments = index.segments.find((some) => some.lengthBytes === test.from.length);
      return tallyRange(tally, segments, test.from, test.to, shownBytes);
    }
    case "number-in":
      for (const value of test.values) {
        tallyPart(tally, lowest(always, lowestForNumber(index, value)), () => String(value));
      }
      return;
    case "number-range":
      if (isBelow(always, tally.before)) return tallyPart(tally, always, whole);
      return tallyNumbers(tally, index.numberSegments, test.from, test.to);
    case "prefix":
      return tallyPart(tally, lowest(always, lowestOnPath(index.prefixes, test.pattern, 1)), whole);
    case "suffix":
      return tallyPart(
        tally,
        lowest(always, lowestOnPath(index.suffixes, test.pattern, -1)),
        whole,
      );
    case "like": {
      const shape = shapeOfLike(test.pattern);
      const { head, tail } = shape.kind === "glob" ? shape : NO_ENDS;
      const byEnds = lowest(
        lowestOnPath(index.prefixes, head, 1),
        lowestOnPath(index.suffixes, tail, -1),
      );
      return tallyPart(tally, lowest(always, byEnds), whole);
    }
  }
}

const NO_ENDS = { head: new Uint8Array(), tail: new Uint8Array() };

function lowestForBytes(index: KeyIndex, likes: KeyCoverage["likes"], bytes: Uint8Array): number {
  let rule = NO_CANDIDATE;
  if (index.table !== undefined) rule = lookupBytes(index.table, bytes, 0, bytes.length);
  for (const segments of index.segments) {
    if (segments.lengthBytes === bytes.length)
      rule = lowest(rule, lookupSegment(segments, bytes, 0));
  }
  rule = lowest(rule, lowestOnPath(index.prefixes, bytes, 1));
  rule = lowest(rule, lowestOnPath(index.suffixes, bytes, -1));
  const number = parseDigits(bytes);
  if (number !== NOT_A_NUMBER) rule = lowest(rule, lowestForNumber(index, number));
  for (const like of likes.slice(0, LIKES_TRIED_MAX)) {
    if (matchesLike(like.pattern, bytes, 0, bytes.length)) rule = lowest(rule, like.rule);
  }
  return rule;
}

function lowestForNumber(index: KeyIndex, number: number): number {
  SOUGHT[0] = number;
  const single = index.numbers === undefined ? NO_CANDIDATE : lookupSought(index.numbers);
  if (index.numberSegments === undefined) return single;
  return lowest(single, lookupSoughtSegment(index.numberSegments));
}

/** The lowest rule among the nodes that `bytes` runs through. */
function lowestOnPath(trie: ByteTrie | undefined, bytes: Uint8Array, direction: Direction): number {
  if (trie === undefined) return NO_CANDIDATE;
  let rule = NO_CANDIDATE;
  let at = direction === 1 ? 0 : bytes.length - 1;
  let left = bytes.length;
  for (let node = rootOf(trie); node !== NO_NODE; ) {
    rule = lowest(rule, valueOfNode(trie, node));
    node = nextNode(trie, node, bytes, at, left, direction);
    if (node === NO_NODE) break;
    const passed = edgeLength(trie, node);
    at += direction * passed;
    left -= passed;
  }
  return rule;
}

/** The segments between two strings, both included. */
function tallyRange(
  tally: Tally,
  segments: ByteSegments | undefined,
  from: Uint8Array,
  to: Uint8Array,
  shown: (bytes: Uint8Array) => string,
): void {
  const first = segments === undefined ? -1 : segmentIndexOf(segments, from, 0);
  if (segments === undefined || first < 0) tallyPart(tally, NO_CANDIDATE, () => "");
  if (segments === undefined) return;
  const { lengthBytes, starts, values } = segments;
  for (let index = Math.max(first, 0); index < values.length; index++) {
    const start = starts.subarray(index * lengthBytes, (index + 1) * lengthBytes);
    if (compareBytes(start, to) > 0) return;
    if (index - first > SEGMENTS_SCANNED_MAX) return tallyPart(tally, NO_CANDIDATE, () => "");
    const shownFrom = compareBytes(start, from) < 0 ? from : start;
    tallyPart(tally, values[index] ?? NO_CANDIDATE, () => shown(shownFrom));
  }
}

function tallyNumbers(
  tally: Tally,
  segments: NumberSegments | undefined,
  from: number,
  to: number,
): void {
  const first = segments === undefined ? -1 : numberSegmentIndexOf(segments, from);
  if (segments === undefined || first < 0) tallyPart(tally, NO_CANDIDATE, () => "");
  if (segments === undefined) return;
  const { starts, values } = segments;
  for (let index = Math.max(first, 0); index < values.length; index++) {
    const start = starts.numbers[index] ?? 0;
    if (start > to) return;
    if (index - first > SEGMENTS_SCANNED_MAX) return tallyPart(tally, NO_CANDIDATE, () => "");
    tallyPart(tally, values[index] ?? NO_CANDIDATE, () => String(Math.max(start, from)));
  }
}

function sharedStart(left: Uint8Array, right: Uint8Array): Uint8Array {
  const differs = left.findIndex((byte, index) => byte !== right[index]);
  return differs < 0 ? left : left.subarray(0, differs);
}

function lowest(left: number, right: number): number {
  if (left === NO_CANDIDATE) return right;
  return right === NO_CANDIDATE ? left : Math.min(left, right);
}

function isBelow(rule: number, before: number): boolean {
  return rule !== NO_CANDIDATE && rule < before;
}

function ensure(tests: Map<number, KeyTests>, key: number): KeyTests {
  const held = tests.get(key) ?? createKeyTests();
  tests.set(key, held);
  return held;
}

function appendTo<Value>(lists: Map<number, Value[]>, key: number, value: Value): void {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  list.push(value);
}
