// Rules that match nothing, since conditions joined by `and` exclude one another. Sound, not complete: what it reports is so.

import { report } from "../diagnostics/collector.ts";
import { type AddressBlock, holdsAddress } from "./address-block.ts";
import { type ByteEntries, entryAt, entryCount } from "./byte-entries.ts";
import type { CheckedRule } from "./checked-router.ts";
import { type NormalCondition, type NormalTest, normalise } from "./normal-form.ts";
import type { RouterCheck } from "./router-context.ts";

type ClientTest = Extract<NormalTest, { kind: "client-in" }>;
type KeyTest = Exclude<NormalTest, ClientTest>;

/** Conditions of one rule, and values of one set, that are compared with each other; beyond, nothing is said. */
const COMPARED_MAX = 16;

/** Reports on all rules, in order. */
export function checkContradictions(check: RouterCheck, rules: readonly CheckedRule[]): void {
  for (const rule of rules) {
    if (rule.kind === "when" && !mayHold(normalise(rule.condition)))
      report(check.collector, "routeNeverMatches", rule.span, {});
  }
}

function mayHold(condition: NormalCondition): boolean {
  switch (condition.kind) {
    case "test":
    case "not":
      return true;
    case "or":
      return condition.operands.some(mayHold);
    case "and":
      return mayHoldTogether(condition.operands);
  }
}

function mayHoldTogether(operands: readonly NormalCondition[]): boolean {
  if (isLong(operands)) return true;
  if (!operands.every(mayHold)) return false;
  return operands.every((left, at) => operands.slice(at + 1).every((right) => agree(left, right)));
}

/** Whether both may hold for one connection; true where that is not seen at a glance. */
function agree(left: NormalCondition, right: NormalCondition): boolean {
  switch (left.kind) {
    case "or":
      return (
        isLong(left.operands) || left.operands.some((each) => mayHold(each) && agree(each, right))
      );
    case "and":
      return isLong(left.operands) || left.operands.every((each) => agree(each, right));
    case "test":
      if (right.kind === "test") return testsAgree(left.test, right.test);
      if (right.kind === "not") return !isWithin(left.test, right.test);
      return agree(right, left);
    case "not":
      if (right.kind === "test") return !isWithin(right.test, left.test);
      return right.kind === "not" || agree(right, left);
  }
}

function isLong({ length }: { readonly length: number }): boolean {
  return length > COMPARED_MAX;
}

/** Whether what the one test matches is matched by the other; false where that is not seen at a glance. */
function isWithin(one: NormalTest, other: NormalTest): boolean {
  if (one.kind === "client-in" || other.kind === "client-in" || one.key !== other.key) return false;
  if (one.kind !== "bytes-in" || entryCount(one.entries) > COMPARED_MAX) return false;
  return entriesOf(one.entries).every((entry) => fits(other, entry) === true);
}

function testsAgree(left: NormalTest, right: NormalTest): boolean {
  if (left.kind === "client-in" || right.kind === "client-in")
    return left.kind !== "client-in" || right.kind !== "client-in" || blocksMeet(left, right);
  if (left.key !== right.key) return true;
  if (left.kind === "missing" || right.kind === "missing") return left.kind === right.kind;
  if (left.kind === "bytes-in") return someFits(left.entries, right);
  if (right.kind === "bytes-in") return someFits(right.entries, left);
  if (left.kind === "number-in" || left.kind === "number-range") return numbersMeet(left, right);
  if (right.kind === "number-in" || right.kind === "number-range") return true;
  return patternsMeet(left, right);
}

function someFits(entries: ByteEntries, test: KeyTest): boolean {
  if (entryCount(entries) > COMPARED_MAX) return true;
  return entriesOf(entries).some((entry) => fits(test, entry) !== false);
}

function entriesOf(entries: ByteEntries): readonly Uint8Array[] {
  return Array.from({ length: entryCount(entries) }, (_, at) => entryAt(entries, at));
}

/** Whether a key of these bytes passes the test; undefined where that is not looked at. */
function fits(test: KeyTest, bytes: Uint8Array): boolean | undefined {
  switch (test.kind) {
    case "missing":
      return false;
    case "present":
      return true;
    case "bytes-in":
      if (entryCount(test.entries) > COMPARED_MAX) return undefined;
      return entriesOf(test.entries).some((entry) => Buffer.compare(entry, bytes) === 0);
    case "bytes-range":
      return (
        bytes.length === test.from.length &&
        Buffer.compare(test.from, bytes) <= 0 &&
        Buffer.compare(bytes, test.to) <= 0
      );
    case "prefix":
      return startsWith(bytes, test.pattern);
    case "suffix":
      return endsWith(bytes, test.pattern);
    case "number-in":
    case "number-range":
    case "like":
      return undefined;
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, start.length), start) === 0;
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const from = Math.max(0, bytes.length - end.length);
  return Buffer.compare(bytes.subarray(from), end) === 0;
}

/** Whether one text may fit both patterns. */
function patternsMeet(left: KeyTest, right: KeyTest): boolean {
  if (left.kind === "prefix" && right.kind === "prefix")
    return startsWith(left.pattern, right.pattern) || startsWith(right.pattern, left.pattern);
  if (left.kind === "suffix" && right.kind === "suffix")
    return endsWith(left.pattern, right.pattern) || endsWith(right.pattern, left.pattern);
  if (left.kind === "bytes-range" && right.kind === "bytes-range")
    return (
      left.from.length === right.from.length &&
      Buffer.compare(left.from, right.to) <= 0 &&
      Buffer.compare(right.from, left.to) <= 0
    );
  return true;
}

type NumberTest = Extract<NormalTest, { kind: "number-in" | "number-range" }>;

function numbersMeet(left: NumberTest, right: KeyTest): boolean {
  if (right.kind === "number-in") return someNumberFits(right.values, left);
  if (right.kind !== "number-range") return true;
  if (left.kind === "number-in") return someNumberFits(left.values, right);
  return left.from <= right.to && right.from <= left.to;
}

function someNumberFits(values: Float64Array, test: NumberTest): boolean {
  return isLong(values) || values.some((value) => holdsNumber(test, value));
}

function holdsNumber(test: NumberTest, value: number): boolean {
  return test.kind === "number-in"
    ? isLong(test.values) || test.values.includes(value)
    : test.from <= value && value <= test.to;
}

function blocksMeet(left: ClientTest, right: ClientTest): boolean {
  if (isLong(left.blocks) || isLong(right.blocks)) return true;
  return left.blocks.some((one) =>
    right.blocks.some((other) => holdsBlock(one, other) || holdsBlock(other, one)),
  );
}

function holdsBlock(block: AddressBlock, { bytes }: AddressBlock): boolean {
  return holdsAddress(block, bytes, 0, bytes.length);
}
