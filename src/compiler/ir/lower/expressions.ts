// Expressions over fields and constants as IR expressions and conditions. A failure is returned as something that can be
// reported, so that a caller may try first whether a size is known already.

import { assertNever } from "../../../base/assert.ts";
import { constantOf, constantOfPath } from "../../check/constants.ts";
import { report } from "../../diagnostics/collector.ts";
import type { Expression, FieldPath, Guard, SetLiteral } from "../../syntax/ast.ts";
import { isExactExpr } from "../interval.ts";
import type { Cond, Expr, Range, Slot, View } from "../ir.ts";
import { type Binding, findBinding } from "./bindings.ts";
import {
  binary,
  constant,
  intervalAt,
  type Lowering,
  type Path,
  positionExpr,
  slotExpr,
} from "./lowering.ts";
import { type Problem, problem, resolveField } from "./resolve-field.ts";

/** An integer, and the flags that must be 1 for it to be there. */
export interface IntegerValue {
  readonly kind: "integer";
  readonly expr: Expr;
  readonly present: readonly Slot[];
}

interface BytesValue {
  readonly kind: "bytes";
  readonly view: View;
  readonly present: readonly Slot[];
}

interface LiteralValue {
  readonly kind: "literal";
  readonly bytes: Uint8Array;
}

type Value = IntegerValue | BytesValue | LiteralValue;

function valueOfPath(lowering: Lowering, path: Path, name: FieldPath): Value | Problem {
  const known = constantOfPath(name, lowering.symbols);
  const first = name.parts[0];
  const isShadowed = first !== undefined && findBinding(path.scope, first.text) !== undefined;
  if (known !== undefined && !isShadowed) return valueOfConstant(lowering, known, name);
  const resolved = resolveField(lowering, path, name);
  if (resolved.kind === "problem") return resolved;
  const { binding, present } = resolved;
  switch (binding.kind) {
    case "integer":
      return { kind: "integer", expr: binding.value, present };
    case "bytes":
      if (binding.value !== null && ["dec", "hex", "bcd"].includes(binding.content))
        return { kind: "integer", expr: binding.value, present };
      return { kind: "bytes", view: binding.view, present };
    case "group":
    case "list":
      return problem(() =>
        report(lowering.collector, "wrongType", name.span, {
          expected: "a field with a value",
          found: binding.kind === "group" ? "a group of fields" : "a repetition",
        }),
      );
    default:
      return assertNever(binding);
  }
}

function valueOfConstant(
  lowering: Lowering,
  known: NonNullable<ReturnType<typeof constantOf>>,
  at: Expression,
): Value | Problem {
  if (known.kind === "bytes") return { kind: "literal", bytes: known.bytes };
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  if (known.value > limit || known.value < -limit)
    return problem(() => report(lowering.collector, "overflow", at.span, { what: "this number" }));
  return { kind: "integer", expr: constant(Number(known.value)), present: [] };
}

/** The value of an expression that is no condition. */
function valueAt(lowering: Lowering, path: Path, expression: Expression): Value | Problem {
  switch (expression.kind) {
    case "number":
    case "bytes": {
      const known = constantOf(expression, lowering.symbols);
      if (known !== undefined) return valueOfConstant(lowering, known, expression);
      break;
    }
    case "path":
      return valueOfPath(lowering, path, expression);
    case "binary": {
      const { operator } = expression;
      if (!isArithmetic(operator)) break;
      const left = integerOf(lowering, path, expression.left);
      if (left.kind === "problem") return left;
      const right = integerOf(lowering, path, expression.right);
      if (right.kind === "problem") return right;
      const expr = binary(operator, left.expr, right.expr);
      if (!isExactExpr(expr, intervalAt(lowering, path)))
        return problem(() =>
          report(lowering.collector, "overflow", expression.span, {
            what: lowering.sourceText(expression.span),
          }),
        );
      return { kind: "integer", expr, present: [...left.present, ...right.present] };
    }
    case "length": {
      const resolved = resolveField(lowering, path, expression.of);
      if (resolved.kind === "problem") return resolved;
      const length = lengthOf(resolved.binding);
      if (length !== null) return { kind: "integer", expr: length, present: resolved.present };
      break;
    }
    default:
      break;
  }
  return problem(() =>
    report(lowering.collector, "wrongType", expression.span, {
      expected: "a number or bytes",
      found: describe(expression),
    }),
  );
}

