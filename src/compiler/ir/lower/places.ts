// Statements about places rather than values: the part's size, its end mark, padding, what is left, byte order.

import { report } from "../../diagnostics/collector.ts";
import type { Span } from "../../source/span.ts";
import type {
  EndianStatement,
  FieldPath,
  Literal,
  PadStatement,
  RestStatement,
  SizeStatement,
} from "../../syntax/ast.ts";
import type { Cond, Expr, View } from "../ir.ts";
import { integerOf, requireInteger } from "./expressions.ts";
import { bind, emitField, lowerLiteral } from "./fields.ts";
import {
  advance,
  assume,
  binary,
  constant,
  distance,
  dottedName,
  failAt,
  type Lowering,
  moved,
  type Path,
  positionExpr,
  rangeOf,
} from "./lowering.ts";
import { boundByFrame, boundWithin, NO_REST, noteHeld, reach, sizePosition } from "./reach.ts";
import { resolveField } from "./resolve-field.ts";
import type { Rest } from "./rest.ts";
import { isPossibleSize } from "./sizes.ts";

/** `size = …;`: the part ends there. In the spine the whole frame is waited for, and what follows is a leaf. */
export function lowerSize(lowering: Lowering, path: Path, statement: SizeStatement): void {
  const size = requireInteger(lowering, path, statement.value);
  if (size === undefined) return;
  if (!isPossibleSize(lowering, path, { kind: "statement", statement }, size)) return;
  const { isFrame } = path;
  if (isFrame) limitFrame(lowering, path, statement, size);
  const end = sizePosition(lowering, path, path.origin, size);
  const blame = { name: "size", at: path.origin, span: statement.span };
  boundWithin(lowering, path, path.cursor, end, blame);
  if (path.window !== null) boundWithin(lowering, path, end, path.window, blame);
  else if (!isFrame) boundByFrame(lowering, path, end, blame);
  if (lowering.headerEndsByItself) path.resync = false;
  path.window = isFrame ? moved(end, -lowering.endMark.length) : end;
  if (isFrame && lowering.endMark.length > 0)
    boundWithin(lowering, path, path.cursor, path.window, { ...blame, name: "end" });
  if (isFrame) path.frameEnd = end;
  if (lowering.decideAt === "frame") path.floors = [...path.floors, end];
  if (path.mode === "leaf") return;
  noteHeld(lowering, path, end);
  if (lowering.decideAt === "key") return;
  path.ops.push({ kind: "await", to: end, need: [end] });
  path.mode = "leaf";
}

function limitFrame(lowering: Lowering, path: Path, statement: SizeStatement, size: Expr): void {
  const max = constant(lowering.frameMax);
  if (rangeOf(lowering, path, size).hi <= lowering.frameMax) return;
  const cond: Cond = { kind: "compare", operator: "<=", left: size, right: max };
  const rule = `${lowering.sourceText(statement.span)} max ${lowering.frameMax}`;
  path.ops.push({
    kind: "guard",
    condition: cond,
    fail: failAt(lowering, path, "too-long", "size", path.origin, rule),
  });
  if (!assume(lowering, path, cond, true))
    report(lowering.collector, "beyondMax", statement.span, {
      name: "size",
      max: lowering.frameMax,
    });
}

/** `end "\r\n";` in a frame whose size is known: its last bytes, whatever stands before them. */
export function lowerEnd(lowering: Lowering, path: Path, span: Span, rest: Rest): void {
  if (path.window === null) return;
  if (lowering.leavesGaps) path.cursor = path.window;
  else requireUsedUp(lowering, path, "frame", span);
  path.window = moved(path.window, lowering.endMark.length);
  const at = path.cursor;
  const to = moved(at, lowering.endMark.length);
  reach(lowering, path, to, { name: "end", at, span }, rest);
  lowerLiteral(lowering, path, lowering.endMark, at, "end", span);
  path.cursor = to;
}

/** The cursor must stand at the end of the sized part; an error where it never does. */
export function requireUsedUp(lowering: Lowering, path: Path, name: string, span: Span): void {
  if (path.window === null) return;
  const left = distance(lowering, path.cursor, path.window);
  if (left.terms.size === 0 && left.constant !== 0) {
    report(lowering.collector, "leftOver", span, { name, bytes: left.constant });
    return;
  }
  if (left.terms.size > 0) {
    const cond: Cond = {
      kind: "compare",
      operator: "==",
      left: positionExpr(path.cursor),
      right: positionExpr(path.window),
    };
    const field = dottedName(path, name);
    const fail = failAt(lowering, path, "trailing", field, path.cursor, "used up exactly");
    path.ops.push({ kind: "guard", condition: cond, fail });
    if (!assume(lowering, path, cond, true))
      report(lowering.collector, "leftOver", span, { name, bytes: undefined });
  }
  path.cursor = path.window;
}

