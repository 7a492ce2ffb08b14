// The fewest and the most bytes that statements can take, from declared types and guards alone: what NEED and the frame's
// maximum are made of. Emits nothing, reports nothing.

import { constantOf, constantOfPath } from "../../check/constants.ts";
import type { Symbols } from "../../check/symbols.ts";
import type {
  Expression,
  FieldStatement,
  FieldType,
  Guard,
  SetLiteral,
  Statement,
} from "../../syntax/ast.ts";
import { hull, type Interval, intersect, intervalOfExpr, isEmpty } from "../interval.ts";
import type { Expr } from "../ir.ts";
import { integerRange } from "./integer-types.ts";
import { isAtOffset, nameOf, type Step, stepsOf } from "./steps.ts";

/** What is known of a name: a field lowered already, or one measured before. */
export type KnownInterval = (dotted: string) => Interval | undefined;

export interface Measure {
  readonly symbols: Symbols;
  readonly known: KnownInterval;
  /** Names met so far while measuring. */
  readonly names: Map<string, Interval>;
  /** What `length(…)` of them may be. */
  readonly lengths: Map<string, Interval>;
}

export interface Size {
  readonly min: number;
  readonly max: number;
}

const ANY_SIZE: Interval = { lo: 0, hi: Infinity };
const NOTHING_SIZE: Size = { min: 0, max: 0 };

export function createMeasure(symbols: Symbols, known: KnownInterval): Measure {
  return { symbols, known, names: new Map(), lengths: new Map() };
}

/** The size of a body: its steps one after another, fields at offsets, and `size = …` where it stands. */
export function measureBody(measure: Measure, statements: readonly Statement[]): Size {
  return measureSteps(measure, stepsOf(statements));
}

/** `isSized`: they are a part's whose size is told before it. */
export function measureSteps(measure: Measure, steps: readonly Step[], isSized = false): Size {
  let min = 0;
  let max = 0;
  let reachMin = 0;
  let reachMax = 0;
  let declared: Interval | undefined;
  for (const step of steps) {
    const statement = step.kind === "statement" ? step.statement : undefined;
    if (statement?.kind === "size") {
      declared = intersect(intervalOf(measure, statement.value), ANY_SIZE);
      continue;
    }
    const size = measureStep(measure, step);
    const at = statement !== undefined && "at" in statement ? statement.at : undefined;
    if (at === undefined) {
      min += size.min;
      max += size.max;
    } else {
      const from = intersect(intervalOf(measure, at), ANY_SIZE);
      reachMin = Math.max(reachMin, from.lo + size.min);
      reachMax = Math.max(reachMax, from.hi + size.max);
    }
  }
  // What stands at an offset moves nothing: a branch or an element is no larger by it, a part with a size is.
  if (declared === undefined && !isSized) return { min, max };
  const least = Math.max(min, reachMin);
  if (declared === undefined || isEmpty(declared))
    return { min: least, max: Math.max(max, reachMax) };
  return { min: Math.max(least, declared.lo), max: declared.hi };
}

/** Fewest bytes up to and with the last step that declares one of the names; 0 where none does. */
export function minimumUntil(
  measure: Measure,
  steps: readonly Step[],
  names: ReadonlySet<string>,
): number {
  const last = steps.findLastIndex((step) => declaresAny(step, names));
  let sum = 0;
  for (const [index, step] of steps.slice(0, last + 1).entries()) {
    if (isAtOffset(step)) continue;
    const inner = index === last ? innerSteps(step) : undefined;
    sum +=
      inner === undefined ? measureStep(measure, step).min : minimumUntil(measure, inner, names);
  }
  return sum;
}

function declaresAny(step: Step, names: ReadonlySet<string>): boolean {
  if (step.kind === "prefix") return false;
  if (step.kind === "counted") return step.body.some((inner) => declaresAny(inner, names));
  const statement = step.kind === "statement" ? step.statement : step.owner;
  return declares(statement, names);
}

function declares(statement: Statement, names: ReadonlySet<string>): boolean {
  const name = nameOf(statement);
  if (name !== undefined && names.has(name)) return true;
  const any = (body: readonly Statement[]): boolean => body.some((each) => declares(each, names));
  switch (statement.kind) {
    case "block":
      return any(statement.body);
    case "bits":
      return statement.members.some((member) => names.has(member.name.text));
    case "if":
      return any(statement.then) || any(statement.else ?? []);
    case "switch":
      return statement.arms.some((arm) => any(arm.body)) || any(statement.else ?? []);
    default:
      return false;
  }
}

/** The steps of a block, which with `decide at key` is walked as its bytes come. */
function innerSteps(step: Step): readonly Step[] | undefined {
  const statement =
    step.kind === "statement" ? step.statement : step.kind === "content" ? step.owner : undefined;
  return statement?.kind === "block" ? stepsOf(statement.body) : undefined;
}

