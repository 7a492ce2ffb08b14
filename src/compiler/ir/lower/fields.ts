// Fields of known size: integers, digits, bytes, bits, literals. Their bytes are present; guards follow in wire order.
// Knows nothing of suspending.

import { constantOf } from "../../check/constants.ts";
import { report } from "../../diagnostics/collector.ts";
import type { Span } from "../../source/span.ts";
import type { BytesTypeName, FieldStatement, Guard, IntegerTypeName } from "../../syntax/ast.ts";
import type { Cond, Expr, Fail, FieldValue, Position, Slot, View } from "../ir.ts";
import type { Binding, Content } from "./bindings.ts";
import { deferCheck } from "./checks.ts";
import { guardCondition, requireInteger } from "./expressions.ts";
import { integerRange } from "./integer-types.ts";
import {
  assume,
  binary,
  constant,
  dottedName,
  failAt,
  type Lowering,
  moved,
  newSlot,
  type Path,
  rangeOf,
  slotExpr,
} from "./lowering.ts";
import { DEFAULT_DIGITS_MAX } from "./measure.ts";
import { nameOf, wireType } from "./steps.ts";

/** A field whose bytes are [from, to). */
export function lowerFixedField(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  from: Position,
  to: Position,
  size: Expr,
): void {
  switch (field.type.kind) {
    case "integer":
      return lowerInteger(lowering, path, field, field.type.name, from);
    case "digits":
      return lowerDigits(lowering, path, field, { source: "wire", at: from, length: size }, to);
    case "bytes":
      return lowerBytes(lowering, path, field, { source: "wire", at: from, length: size }, to);
    case "varint":
    case "cstring":
      return;
  }
}

/** What a field is called in reasons: its name, or its type where it has none. */
export function titleOfField(field: FieldStatement): string {
  return nameOf(field) ?? wireType(field.type);
}

function lowerInteger(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  type: IntegerTypeName,
  at: Position,
): void {
  const { bytes } = integerRange(type);
  const view: View = { source: "wire", at, length: constant(bytes) };
  if (bytes > 6 && !isBounded(lowering, path, field)) {
    lowerWideInteger(lowering, path, field, view, type);
    return;
  }
  const title = titleOfField(field);
  const slot = emitLoad(lowering, path, title, type, at, field.endian);
  finishInteger(lowering, path, field, slotExpr(slot), view, moved(at, bytes), title);
}

/** A `u64` without `max`: its bytes are a key or equal a constant, but nothing is computed with it. */
function lowerWideInteger(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  view: View,
  type: IntegerTypeName,
): void {
  const title = titleOfField(field);
  const { bytes } = integerRange(type);
  const { guard } = field;
  if (guard !== undefined) {
    const value =
      guard.kind === "compare" && guard.operator === "="
        ? constantOf(guard.value, lowering.symbols)
        : undefined;
    if (value?.kind !== "integer") {
      report(lowering.collector, "wideInteger", field.span, { name: title });
      return;
    }
    if (!isOfType(value.value, bytes, type)) {
      report(lowering.collector, "guardNeverHolds", guard.span, { name: title });
      return;
    }
    const cond = equalsWide(value.value, bytes, view, field.endian ?? path.order);
    emitGuard(
      lowering,
      path,
      cond,
      guard,
      dottedName(path, title),
      view.at,
      lowering.sourceText(field.span),
    );
  }
  emitField(path, title, view, { kind: "bytes" }, field.span);
  bind(lowering, path, field.name?.text, {
    kind: "bytes",
    view,
    content: "bytes",
    filler: null,
    maxBytes: bytes,
    value: null,
    isWideNumber: true,
    span: field.span,
    extent: { from: view.at, to: moved(view.at, bytes) },
    present: null,
  });
}

/** Whether an integer of so many bytes can have the value: signed types have a half of each sign. */
function isOfType(value: bigint, bytes: number, type: IntegerTypeName): boolean {
  const all = 1n << BigInt(8 * bytes);
  return type.startsWith("i") ? -all / 2n <= value && value < all / 2n : 0n <= value && value < all;
}

/** The value's bytes in the order in force; where a field tells the order, the bytes of that order. */
function equalsWide(value: bigint, bytes: number, view: View, order: Path["order"]): Cond {
  const equals = (of: "big" | "little"): Cond => ({
    kind: "equals",
    view,
    literals: [integerBytes(value, bytes, of)],
  });
  if (typeof order === "string") return equals(order);
  const { isLittle } = order;
  return {
    kind: "or",
    left: { kind: "and", left: isLittle, right: equals("little") },
    right: { kind: "and", left: { kind: "not", operand: isLittle }, right: equals("big") },
  };
}

function integerBytes(value: bigint, bytes: number, order: unknown): Uint8Array {
  const literal = new Uint8Array(bytes);
  for (let index = 0; index < bytes; index += 1) {
    const place = order === "little" ? index : bytes - 1 - index;
    literal[place] = Number((value >> BigInt(8 * index)) & 0xffn);
  }
  return literal;
}