/** `pad to 4;`: from the start of the enclosing frame, block or element. */
export function lowerPad(
  lowering: Lowering,
  path: Path,
  statement: PadStatement,
  rest: Rest,
): void {
  const to = requireInteger(lowering, path, statement.to);
  if (to === undefined) return;
  if (to.kind !== "const" || to.value < 1) {
    report(lowering.collector, "badSize", statement.span, {
      what: "pad to",
      least: 1,
      most: 65536,
    });
    return;
  }
  const unit = constant(to.value);
  const used: Expr = binary("-", positionExpr(path.cursor), positionExpr(path.origin));
  const over: Expr = { kind: "binary", operator: "%", left: used, right: unit };
  const padding: Expr = {
    kind: "binary",
    operator: "%",
    left: binary("-", unit, over),
    right: unit,
  };
  const at = path.cursor;
  const end =
    at.base === null && path.origin.base === null
      ? moved(at, (to.value - ((at.offset - path.origin.offset) % to.value)) % to.value)
      : advance(lowering, path, at, padding, "padEnd");
  reach(lowering, path, end, { name: "pad", at, span: statement.span }, rest);
  path.cursor = end;
}

/** `rest;`: up to the end of the sized part. */
export function lowerRest(lowering: Lowering, path: Path, statement: RestStatement): void {
  if (path.window === null) {
    report(lowering.collector, "needsSizedPart", statement.span, { what: "rest" });
    return;
  }
  const at = path.cursor;
  const end = path.window;
  // Waited for before it is told of or referred to.
  if (path.mode === "spine")
    reach(lowering, path, end, { name: "rest", at, span: statement.span }, NO_REST);
  const room = binary("-", positionExpr(end), positionExpr(at));
  if (statement.name !== undefined && statement.name.text !== "_") {
    const range = rangeOf(lowering, path, room);
    const view: View = { source: "wire", at, length: room };
    emitField(path, statement.name.text, view, { kind: "bytes" }, statement.span);
    bind(lowering, path, statement.name.text, {
      kind: "bytes",
      view,
      content: "bytes",
      filler: null,
      maxBytes: Math.max(0, range.hi),
      value: null,
      span: statement.span,
      extent: { from: at, to: end },
      present: null,
    });
  }
  path.cursor = end;
}

/** Byte order from here on; by a field's value: any value that is not listed refuses. */
export function lowerEndian(lowering: Lowering, path: Path, statement: EndianStatement): void {
  const { order } = statement;
  if (typeof order === "string") {
    path.order = order;
    return;
  }
  const resolved = resolveField(lowering, path, order.field);
  if (resolved.kind === "problem") {
    resolved.report();
    return;
  }
  const name = order.field.parts.map((part) => part.text).join(".");
  if (resolved.present.length > 0) {
    report(lowering.collector, "fieldMayBeAbsent", order.field.span, { name });
    return;
  }
  const conditions = { big: NEVER, little: NEVER };
  const seen = new Set<string>();
  for (const { value, order: of } of order.cases) {
    const cond = equalsCase(lowering, path, order.field, value);
    if (cond === undefined) return;
    const shown = JSON.stringify(cond, (_, part) =>
      part instanceof Uint8Array ? [...part] : part,
    );
    if (seen.has(shown)) report(lowering.collector, "armTwice", value.span, {});
    seen.add(shown);
    conditions[of] = either(conditions[of], cond);
  }
  path.ops.push({
    kind: "guard",
    condition: either(conditions.big, conditions.little),
    fail: failAt(
      lowering,
      path,
      "guard",
      dottedName(path, name),
      resolved.binding.extent?.from ?? path.cursor,
      lowering.sourceText(order.span),
    ),
  });
  path.order = { isLittle: conditions.little };
}

const NEVER: Cond = { kind: "not", operand: { kind: "true" } };

function either(left: Cond, right: Cond): Cond {
  if (left === NEVER) return right;
  return right === NEVER ? left : { kind: "or", left, right };
}

function equalsCase(
  lowering: Lowering,
  path: Path,
  field: FieldPath,
  value: Literal,
): Cond | undefined {
  const resolved = resolveField(lowering, path, field);
  if (resolved.kind === "problem") return undefined;
  const { binding } = resolved;
  if (binding.kind === "bytes" && value.kind === "bytes")
    return { kind: "equals", view: binding.view, literals: [value.bytes] };
  const number = integerOf(lowering, path, value);
  if (binding.kind === "integer" && number.kind === "integer")
    return { kind: "compare", operator: "==", left: binding.value, right: number.expr };
  report(lowering.collector, "wrongType", value.span, {
    expected: "a value of the field that tells the byte order",
    found: value.kind,
  });
  return undefined;
}
