// Conditions that are verified one at a time: each set becomes a table of its own, shared by the rules that use it.

import { assert } from "../../base/assert.ts";
import { type AddressBlock, lastAddress } from "./address-block.ts";
import { type ByteEntries, entryAt, entryCount } from "./byte-entries.ts";
import { type ByteRange, buildByteSegments } from "./byte-segments.ts";
import { type ByteTable, createByteTable, packByteTable, putBytes } from "./byte-table.ts";
import { createListBuilder, type ListBuilder } from "./candidate-lists.ts";
import type { NormalCondition, NormalTest } from "./normal-form.ts";
import { createNumberTable, type NumberTable, packNumberTable, putNumber } from "./number-table.ts";
import type { ClientIndex, RouteTest } from "./plan.ts";

/** Tables made so far, by the set they were made of. */
export interface SetTables {
  readonly bytes: Map<ByteEntries, ByteTable | undefined>;
  readonly numbers: Map<Float64Array, NumberTable | undefined>;
  readonly clients: Map<readonly AddressBlock[], ClientIndex>;
}

/** What tables of a set hold for a member. */
const MEMBER = 0;

export function createSetTables(): SetTables {
  return { bytes: new Map(), numbers: new Map(), clients: new Map() };
}

/** The condition in the form that match.ts verifies. */
export function compileTest(condition: NormalCondition, sets: SetTables): RouteTest {
  switch (condition.kind) {
    case "and":
    case "or":
      return {
        kind: condition.kind,
        operands: condition.operands.map((operand) => compileTest(operand, sets)),
      };
    case "test":
      return compileLeaf(condition.test, false, sets);
    case "not":
      return compileLeaf(condition.test, true, sets);
  }
}

/** The ranges of addresses that `blocks` cover. */
export function blockRanges(
  blocks: readonly AddressBlock[],
  candidate: number,
): readonly ByteRange[] {
  return blocks.map((block) => ({ from: block.bytes, to: lastAddress(block), candidate }));
}

/** The segments of each family of addresses. */
export function buildClientIndex(ranges: readonly ByteRange[], lists: ListBuilder): ClientIndex {
  const segments = buildByteSegments(ranges, lists);
  return {
    v4: segments.find(({ lengthBytes }) => lengthBytes === 4),
    v6: segments.find(({ lengthBytes }) => lengthBytes === 16),
  };
}

function compileLeaf(test: NormalTest, isNegated: boolean, sets: SetTables): RouteTest {
  switch (test.kind) {
    case "missing":
    case "present":
      assert(!isNegated, "a negated test for a missing key");
      return test;
    case "bytes-in": {
      const table = cached(sets.bytes, test.entries, tableOfEntries);
      return { kind: test.kind, key: test.key, isNegated, table };
    }
    case "bytes-range": {
      const [segments] = buildByteSegments([{ ...test, candidate: MEMBER }], membership());
      assert(segments !== undefined, "a range without segments");
      return { kind: test.kind, key: test.key, isNegated, segments };
    }
    case "number-in": {
      const table = cached(sets.numbers, test.values, tableOfNumbers);
      return { kind: test.kind, key: test.key, isNegated, table };
    }
    case "client-in":
      return {
        kind: test.kind,
        isNegated,
        index: cached(sets.clients, test.blocks, indexOfBlocks),
      };
    default:
      return { ...test, isNegated };
  }
}

function tableOfEntries(entries: ByteEntries): ByteTable | undefined {
  const table = createByteTable();
  for (let index = 0; index < entryCount(entries); index++) {
    putBytes(table, entryAt(entries, index), () => MEMBER);
  }
  return packByteTable(table);
}

function tableOfNumbers(values: Float64Array): NumberTable | undefined {
  const table = createNumberTable();
  for (const value of values) putNumber(table, value, () => MEMBER);
  return packNumberTable(table);
}

function indexOfBlocks(blocks: readonly AddressBlock[]): ClientIndex {
  return buildClientIndex(blockRanges(blocks, MEMBER), membership());
}

/** Lists in which the first candidate is always enough. */
function membership(): ListBuilder {
  return createListBuilder(() => true);
}

function cached<Key, Value>(known: Map<Key, Value>, key: Key, make: (key: Key) => Value): Value {
  const held = known.get(key);
  if (held !== undefined || known.has(key)) return held as Value;
  const made = make(key);
  known.set(key, made);
  return made;
}