export function measureStep(measure: Measure, step: Step): Size {
  switch (step.kind) {
    case "prefix":
      return measureType(measure, step.type);
    case "content": {
      const size = measureContent(measure, step.owner, prefixInterval(measure, step.owner));
      learnLength(measure, step.owner, size);
      return size;
    }
    case "counted": {
      const content = measureSteps(measure, step.body);
      const counted = valueRange(measure, step.length)?.hi ?? Number.POSITIVE_INFINITY;
      return { min: content.min, max: Math.max(content.min, Math.min(content.max, counted)) };
    }
    case "statement":
      return measureStatement(measure, step.statement);
  }
}

function measureStatement(measure: Measure, statement: Statement): Size {
  switch (statement.kind) {
    case "start":
    case "end": {
      const mark = constantOf(statement.mark, measure.symbols);
      return mark?.kind === "bytes" ? fixed(mark.bytes.length) : NOTHING_SIZE;
    }
    case "literal":
      return fixed(statement.bytes.bytes.length);
    case "bits": {
      const range = integerRange(statement.type);
      for (const member of statement.members) {
        const width =
          member.place.kind === "ordered"
            ? member.place.widthBits
            : member.place.high - member.place.low + 1;
        const values = { lo: 0, hi: 2 ** width - 1 };
        const name = statement.name === undefined ? "" : `${statement.name.text}.`;
        learn(measure, name + member.name.text, guarded(measure, values, member.guard));
      }
      return fixed(range.bytes);
    }
    case "field": {
      const size = measureField(measure, statement);
      learnLength(measure, statement, size);
      return size;
    }
    case "block":
      return measureContent(
        measure,
        statement,
        statement.size.kind === "expression" ? intervalOf(measure, statement.size.value) : ANY_SIZE,
      );
    case "repeat":
      return measureContent(measure, statement, ANY_SIZE);
    case "if":
      return eitherOf(
        measureBody(measure, statement.then),
        statement.else === undefined ? NOTHING_SIZE : measureBody(measure, statement.else),
      );
    case "switch": {
      const sizes = statement.arms.map((arm) => measureBody(measure, arm.body));
      if (statement.else !== undefined) sizes.push(measureBody(measure, statement.else));
      return sizes.length === 0 ? NOTHING_SIZE : sizes.reduce(eitherOf);
    }
    case "pad": {
      const to = intervalOf(measure, statement.to);
      return { min: 0, max: Math.max(0, to.hi - 1) };
    }
    case "rest":
      return { min: 0, max: Infinity };
    default:
      return NOTHING_SIZE;
  }
}

function measureField(measure: Measure, field: FieldStatement): Size {
  const { type } = field;
  const name = nameOf(field);
  if (field.until !== undefined) {
    const lengths = field.until.map((mark) => mark.bytes.length);
    const max = field.max === undefined ? defaultUntilMax(type) : intervalOf(measure, field.max).hi;
    if (name !== undefined && type.kind === "digits")
      learn(measure, name, digitRange(type.name, max));
    const least = type.kind === "digits" ? 1 : 0;
    return { min: least + Math.min(...lengths), max: max + Math.max(...lengths) };
  }
  if (name !== undefined) {
    const values = valueRange(measure, field);
    if (values !== undefined) learn(measure, name, values);
  }
  if (type.kind === "bytes")
    return measureContent(
      measure,
      field,
      type.size?.kind === "expression" ? intervalOf(measure, type.size.value) : ANY_SIZE,
    );
  return measureType(measure, type);
}

/** Most digits of `dec n until …` where the author gives none: what fits 2^53 − 1. */
export const DEFAULT_DIGITS_MAX = 15;

function defaultUntilMax(type: FieldType): number {
  return type.kind === "digits" ? DEFAULT_DIGITS_MAX : Infinity;
}

/** The value range that a field's declaration allows; undefined for fields without an integer value. */
function valueRange(measure: Measure, field: FieldStatement): Interval | undefined {
  const declared = typeRange(measure, field.type);
  if (declared === undefined) return undefined;
  const limited =
    field.max === undefined
      ? declared
      : intersect(declared, { lo: -Infinity, hi: intervalOf(measure, field.max).hi });
  return guarded(measure, limited, field.guard);
}

function typeRange(measure: Measure, type: FieldType): Interval | undefined {
  switch (type.kind) {
    case "integer":
      return integerRange(type.name);
    case "varint":
      return { lo: 0, hi: varintMax(type.name, mostBytesOf(measure, type)) };
    case "digits": {
      const bytes = type.sizeBytes === undefined ? NaN : intervalOf(measure, type.sizeBytes).hi;
      return Number.isFinite(bytes) ? digitRange(type.name, bytes) : undefined;
    }
    default:
      return undefined;
  }
}