function lengthOf(binding: Binding): Expr | null {
  if (binding.kind === "bytes") return binding.view.length;
  if (binding.extent === null) return null;
  const { from, to } = binding.extent;
  return binary("-", positionExpr(to), positionExpr(from));
}

function isArithmetic(
  operator: string,
): operator is "+" | "-" | "*" | "/" | "%" | "&" | "|" | "<<" | ">>" {
  return ["+", "-", "*", "/", "%", "&", "|", "<<", ">>"].includes(operator);
}

function describe(expression: Expression): string {
  if (expression.kind === "path") return expression.parts.map((part) => part.text).join(".");
  if (expression.kind === "bytes") return "bytes";
  return expression.kind === "number" ? "a number" : "a condition";
}

/** An integer expression; a missing field's value is 0. */
export function integerOf(
  lowering: Lowering,
  path: Path,
  expression: Expression,
): IntegerValue | Problem {
  const value = valueAt(lowering, path, expression);
  if (value.kind === "integer" || value.kind === "problem") return value;
  if (value.kind === "literal" && value.bytes.length === 1)
    return { kind: "integer", expr: constant(value.bytes[0] ?? 0), present: [] };
  return problem(() => reportNoNumber(lowering, path, expression));
}

/** Bytes where a number is needed: declared so, or a number that is too large to be one here. */
function reportNoNumber(lowering: Lowering, path: Path, expression: Expression): void {
  const name = describe(expression);
  const field = expression.kind === "path" ? resolveField(lowering, path, expression) : undefined;
  const binding = field?.kind === "binding" ? field.binding : undefined;
  if (binding?.kind === "bytes" && binding.isWideNumber === true) {
    report(lowering.collector, "wideInteger", expression.span, { name });
    return;
  }
  const found = binding?.kind === "bytes" ? `${name}, which is ${binding.content}` : name;
  report(lowering.collector, "wrongType", expression.span, { expected: "a number", found });
}

/** An integer that is always there; reports and gives undefined otherwise. */
export function requireInteger(
  lowering: Lowering,
  path: Path,
  expression: Expression,
): Expr | undefined {
  const value = integerOf(lowering, path, expression);
  if (value.kind === "problem") {
    value.report();
    return undefined;
  }
  if (value.present.length === 0) return value.expr;
  report(lowering.collector, "fieldMayBeAbsent", expression.span, { name: describe(expression) });
  return undefined;
}

/** A condition; where a field in a comparison is absent, the comparison is false. Undefined after a report. */
export function requireCondition(
  lowering: Lowering,
  path: Path,
  expression: Expression,
): Cond | undefined {
  const cond = conditionOf(lowering, path, expression);
  if (cond.kind !== "problem") return cond;
  cond.report();
  return undefined;
}

