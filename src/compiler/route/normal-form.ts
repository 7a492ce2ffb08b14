// Conditions with every `not` moved down to a single test, so that "unknown" may be read as "false" from here on:
// Kleene's logic obeys De Morgan, and `and` and `or` alone never make true of unknown. Knows no table.

import { packEntries } from "./byte-entries.ts";
import type { CheckedCondition, CheckedTest } from "./checked-router.ts";
import { shapeOfLike } from "./glob.ts";

/** A test that tables can answer, or a `like` with wildcards inside. */
export type NormalTest = CheckedTest | { readonly kind: "present"; readonly key: number };

/** Holds or does not. Operands of `and` and `or` are flat: no `and` within `and`; none at all is true or false. */
export type NormalCondition =
  | { readonly kind: "and" | "or"; readonly operands: readonly NormalCondition[] }
  | { readonly kind: "test"; readonly test: NormalTest }
  /** Holds where the test is known and false. */
  | { readonly kind: "not"; readonly test: NormalTest };

const ALWAYS: NormalCondition = { kind: "and", operands: [] };
const NEVER: NormalCondition = { kind: "or", operands: [] };

/** Negated sets of numbers up to this many become ranges, which tables can answer. */
const NEGATED_NUMBERS_MAX = 16;

/** The normal form of a condition: holds exactly where the condition is true. */
export function normalise(condition: CheckedCondition): NormalCondition {
  return normaliseSigned(condition, false);
}

function normaliseSigned(condition: CheckedCondition, isNegated: boolean): NormalCondition {
  switch (condition.kind) {
    case "always":
      return isNegated ? NEVER : ALWAYS;
    case "and":
    case "or": {
      const operands = [condition.left, condition.right].map((operand) =>
        normaliseSigned(operand, isNegated),
      );
      return joined((condition.kind === "and") === isNegated ? "or" : "and", operands);
    }
    case "not":
      return normaliseSigned(condition.operand, !isNegated);
    default:
      return isNegated ? negatedTest(condition) : positiveTest(condition);
  }
}

/** `and` or `or` of the operands, flat. */
export function joined(kind: "and" | "or", operands: readonly NormalCondition[]): NormalCondition {
  const flat = operands.flatMap((operand) =>
    operand.kind === kind ? operand.operands : [operand],
  );
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind, operands: flat };
}

function positiveTest(test: CheckedTest): NormalCondition {
  return { kind: "test", test: test.kind === "like" ? simplifiedLike(test) : test };
}

function negatedTest(test: CheckedTest): NormalCondition {
  switch (test.kind) {
    case "missing":
      return { kind: "test", test: { kind: "present", key: test.key } };
    case "number-range":
      return outside(test.key, [test]);
    case "number-in": {
      if (test.values.length > NEGATED_NUMBERS_MAX) return { kind: "not", test };
      const points = Array.from(test.values.toSorted(), (value) => ({ from: value, to: value }));
      return outside(test.key, points);
    }
    case "like":
      return { kind: "not", test: simplifiedLike(test) };
    default:
      return { kind: "not", test };
  }
}

function simplifiedLike(test: Extract<CheckedTest, { kind: "like" }>): NormalTest {
  const { key } = test;
  const shape = shapeOfLike(test.pattern);
  switch (shape.kind) {
    case "literal":
      return { kind: "bytes-in", key, entries: packEntries([shape.pattern]) };
    case "prefix":
    case "suffix":
      return { kind: shape.kind, key, pattern: shape.pattern };
    case "anything":
      // Not `present`: an integer key is present, and `like` on it is unknown.
      return { kind: "prefix", key, pattern: new Uint8Array() };
    case "glob":
      return test;
  }
}

/** The numbers outside `ranges`, which are sorted and disjoint. */
function outside(
  key: number,
  ranges: readonly { readonly from: number; readonly to: number }[],
): NormalCondition {
  const gaps: NormalCondition[] = [];
  let next = 0;
  for (const { from, to } of ranges) {
    addGap(gaps, key, next, from - 1);
    next = to + 1;
  }
  addGap(gaps, key, next, Number.MAX_SAFE_INTEGER);
  return joined("or", gaps);
}

function addGap(gaps: NormalCondition[], key: number, from: number, to: number): void {
  if (from <= to) gaps.push({ kind: "test", test: { kind: "number-range", key, from, to } });
}