function isBounded(lowering: Lowering, path: Path, field: FieldStatement): boolean {
  if (field.max === undefined) return false;
  return requireInteger(lowering, path, field.max) !== undefined;
}

/** Loads an integer into a new slot, in the byte order in force. */
export function emitLoad(
  lowering: Lowering,
  path: Path,
  hint: string,
  type: IntegerTypeName,
  at: Position,
  endian: "big" | "little" | undefined,
): Slot {
  const range = integerRange(type);
  const slot = newSlot(lowering, hint, range);
  const order = endian ?? path.order;
  const overflow: { readonly overflow?: Fail } =
    range.bytes > 6
      ? {
          overflow: failAt(lowering, path, "too-long", dottedName(path, hint), at, "max 2^53 - 1"),
        }
      : {};
  const load = (byteOrder: "big" | "little") =>
    ({
      kind: "load",
      slot,
      at,
      bytes: range.bytes,
      order: byteOrder,
      signed: range.isSigned,
      ...overflow,
    }) as const;
  if (typeof order === "string" || range.bytes === 1) {
    path.ops.push(load(typeof order === "string" ? order : "big"));
  } else {
    path.ops.push({
      kind: "if",
      condition: order.isLittle,
      then: [load("little")],
      else: [load("big")],
    });
  }
  return slot;
}

/** Limits, guards, the check, the name of a field that has an integer value. */
export function finishInteger(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  value: Expr,
  view: View,
  to: Position,
  title: string,
): void {
  const at = view.at;
  const rule = lowering.sourceText(field.span);
  // Before its rules: whoever looks at a refused frame sees the value that broke them.
  emitField(path, title, view, { kind: "integer", value }, field.span);
  limitInteger(lowering, path, field, value, at, title);
  if (field.guard !== undefined) {
    const cond = guardCondition(
      lowering,
      path,
      { kind: "integer", expr: value, present: [] },
      field.guard,
    );
    if (cond !== undefined)
      emitGuard(lowering, path, cond, field.guard, dottedName(path, title), at, rule);
  }
  if (field.counts !== undefined) lowering.lengths.set(field, value);
  if (field.check !== undefined)
    deferCheck(lowering, path, field.check, value, dottedName(path, title), at, at);
  bind(lowering, path, field.name?.text, {
    kind: "integer",
    value,
    view,
    sizeBytes: field.type.kind === "integer" ? integerRange(field.type.name).bytes : 0,
    order: path.order === "little" || field.endian === "little" ? "little" : "big",
    span: field.span,
    extent: { from: at, to },
    present: null,
  });
}

function limitInteger(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  value: Expr,
  at: Position,
  title: string,
): void {
  if (field.max === undefined || field.until !== undefined) return;
  const max = requireInteger(lowering, path, field.max);
  if (max === undefined) return;
  const cond: Cond = { kind: "compare", operator: "<=", left: value, right: max };
  if (rangeOf(lowering, path, value).hi <= rangeOf(lowering, path, max).lo) return;
  const fail = failAt(
    lowering,
    path,
    "too-long",
    dottedName(path, title),
    at,
    lowering.sourceText(field.span),
  );
  path.ops.push({ kind: "guard", condition: cond, fail });
  assume(lowering, path, cond, true);
}

/** A guard of the author; an error where it can never hold. */
export function emitGuard(
  lowering: Lowering,
  path: Path,
  cond: Cond,
  guard: Guard,
  field: string,
  at: Position,
  rule: string,
): void {
  path.ops.push({
    kind: "guard",
    condition: cond,
    fail: failAt(lowering, path, "guard", field, at, rule),
  });
  if (!assume(lowering, path, cond, true))
    report(lowering.collector, "guardNeverHolds", guard.span, { name: field });
}

/** Digits of known size; their value is an integer where it fits. */
export function lowerDigits(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  view: View,
  to: Position,
): void {
  const { type } = field;
  if (type.kind !== "digits") return;
  const title = titleOfField(field);
  const most = rangeOf(lowering, path, view.length).hi;
  const digits = type.name === "bcd" ? 2 * most : most;
  const fits = type.name === "hex" ? digits <= 13 : digits <= DEFAULT_DIGITS_MAX;
  const fail = failAt(
    lowering,
    path,
    "digits",
    dottedName(path, title),
    view.at,
    lowering.sourceText(field.span),
  );
  const filler = type.filler ?? null;
  let value: Expr | null = null;
  if (fits) {
    const hi = (type.name === "hex" ? 16 : 10) ** digits - 1;
    const slot = newSlot(lowering, title, { lo: 0, hi });
    path.ops.push({ kind: "digits", slot, view, base: type.name, filler, fail });
    value = slotExpr(slot);
  } else {
    path.ops.push({
      kind: "guard",
      condition: { kind: "encoding", view, encoding: type.name },
      fail,
    });
    if (type.name === "bcd" && filler === null) requireLastDigit(lowering, path, view, title, fail);
  }
  if (value !== null) {
    finishInteger(lowering, path, field, value, view, to, title);
  } else {
    emitField(path, title, view, fieldValue(type.name), field.span);
    const isLimited = field.max !== undefined && field.until === undefined;
    if (field.guard !== undefined || field.check !== undefined || isLimited)
      report(lowering.collector, "wideInteger", field.span, { name: title });
  }
  bind(lowering, path, field.name?.text, {
    kind: "bytes",
    view,
    content: type.name,
    filler,
    maxBytes: most,
    value,
    isWideNumber: value === null,
    span: field.span,
    extent: { from: view.at, to },
    present: null,
  });
}