function conditionOf(lowering: Lowering, path: Path, expression: Expression): Cond | Problem {
  switch (expression.kind) {
    case "binary": {
      const { operator } = expression;
      if (operator === "and" || operator === "or") {
        const left = conditionOf(lowering, path, expression.left);
        if (left.kind === "problem") return left;
        const right = conditionOf(lowering, path, expression.right);
        return right.kind === "problem" ? right : { kind: operator, left, right };
      }
      if (isArithmetic(operator)) break;
      return comparison(lowering, path, expression.left, operator, expression.right);
    }
    case "not": {
      const operand = conditionOf(lowering, path, expression.operand);
      return operand.kind === "problem" ? operand : { kind: "not", operand };
    }
    case "in": {
      const operand = valueAt(lowering, path, expression.operand);
      if (operand.kind === "problem") return operand;
      return membership(lowering, path, operand, expression);
    }
    case "more":
      if (path.window !== null)
        return {
          kind: "compare",
          operator: "<",
          left: positionExpr(path.cursor),
          right: positionExpr(path.window),
        };
      return problem(() =>
        report(lowering.collector, "needsSizedPart", expression.span, { what: "more" }),
      );
    case "present": {
      const resolved = resolveField(lowering, path, expression.of);
      return resolved.kind === "problem" ? resolved : allPresent(resolved.present);
    }
    case "has": {
      const operand = valueAt(lowering, path, expression.operand);
      if (operand.kind === "problem") return operand;
      const byte = integerOf(lowering, path, expression.value);
      if (byte.kind === "problem") return byte;
      if (operand.kind !== "bytes" || byte.expr.kind !== "const") break;
      return { kind: "has", view: operand.view, byte: byte.expr.value };
    }
    case "any":
      return problem(() =>
        report(lowering.collector, "misplaced", expression.span, {
          what: "any",
          mend: "a search over a repetition stands in a key: key x = any list.field == value",
        }),
      );
    default: {
      // A number by itself is true where it is not 0: `if props.v2019 { … }`.
      const value = integerOf(lowering, path, expression);
      if (value.kind === "problem") return value;
      return withPresent(value.present, {
        kind: "compare",
        operator: "!=",
        left: value.expr,
        right: constant(0),
      });
    }
  }
  return problem(() =>
    report(lowering.collector, "wrongType", expression.span, {
      expected: "a condition",
      found: describe(expression),
    }),
  );
}

/** Conditions that hold where all flags are 1. */
function allPresent(flags: readonly Slot[]): Cond {
  return withPresent(flags, { kind: "true" });
}

/** `cond`, and every flag is 1. */
export function withPresent(flags: readonly Slot[], cond: Cond): Cond {
  return flags.reduceRight<Cond>((right, flag) => {
    const left: Cond = {
      kind: "compare",
      operator: "==",
      left: slotExpr(flag),
      right: constant(1),
    };
    return right.kind === "true" ? left : { kind: "and", left, right };
  }, cond);
}

type Comparison = Extract<Cond, { kind: "compare" }>["operator"];

function comparison(
  lowering: Lowering,
  path: Path,
  leftSide: Expression,
  operator: Comparison,
  rightSide: Expression,
): Cond | Problem {
  const left = valueAt(lowering, path, leftSide);
  if (left.kind === "problem") return left;
  const right = valueAt(lowering, path, rightSide);
  if (right.kind === "problem") return right;
  return compareValues(lowering, left, operator, right, rightSide);
}

/** `left operator right` for a field's value and a constant or another field. */
function compareValues(
  lowering: Lowering,
  left: Value,
  operator: Comparison,
  right: Value,
  at: Expression,
): Cond | Problem {
  if (left.kind === "bytes" && right.kind === "literal" && isEquality(operator)) {
    const equal: Cond = { kind: "equals", view: left.view, literals: [right.bytes] };
    const cond: Cond = operator === "==" ? equal : { kind: "not", operand: equal };
    return withPresent(left.present, cond);
  }
  const leftInteger = asInteger(left);
  const rightInteger = asInteger(right);
  if (leftInteger === null || rightInteger === null)
    return problem(() =>
      report(lowering.collector, "wrongType", at.span, {
        expected:
          left.kind === "bytes"
            ? 'a quoted text or x"…" beside == or !='
            : "a number, as on the left",
        found: describe(at),
      }),
    );
  return withPresent([...leftInteger.present, ...rightInteger.present], {
    kind: "compare",
    operator,
    left: leftInteger.expr,
    right: rightInteger.expr,
  });
}

