// Sets in rules: `("a", "b")`, `"A000".."A999"`, `(1, 5..9)`, and blocks of addresses. Reports values that stand twice
// and ranges that hold nothing.

import { report } from "../diagnostics/collector.ts";
import type { SetItem, SetLiteral } from "../syntax/ast.ts";
import { type AddressBlock, formatAddressBlock, parseAddressBlock } from "./address-block.ts";
import { packEntries } from "./byte-entries.ts";
import type { Operand } from "./check-operand.ts";
import { checkBytes, checkLowest, checkNumber, checkWholeLength } from "./check-value.ts";
import type { CheckedCondition } from "./checked-router.ts";
import { type RouterCheck, writtenAt } from "./router-context.ts";
import { shownBytes } from "./shown-bytes.ts";

type KeyOperand = Extract<Operand, { kind: "key" }>;

/** The condition that a key is in the set; `undefined` where an item is wrong. */
export function checkSet(
  check: RouterCheck,
  operand: KeyOperand,
  set: SetLiteral,
): CheckedCondition | undefined {
  return operand.isNumber
    ? checkNumberSet(check, operand, set)
    : checkBytesSet(check, operand, set);
}

/** The blocks of a set of addresses; `undefined` where one is wrong. */
export function checkAddresses(
  check: RouterCheck,
  set: SetLiteral,
): readonly AddressBlock[] | undefined {
  const blocks = new Map<string, AddressBlock>();
  let isWrong = false;
  for (const item of set.items) {
    const block = checkAddress(check, item);
    if (block === undefined) {
      isWrong = true;
      continue;
    }
    const name = formatAddressBlock(block);
    if (blocks.has(name)) reportTwice(check, item, `"${name}"`);
    blocks.set(name, block);
  }
  return isWrong ? undefined : [...blocks.values()];
}

function checkAddress(check: RouterCheck, item: SetItem): AddressBlock | undefined {
  if (item.to !== undefined) {
    report(check.collector, "routeClientMisuse", item.span, { use: "in a range" });
    return undefined;
  }
  const value = check.constantOf(item.from);
  const text =
    value instanceof Uint8Array
      ? Buffer.from(value).toString("latin1")
      : writtenAt(check, item.span);
  const parsed = parseAddressBlock(value instanceof Uint8Array ? text : "");
  if (parsed.kind === "block") return parsed.block;
  const meant = parsed.kind === "host-bits" ? parsed.meant : undefined;
  report(check.collector, "routeBadAddress", item.span, { text, meant });
  return undefined;
}

function checkBytesSet(
  check: RouterCheck,
  operand: KeyOperand,
  set: SetLiteral,
): CheckedCondition | undefined {
  const singles = new Map<string, Uint8Array>();
  const parts: (CheckedCondition | undefined)[] = [];
  for (const item of set.items) {
    if (item.to !== undefined) {
      parts.push(checkBytesRange(check, operand, item.from, item.to, item));
      continue;
    }
    const value = checkBytes(check, operand, item.from);
    if (value === undefined) {
      parts.push(undefined);
      continue;
    }
    const name = Buffer.from(value).toString("latin1");
    if (singles.has(name)) reportTwice(check, item, shownBytes(value));
    checkWholeLength(check, operand.key, value.length, item.span);
    singles.set(name, value);
  }
  if (singles.size > 0) {
    const entries = packEntries([...singles.values()]);
    parts.push({ kind: "bytes-in", key: operand.index, entries });
  }
  return anyOf(parts);
}

function checkBytesRange(
  check: RouterCheck,
  operand: KeyOperand,
  low: SetItem["from"],
  high: SetItem["from"],
  item: SetItem,
): CheckedCondition | undefined {
  const from = checkBytes(check, operand, low);
  const to = checkBytes(check, operand, high);
  if (from === undefined || to === undefined) return undefined;
  if (from.length !== to.length) {
    const args = { from: from.length, to: to.length };
    report(check.collector, "routeRangeLengths", item.span, args);
    return undefined;
  }
  if (from.length === 0 || Buffer.compare(from, to) > 0) {
    reportEmptyRange(check, item);
    return undefined;
  }
  checkWholeLength(check, operand.key, from.length, item.span);
  return { kind: "bytes-range", key: operand.index, from, to };
}

function checkNumberSet(
  check: RouterCheck,
  operand: KeyOperand,
  set: SetLiteral,
): CheckedCondition | undefined {
  const singles = new Set<number>();
  const parts: (CheckedCondition | undefined)[] = [];
  for (const item of set.items) {
    const from = checkNumber(check, operand, item.from);
    const to = item.to === undefined ? from : checkNumber(check, operand, item.to);
    if (from === undefined || to === undefined) {
      parts.push(undefined);
      continue;
    }
    if (from <= to) checkLowest(check, operand, from, item.span);
    if (item.to === undefined) {
      if (singles.has(from)) reportTwice(check, item, String(from));
      singles.add(from);
    } else if (from > to) {
      reportEmptyRange(check, item);
      parts.push(undefined);
    } else {
      parts.push({ kind: "number-range", key: operand.index, from, to });
    }
  }
  if (singles.size > 0) {
    parts.push({ kind: "number-in", key: operand.index, values: Float64Array.from(singles) });
  }
  return anyOf(parts);
}

/** `or` of all parts as a balanced tree: however many, its depth stays small. */
function anyOf(parts: readonly (CheckedCondition | undefined)[]): CheckedCondition | undefined {
  if (parts.length <= 1) return parts[0];
  const middle = parts.length >> 1;
  const left = anyOf(parts.slice(0, middle));
  const right = anyOf(parts.slice(middle));
  return left && right && { kind: "or", left, right };
}

function reportTwice(check: RouterCheck, item: SetItem, value: string): void {
  report(check.collector, "routeDuplicateValue", item.span, { value });
}

function reportEmptyRange(check: RouterCheck, item: SetItem): void {
  const range = writtenAt(check, item.span);
  report(check.collector, "routeEmptyRange", item.span, { range });
}
