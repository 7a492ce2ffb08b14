// Conditions of rules: every name resolved, every value of its key's kind. A condition with an error is `undefined`,
// after all of it has been looked at.

import { assertNever } from "../../base/assert.ts";
import { report } from "../diagnostics/collector.ts";
import type { BytesLiteral, RouteCondition } from "../syntax/ast.ts";
import { parseAddressBlock } from "./address-block.ts";
import { packEntries } from "./byte-entries.ts";
import { checkAddressList, checkKeyList } from "./check-lists.ts";
import { type Operand, resolveKey, resolveOperand } from "./check-operand.ts";
import { checkAddresses, checkSet } from "./check-set.ts";
import {
  checkBytes,
  checkLength,
  checkLowest,
  checkNumber,
  checkWholeLength,
} from "./check-value.ts";
import type { CheckedCondition } from "./checked-router.ts";
import { isWildcard, LIKE_PATTERN_MAX } from "./glob.ts";
import { type RouterCheck, writtenAt } from "./router-context.ts";
import { shownBytes } from "./shown-bytes.ts";

type Compare = Extract<RouteCondition, { kind: "compare" }>;
type In = Extract<RouteCondition, { kind: "in" }>;
type InFile = Extract<RouteCondition, { kind: "in-file" }>;
type Pattern = Extract<RouteCondition, { kind: "pattern" }>;
type KeyOperand = Extract<Operand, { kind: "key" }>;

/** The most tests in one rule. */
export const CONDITION_TESTS_MAX = 1000;

/** Whether the condition has more than `CONDITION_TESTS_MAX` tests; deeper ones must not be walked by recursion. */
export function hasTooManyTests(condition: RouteCondition): boolean {
  const open: RouteCondition[] = [condition];
  let tests = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === "and" || next.kind === "or") open.push(next.left, next.right);
    else if (next.kind === "not") open.push(next.operand);
    tests += 1;
    if (tests > 2 * CONDITION_TESTS_MAX) return true;
  }
  return false;
}

/** The condition with names and values resolved. */
export function checkCondition(
  check: RouterCheck,
  condition: RouteCondition,
): CheckedCondition | undefined {
  switch (condition.kind) {
    case "and":
    case "or": {
      const left = checkCondition(check, condition.left);
      const right = checkCondition(check, condition.right);
      return left && right && { kind: condition.kind, left, right };
    }
    case "not":
      return negated(checkCondition(check, condition.operand), true);
    case "missing": {
      const key = resolveKey(check, condition.key, "missing");
      if (key === undefined) return undefined;
      if (check.keys[key]?.mayBeMissing === false) {
        report(check.collector, "routeNeverMissing", condition.span, { key: condition.key.text });
      }
      return { kind: "missing", key };
    }
    case "compare":
      return checkCompare(check, condition);
    case "in":
      return checkIn(check, condition);
    case "in-file":
      return checkInFile(check, condition);
    case "pattern":
      return checkPattern(check, condition);
    default:
      return assertNever(condition);
  }
}

function negated(
  condition: CheckedCondition | undefined,
  isNegated: boolean,
): CheckedCondition | undefined {
  return condition && isNegated ? { kind: "not", operand: condition } : condition;
}

function checkCompare(check: RouterCheck, condition: Compare): CheckedCondition | undefined {
  const operand = resolveOperand(check, condition.operand);
  if (operand === undefined) return undefined;
  if (operand.kind === "client") {
    return misuse(check, condition, `compared by ${condition.operator}`);
  }
  if (operand.isNumber) return checkNumberCompare(check, operand, condition);
  const { operator } = condition;
  if (operator !== "==" && operator !== "!=") {
    const args = { key: operand.key.name, operator };
    report(check.collector, "routeOrderOfBytes", condition.span, args);
    return undefined;
  }
  const value = checkBytes(check, operand, condition.value);
  if (value === undefined) return undefined;
  checkWholeLength(check, operand.key, value.length, condition.value.span);
  warnOfAddress(check, condition.operand.kind, value, condition.value.span);
  const entries = packEntries([value]);
  return negated({ kind: "bytes-in", key: operand.index, entries }, operator === "!=");
}

function checkNumberCompare(
  check: RouterCheck,
  operand: KeyOperand,
  condition: Compare,
): CheckedCondition | undefined {
  const value = checkNumber(check, operand, condition.value);
  if (value === undefined) return undefined;
  const key = operand.index;
  const { operator } = condition;
  if (operator === "==" || operator === "!=") {
    checkLowest(check, operand, value, condition.span);
    return negated({ kind: "number-in", key, values: Float64Array.of(value) }, operator === "!=");
  }
  const { from, to } = boundsOf(operator, value);
  if (from > to) {
    const range = writtenAt(check, condition.span);
    report(check.collector, "routeEmptyRange", condition.span, { range });
    return undefined;
  }
  checkLowest(check, operand, from, condition.span);
  return { kind: "number-range", key, from, to };
}