/** The greatest value of so many bytes of a variable-length integer, at most 2^53 − 1. */
export function varintMax(name: "varint" | "vlq" | "ber" | "lenenc", mostBytes: number): number {
  const bits = name === "varint" || name === "vlq" ? 7 * mostBytes : 8 * (mostBytes - 1);
  const max = name === "ber" && mostBytes === 1 ? 127 : 2 ** bits - 1;
  return Math.min(max, Number.MAX_SAFE_INTEGER);
}

/** Most bytes of a variable-length integer: its bracket, or 9 for `lenenc`. */
export function mostBytesOf(measure: Measure, type: FieldType & { kind: "varint" }): number {
  if (type.mostBytes === undefined) return type.name === "lenenc" ? 9 : 5;
  return intervalOf(measure, type.mostBytes).hi;
}

function digitRange(name: "dec" | "hex" | "bcd", bytes: number): Interval {
  const max = name === "hex" ? 16 ** bytes - 1 : 10 ** (name === "bcd" ? 2 * bytes : bytes) - 1;
  return { lo: 0, hi: Math.min(max, Number.MAX_SAFE_INTEGER) };
}

function guarded(measure: Measure, values: Interval, guard: Guard | undefined): Interval {
  if (guard === undefined) return values;
  const allowed = guardHull(measure, guard);
  const both = intersect(values, allowed);
  return isEmpty(both) ? values : both;
}

function guardHull(measure: Measure, guard: Guard): Interval {
  const everything: Interval = { lo: -Infinity, hi: Infinity };
  if (guard.kind === "in") return guard.isNegated ? everything : setHull(measure, guard.set);
  const value = intervalOf(measure, guard.value);
  switch (guard.operator) {
    case "=":
      return value;
    case "<":
      return { lo: -Infinity, hi: value.hi - 1 };
    case "<=":
      return { lo: -Infinity, hi: value.hi };
    case ">":
      return { lo: value.lo + 1, hi: Infinity };
    case ">=":
      return { lo: value.lo, hi: Infinity };
    case "!=":
      return everything;
  }
}

function setHull(measure: Measure, set: SetLiteral): Interval {
  return set.items
    .map((item) => hull(intervalOf(measure, item.from), intervalOf(measure, item.to ?? item.from)))
    .reduce(hull, { lo: Infinity, hi: -Infinity });
}

function measureType(measure: Measure, type: FieldType): Size {
  switch (type.kind) {
    case "integer":
      return fixed(integerRange(type.name).bytes);
    case "varint":
      return { min: 1, max: mostBytesOf(measure, type) };
    case "digits":
      return type.sizeBytes === undefined
        ? { min: 1, max: Infinity }
        : sized(intervalOf(measure, type.sizeBytes));
    case "cstring":
      return { min: 1, max: intervalOf(measure, type.mostBytes).hi };
    case "bytes":
      return type.size?.kind === "expression"
        ? sized(intervalOf(measure, type.size.value))
        : { min: 0, max: Infinity };
  }
}

/** The content of a sized field, block or repetition whose size lies in `size`. */
function measureContent(
  measure: Measure,
  statement: Statement & { kind: "field" | "block" | "repeat" },
  size: Interval,
): Size {
  const bounded = intersect(size, ANY_SIZE);
  switch (statement.kind) {
    case "field": {
      const limit = statement.max === undefined ? Infinity : intervalOf(measure, statement.max).hi;
      const lengths = literalLengths(measure, statement.guard);
      return sized(intersect(intersect(bounded, { lo: 0, hi: limit }), lengths));
    }
    case "block": {
      const content = measureSteps(measure, stepsOf(statement.body), true);
      return { min: Math.max(bounded.lo, content.min), max: bounded.hi };
    }
    case "repeat":
      return measureRepeat(measure, statement, bounded);
  }
}

function literalLengths(measure: Measure, guard: Guard | undefined): Interval {
  if (guard === undefined) return ANY_SIZE;
  if (guard.kind === "compare" && guard.operator !== "=") return ANY_SIZE;
  if (guard.kind === "in" && guard.isNegated) return ANY_SIZE;
  const values = guard.kind === "in" ? guard.set.items.map((item) => item.from) : [guard.value];
  let lengths: Interval = { lo: Infinity, hi: -Infinity };
  for (const value of values) {
    const known = constantOf(value, measure.symbols);
    if (known?.kind !== "bytes") return ANY_SIZE;
    lengths = hull(lengths, { lo: known.bytes.length, hi: known.bytes.length });
  }
  return lengths;
}

