// What a key is compared with: constants of the key's kind. Reports values that the key can never have.

import { report } from "../diagnostics/collector.ts";
import type { Span } from "../source/span.ts";
import type { Expression } from "../syntax/ast.ts";
import { type Operand, shownKeyType } from "./check-operand.ts";
import type { RouteKey } from "./checked-router.ts";
import { type RouterCheck, writtenAt } from "./router-context.ts";

type KeyOperand = Extract<Operand, { kind: "key" }>;

/** The value as a number that a key can have; reports otherwise. */
export function checkNumber(
  check: RouterCheck,
  operand: KeyOperand,
  expression: Expression,
): number | undefined {
  const value = constantAt(check, expression);
  if (value === undefined) return undefined;
  if (typeof value !== "bigint") {
    report(check.collector, "routeTypeMismatch", expression.span, {
      key: operand.shown,
      keyType: "an integer",
      valueType: "text",
      mend: "write the number without quotes",
    });
    return undefined;
  }
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    report(check.collector, "routeNumberRange", expression.span, { value: value.toString() });
    return undefined;
  }
  return Number(value);
}

/** The value as bytes; reports otherwise. */
export function checkBytes(
  check: RouterCheck,
  operand: KeyOperand,
  expression: Expression,
): Uint8Array | undefined {
  const value = constantAt(check, expression);
  if (value === undefined) return undefined;
  if (typeof value === "bigint") {
    report(check.collector, "routeTypeMismatch", expression.span, {
      key: operand.shown,
      keyType: shownKeyType(operand.key),
      valueType: "a number",
      mend: mendOfNumber(operand.key, value),
    });
    return undefined;
  }
  return value;
}

/** Warns where no key can be as long as `lengthBytes`. */
export function checkLength(
  check: RouterCheck,
  key: RouteKey,
  lengthBytes: number,
  span: Span,
): void {
  if (lengthBytes <= key.maxBytes) return;
  const { name, maxBytes } = key;
  report(check.collector, "routeValueTooLong", span, { key: name, lengthBytes, maxBytes });
}

/** Warns where no key can be `lengthBytes` long, be it shorter or longer. */
export function checkWholeLength(
  check: RouterCheck,
  key: RouteKey,
  lengthBytes: number,
  span: Span,
): void {
  checkLength(check, key, lengthBytes, span);
  const { name, minBytes } = key;
  if (lengthBytes >= minBytes) return;
  report(check.collector, "routeValueTooShort", span, { key: name, lengthBytes, minBytes });
}

/** Warns where every number of the key is below `from`. */
export function checkLowest(
  check: RouterCheck,
  { key, shown }: KeyOperand,
  from: number,
  span: Span,
): void {
  // A text that is read as a number has as many digits as it has bytes.
  const max = key.type === "integer" ? key.maxNumber : 10 ** key.maxBytes - 1;
  if (from <= max) return;
  report(check.collector, "routeNumberTooLarge", span, { key: shown, max });
}

/** A value of a literal: text as it was decoded. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function constantAt(check: RouterCheck, expression: Expression): bigint | Uint8Array | undefined {
  const value = check.constantOf(expression);
  if (value === undefined) {
    const written = writtenAt(check, expression.span);
    report(check.collector, "routeNotConstant", expression.span, { written });
  }
  return value;
}

function mendOfNumber(key: RouteKey, value: bigint): string {
  return key.type === "text"
    ? `quote it, "${value}", or compare the value of the digits: number(${key.name})`
    : `write the bytes: "${value}", or x"…"`;
}