/** Without `filler` the last half byte is a digit, and so none before it fills up; for fields of a fixed size. */
function requireLastDigit(
  lowering: Lowering,
  path: Path,
  view: View,
  title: string,
  fail: Fail,
): void {
  if (view.length.kind !== "const" || view.length.value < 1) return;
  const slot = newSlot(lowering, `${title}Last`, { lo: 0, hi: 255 });
  const at = moved(view.at, view.length.value - 1);
  path.ops.push({ kind: "load", slot, at, bytes: 1, order: "big", signed: false });
  const digit = binary("&", slotExpr(slot), constant(15));
  const condition: Cond = { kind: "compare", operator: "<=", left: digit, right: constant(9) };
  path.ops.push({ kind: "guard", condition, fail });
}

const CONTENT: Readonly<Record<BytesTypeName, Content>> = {
  bytes: "bytes",
  text: "text",
  ascii: "text",
  utf8: "text",
  text16le: "text16le",
  text16be: "text16be",
};

/** Bytes or text of known size: limit, encoding, guard, name. */
export function lowerBytes(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  view: View,
  to: Position,
): void {
  const name = field.type.kind === "bytes" ? field.type.name : "text";
  const content = CONTENT[name];
  const title = titleOfField(field);
  const dotted = dottedName(path, title);
  const rule = lowering.sourceText(field.span);
  emitField(path, title, view, fieldValue(content), field.span);
  if (name === "ascii" || name === "utf8")
    path.ops.push({
      kind: "guard",
      condition: { kind: "encoding", view, encoding: name },
      fail: failAt(lowering, path, "encoding", dotted, view.at, rule),
    });
  if (field.guard !== undefined) {
    const cond = guardCondition(lowering, path, { kind: "bytes", view }, field.guard);
    if (cond !== undefined) emitGuard(lowering, path, cond, field.guard, dotted, view.at, rule);
  }
  if (field.check !== undefined)
    report(lowering.collector, "wrongType", field.span, {
      expected: "an integer or digits before = check",
      found: name,
    });
  bind(lowering, path, field.name?.text, {
    kind: "bytes",
    view,
    content,
    filler: null,
    maxBytes: Math.max(0, rangeOf(lowering, path, view.length).hi),
    value: null,
    span: field.span,
    extent: { from: view.at, to },
    present: null,
  });
}

/** How content reads in `explain`. */
function fieldValue(content: Content): FieldValue {
  switch (content) {
    case "dec":
    case "hex":
      return { kind: "text" };
    default:
      return { kind: content };
  }
}

/** Constant bytes: a literal statement, or the frame's end mark. */
export function lowerLiteral(
  lowering: Lowering,
  path: Path,
  bytes: Uint8Array,
  at: Position,
  field: string,
  span: Span,
): void {
  const view: View = { source: "wire", at, length: constant(bytes.length) };
  emitField(path, field, view, { kind: "bytes" }, span);
  path.ops.push({
    kind: "guard",
    condition: { kind: "equals", view, literals: [bytes] },
    fail: failAt(lowering, path, "mark", dottedName(path, field), at, lowering.sourceText(span)),
  });
}

/** The operation that `explain` and generators read a field from. */
export function emitField(
  path: Path,
  name: string,
  view: View,
  value: FieldValue,
  span: Span,
): void {
  path.ops.push({ kind: "field", path: [...path.where, name], view, value, span });
}

/** Declares a name in the scope being lowered; `_` and absent names declare nothing, a name twice is an error. */
export function bind(
  lowering: Lowering,
  path: Path,
  name: string | undefined,
  binding: Binding,
): void {
  if (name === undefined || name === "_") return;
  const earlier = path.scope.names.get(name);
  if (earlier !== undefined && earlier.span !== binding.span) {
    report(lowering.collector, "duplicateName", binding.span, { kind: "field", name }, [
      { span: earlier.span, message: "first declared here" },
    ]);
    return;
  }
  path.scope.names.set(name, binding);
}