function measureRepeat(
  measure: Measure,
  statement: Statement & { kind: "repeat" },
  size: Interval,
): Size {
  const most = statement.max === undefined ? Infinity : intervalOf(measure, statement.max).hi;
  const { extent } = statement;
  const count = extent.kind === "times" ? intervalOf(measure, extent.count) : ANY_SIZE;
  const element = measureBody(measure, statement.body);
  const rounds = Math.min(most, count.hi);
  const max = element.max === 0 || rounds === 0 ? 0 : element.max * rounds;
  switch (extent.kind) {
    case "times":
      return { min: Math.max(0, count.lo) * element.min, max };
    case "until": {
      const mark = terminatorLength(extent.terminator);
      return { min: mark, max: max + mark };
    }
    case "filling":
      return {
        min: size.lo,
        max: Math.min(
          extent.size.kind === "expression" ? intervalOf(measure, extent.size.value).hi : size.hi,
          max,
        ),
      };
    case "filling-rest":
      return { min: 0, max };
  }
}

/** Bytes of a repetition's terminator: a number is one byte. */
export function terminatorLength(terminator: { kind: string; bytes?: Uint8Array }): number {
  return terminator.bytes?.length ?? 1;
}

/** The values an inline prefix may have, within the owner's `max`. */
function prefixInterval(measure: Measure, owner: Statement): Interval {
  const size =
    owner.kind === "block"
      ? owner.size
      : owner.kind === "repeat" && owner.extent.kind === "filling"
        ? owner.extent.size
        : owner.kind === "field" && owner.type.kind === "bytes"
          ? owner.type.size
          : undefined;
  if (size?.kind !== "prefix") return ANY_SIZE;
  return intersect(typeRange(measure, size.type) ?? ANY_SIZE, ANY_SIZE);
}

function fixed(bytes: number): Size {
  return { min: bytes, max: bytes };
}

function sized(interval: Interval): Size {
  return isEmpty(interval) ? NOTHING_SIZE : { min: Math.max(0, interval.lo), max: interval.hi };
}

function eitherOf(left: Size, right: Size): Size {
  return { min: Math.min(left.min, right.min), max: Math.max(left.max, right.max) };
}

function learn(measure: Measure, name: string, values: Interval): void {
  learnIn(measure.names, name, values);
}

/** A mark that ends it is in its size, and not in its length. */
function learnLength(measure: Measure, statement: Statement, size: Size): void {
  const name = nameOf(statement);
  if (name !== undefined) learnIn(measure.lengths, name, { lo: 0, hi: size.max });
}

function learnIn(known: Map<string, Interval>, name: string, values: Interval): void {
  const earlier = known.get(name);
  known.set(name, earlier === undefined ? values : hull(earlier, values));
}

/** The values an expression may have; everything where it names something unknown. */
function intervalOf(measure: Measure, expression: Expression): Interval {
  const names: Interval[] = [];
  const expr = exprOf(measure, expression, names);
  if (expr === undefined) return { lo: -Infinity, hi: Infinity };
  return intervalOfExpr(expr, (slot) => names[slot] ?? ANY_SIZE);
}

/** An expression whose slots number the intervals of the names it uses. */
function exprOf(measure: Measure, expression: Expression, names: Interval[]): Expr | undefined {
  switch (expression.kind) {
    case "number":
      return expression.value > BigInt(Number.MAX_SAFE_INTEGER)
        ? undefined
        : { kind: "const", value: Number(expression.value) };
    case "path": {
      const known = constantOfPath(expression, measure.symbols);
      if (known?.kind === "integer") return { kind: "const", value: Number(known.value) };
      const dotted = dottedOf(expression);
      const interval = measure.names.get(dotted) ?? measure.known(dotted);
      if (interval === undefined) return undefined;
      names.push(interval);
      return { kind: "slot", slot: names.length - 1 };
    }
    case "binary": {
      const { operator } = expression;
      if (!["+", "-", "*", "/", "%", "&", "|", "<<", ">>"].includes(operator)) return undefined;
      const left = exprOf(measure, expression.left, names);
      const right = exprOf(measure, expression.right, names);
      if (left === undefined || right === undefined) return undefined;
      return {
        kind: "binary",
        operator: operator as Extract<Expr, { kind: "binary" }>["operator"],
        left,
        right,
      };
    }
    case "length": {
      const length = measure.lengths.get(dottedOf(expression.of));
      if (length === undefined) return undefined;
      names.push(length);
      return { kind: "slot", slot: names.length - 1 };
    }
    default:
      return undefined;
  }
}

function dottedOf({ parts }: { readonly parts: readonly { readonly text: string }[] }): string {
  return parts.map(({ text }) => text).join(".");
}