function boundsOf(operator: "<" | "<=" | ">" | ">=", value: number): { from: number; to: number } {
  switch (operator) {
    case "<":
      return { from: 0, to: value - 1 };
    case "<=":
      return { from: 0, to: value };
    case ">":
      return { from: value + 1, to: Number.MAX_SAFE_INTEGER };
    case ">=":
      return { from: value, to: Number.MAX_SAFE_INTEGER };
    default:
      return assertNever(operator);
  }
}

function checkIn(check: RouterCheck, condition: In): CheckedCondition | undefined {
  const operand = resolveOperand(check, condition.operand);
  if (operand === undefined) return undefined;
  if (operand.kind === "client") {
    const blocks = checkAddresses(check, condition.set);
    return blocks && negated({ kind: "client-in", blocks }, condition.isNegated);
  }
  if (condition.operand.kind === "client") {
    for (const { from } of condition.set.items) {
      const value = check.constantOf(from);
      if (value instanceof Uint8Array) warnOfAddress(check, "client", value, from.span);
    }
  }
  return negated(checkSet(check, operand, condition.set), condition.isNegated);
}

/** `client` is a key here, and its value looks as if the address was meant. */
function warnOfAddress(
  check: RouterCheck,
  kind: Compare["operand"]["kind"],
  value: Uint8Array,
  span: Compare["span"],
): void {
  const text = Buffer.from(value).toString("latin1");
  if (kind !== "client" || !text.includes("/")) return;
  if (parseAddressBlock(text).kind === "malformed") return;
  report(check.collector, "routeClientIsKey", span, { text, protocol: check.protocol });
}

function checkInFile(check: RouterCheck, condition: InFile): CheckedCondition | undefined {
  const operand = resolveOperand(check, condition.operand);
  if (operand === undefined) return undefined;
  const { file, isNegated } = condition;
  if (operand.kind === "client") {
    const blocks = checkAddressList(check, file);
    return blocks && negated({ kind: "client-in", blocks }, isNegated);
  }
  const values = checkKeyList(check, file, operand.key, operand.isNumber);
  if (values === undefined) return undefined;
  const key = operand.index;
  return values.kind === "bytes"
    ? negated({ kind: "bytes-in", key, entries: values.entries }, isNegated)
    : negated({ kind: "number-in", key, values: values.values }, isNegated);
}

function checkPattern(check: RouterCheck, condition: Pattern): CheckedCondition | undefined {
  const operand = resolveOperand(check, condition.operand);
  if (operand === undefined) return undefined;
  const { match, pattern } = condition;
  if (operand.kind === "client") return misuse(check, condition, `matched by ${match}`);
  if (operand.isNumber) {
    report(check.collector, "routeTypeMismatch", condition.span, {
      key: operand.shown,
      keyType: "an integer",
      valueType: `a ${match === "like" ? "pattern" : match}`,
      mend: `compare its value: ${operand.shown} in 8800..8899`,
    });
    return undefined;
  }
  const key = operand.index;
  const { bytes } = pattern;
  if (match === "like") return checkLike(check, operand, pattern);
  if (bytes.length === 0) {
    report(check.collector, "routeEmptyPattern", pattern.span, { match });
    return undefined;
  }
  checkLength(check, operand.key, bytes.length, pattern.span);
  return { kind: match, key, pattern: bytes };
}

function checkLike(
  check: RouterCheck,
  operand: KeyOperand,
  pattern: BytesLiteral,
): CheckedCondition | undefined {
  const { bytes, span } = pattern;
  if (bytes.length > LIKE_PATTERN_MAX) {
    const args = { lengthBytes: bytes.length, maxBytes: LIKE_PATTERN_MAX };
    report(check.collector, "routePatternTooLong", span, args);
    return undefined;
  }
  if (!bytes.some(isWildcard)) {
    const args = { key: operand.key.name, pattern: shownBytes(bytes) };
    report(check.collector, "routeLikeWithoutWildcard", span, args);
  }
  const least = bytes.reduce((sum, byte) => sum + (isStar(byte) ? 0 : 1), 0);
  checkLength(check, operand.key, least, span);
  return { kind: "like", key: operand.index, pattern: bytes };
}

function isStar(byte: number): boolean {
  return byte === 0x2a;
}

function misuse(check: RouterCheck, condition: Compare | Pattern, use: string): undefined {
  report(check.collector, "routeClientMisuse", condition.span, { use });
  return undefined;
}