function isEquality(operator: Comparison): boolean {
  return operator === "==" || operator === "!=";
}

function asInteger(value: Value): IntegerValue | null {
  if (value.kind === "integer") return value;
  if (value.kind === "literal" && value.bytes.length === 1)
    return { kind: "integer", expr: constant(value.bytes[0] ?? 0), present: [] };
  return null;
}

/**
 * `value in (…)`, `not in`: literals for bytes; sorted disjoint ranges of constants for integers. False where the value is
 * absent, also negated.
 */
function membership(
  lowering: Lowering,
  path: Path,
  value: Value,
  { set, isNegated }: { readonly set: SetLiteral; readonly isNegated: boolean },
): Cond | Problem {
  const among = (cond: Cond): Cond => (isNegated ? { kind: "not", operand: cond } : cond);
  if (value.kind === "bytes") {
    const literals: Uint8Array[] = [];
    for (const item of set.items) {
      const known = constantOf(item.from, lowering.symbols);
      if (known?.kind !== "bytes" || item.to !== undefined)
        return problem(() =>
          report(lowering.collector, "wrongType", item.span, {
            expected: 'quoted texts or x"…", without ranges',
            found: describe(item.from),
          }),
        );
      literals.push(known.bytes);
    }
    return withPresent(value.present, among({ kind: "equals", view: value.view, literals }));
  }
  const integer = asInteger(value);
  if (integer === null)
    return problem(() =>
      report(lowering.collector, "wrongType", set.span, {
        expected: "a field before in",
        found: "bytes",
      }),
    );
  const ranges = rangesOf(lowering, path, set);
  if ("kind" in ranges) return ranges;
  return withPresent(integer.present, among({ kind: "in", value: integer.expr, ranges }));
}

/** The items of a set of integers as sorted, disjoint ranges. */
export function rangesOf(
  lowering: Lowering,
  path: Path,
  set: SetLiteral,
): readonly Range[] | Problem {
  const ranges: Range[] = [];
  for (const item of set.items) {
    const bounds: number[] = [];
    for (const end of [item.from, item.to ?? item.from]) {
      const value = integerOf(lowering, path, end);
      if (value.kind === "problem") return value;
      if (value.expr.kind !== "const")
        return problem(() =>
          report(lowering.collector, "notConstant", end.span, {
            what: "a value of a set",
            suggestion: undefined,
          }),
        );
      bounds.push(value.expr.value);
    }
    const [lo = 0, hi = 0] = bounds;
    if (lo > hi)
      return problem(() =>
        report(lowering.collector, "emptyRange", item.span, { from: lo, to: hi }),
      );
    ranges.push({ lo, hi });
  }
  return mergeRanges(ranges);
}

function mergeRanges(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((left, right) => left.lo - right.lo)) {
    const last = merged.at(-1);
    if (last !== undefined && range.lo <= last.hi + 1)
      merged[merged.length - 1] = { lo: last.lo, hi: Math.max(last.hi, range.hi) };
    else merged.push(range);
  }
  return merged;
}

/** The condition that a field's guard states about its value; undefined after a report. */
export function guardCondition(
  lowering: Lowering,
  path: Path,
  value: IntegerValue | { readonly kind: "bytes"; readonly view: View },
  guard: Guard,
): Cond | undefined {
  const subject: Value = value.kind === "bytes" ? { ...value, present: [] } : value;
  const cond = ((): Cond | Problem => {
    if (guard.kind === "in") return membership(lowering, path, subject, guard);
    const right = valueAt(lowering, path, guard.value);
    if (right.kind === "problem") return right;
    const operator = guard.operator === "=" ? "==" : guard.operator;
    return compareValues(lowering, subject, operator, right, guard.value);
  })();
  if (cond.kind !== "problem") return cond;
  cond.report();
  return undefined;
}
