// One text for tests that ask the same: to find rules that repeat each other. Knows no rule.

import { hexOf } from "../../base/bytes.ts";
import { formatAddressBlock } from "./address-block.ts";
import { type ByteEntries, entryAt, entryCount } from "./byte-entries.ts";
import type { NormalCondition, NormalTest } from "./normal-form.ts";

/** Numbers given to sets too large to spell out; two are the same where they are one object (one file read once). */
export type SetNumbers = Map<object, number>;

/** Sets up to this many entries are spelled out. */
const SPELLED_ENTRIES_MAX = 8;

/** Equal for tests that hold for the same keys, as far as it can be seen at a glance. */
function nameOfTest(test: NormalTest, sets: SetNumbers): string {
  switch (test.kind) {
    case "missing":
    case "present":
      return `${test.kind} ${test.key}`;
    case "bytes-in":
      return `${test.key} in ${nameOfEntries(test.entries, sets)}`;
    case "bytes-range":
      return `${test.key} in ${hexOf(test.from)}..${hexOf(test.to)}`;
    case "number-in":
      return `number ${test.key} in ${nameOfNumbers(test.values, sets)}`;
    case "number-range":
      return `number ${test.key} in ${test.from}..${test.to}`;
    case "like":
    case "prefix":
    case "suffix":
      return `${test.key} ${test.kind} ${hexOf(test.pattern)}`;
    case "client-in":
      return test.blocks.length > SPELLED_ENTRIES_MAX
        ? `client in set ${numberOf(test.blocks, sets)}`
        : `client in ${test.blocks.map(formatAddressBlock).sort().join()}`;
  }
}

/** Equal for conditions that hold alike; the order of operands does not matter. */
export function nameOfCondition(condition: NormalCondition, sets: SetNumbers): string {
  switch (condition.kind) {
    case "test":
      return nameOfTest(condition.test, sets);
    case "not":
      return `not ${nameOfTest(condition.test, sets)}`;
    case "and":
    case "or": {
      const operands = condition.operands.map((operand) => nameOfCondition(operand, sets));
      return `(${[...new Set(operands)].sort().join(` ${condition.kind} `)})`;
    }
  }
}

/** Names of the single entries of a small set, otherwise that of the test: what several rules may look up alike. */
export function namesOfEntries(test: NormalTest, sets: SetNumbers): readonly string[] {
  if (test.kind !== "bytes-in" || entryCount(test.entries) > SPELLED_ENTRIES_MAX) {
    return [nameOfTest(test, sets)];
  }
  return spelled(test.entries).map((entry) => `${test.key} in ${entry}`);
}

function nameOfEntries(entries: ByteEntries, sets: SetNumbers): string {
  if (entryCount(entries) > SPELLED_ENTRIES_MAX) return `set ${numberOf(entries, sets)}`;
  return [...new Set(spelled(entries))].sort().join();
}

function nameOfNumbers(values: Float64Array, sets: SetNumbers): string {
  if (values.length > SPELLED_ENTRIES_MAX) return `set ${numberOf(values, sets)}`;
  return [...new Set(values)].sort().join();
}

function spelled(entries: ByteEntries): readonly string[] {
  // In brackets, so that the empty entry is told from no entry.
  return Array.from(
    { length: entryCount(entries) },
    (_, index) => `[${hexOf(entryAt(entries, index))}]`,
  );
}

function numberOf(set: object, sets: SetNumbers): number {
  const number = sets.get(set) ?? sets.size;
  sets.set(set, number);
  return number;
}
