// Fields whose end is found by looking: delimiters, C strings, variable-length integers; and fields at an offset, which move
// nothing.

import { integerConstant } from "../../check/constants.ts";
import { report } from "../../diagnostics/collector.ts";
import type { Expression, FieldStatement } from "../../syntax/ast.ts";
import { upperBound } from "../interval.ts";
import type { Expr, Position, Slot, View } from "../ir.ts";
import { slotForm, subtractForms } from "../linear.ts";
import { lowerBits } from "./bits.ts";
import { lowerSizedBlock } from "./blocks.ts";
import { requireInteger } from "./expressions.ts";
import { finishInteger, lowerBytes, lowerDigits, lowerFixedField, titleOfField } from "./fields.ts";
import {
  advance,
  binary,
  constant,
  distance,
  dottedName,
  failAt,
  formAt,
  intervalAt,
  type Lowering,
  learn,
  newSlot,
  type Path,
  positionExpr,
  rangeOf,
  slotExpr,
} from "./lowering.ts";
import { DEFAULT_DIGITS_MAX } from "./measure.ts";
import { boundByFrame, boundWithin, NO_REST, noteHeld, reach, suspendNeed } from "./reach.ts";
import type { Rest } from "./rest.ts";
import { isPossibleSize } from "./sizes.ts";
import { type Step, sizeOf, spanOf, titleOf } from "./steps.ts";
import { emitVarint } from "./varints.ts";

/** A field whose size its own bytes tell. */
export function lowerUntil(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  rest: Rest,
): void {
  const { type } = field;
  if (type.kind === "varint") return lowerVarintField(lowering, path, field, type, rest);
  if (field.until !== undefined) {
    const marks = field.until.map((mark) => mark.bytes);
    const max =
      field.max === undefined
        ? type.kind === "digits"
          ? DEFAULT_DIGITS_MAX
          : undefined
        : constantMax(lowering, field.max);
    if (max === undefined && field.max !== undefined) return;
    return lowerScan(lowering, path, field, marks, max, rest);
  }
  if (type.kind === "cstring") {
    const most = constantMax(lowering, type.mostBytes);
    if (most !== undefined)
      lowerScan(lowering, path, field, [new Uint8Array([0])], Math.max(0, most - 1), rest);
    return;
  }
  const size = sizeOf(field) ?? (type.kind === "digits" ? digitSize(type.sizeBytes) : undefined);
  if (size?.kind === "expression") requireInteger(lowering, path, size.value);
  else report(lowering.collector, "unboundedField", field.span, { name: titleOfField(field) });
}

function digitSize(value: Expression | undefined) {
  return value === undefined ? undefined : ({ kind: "expression", value } as const);
}

function constantMax({ symbols, collector }: Lowering, max: Expression): number | undefined {
  return integerConstant(max, symbols, collector, "max");
}

function lowerVarintField(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  type: FieldStatement["type"] & { kind: "varint" },
  rest: Rest,
): void {
  const at = path.cursor;
  const title = titleOfField(field);
  const { slot, next } = emitVarint(lowering, path, type, at, title, rest, field.span);
  path.ops.pop();
  const length = binary("-", positionExpr(next), positionExpr(at));
  const view: View = { source: "wire", at, length };
  finishInteger(lowering, path, field, slotExpr(slot), view, next, title);
}

/** Bytes up to a mark, which is consumed. */
function lowerScan(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  marks: readonly Uint8Array[],
  declaredMax: number | undefined,
  rest: Rest,
): void {
  const from = path.cursor;
  const title = titleOfField(field);
  const dotted = dottedName(path, title);
  if (!areMarksPlain(lowering, field, marks)) return;
  const longest = Math.max(...marks.map((mark) => mark.length));
  const shortest = Math.min(...marks.map((mark) => mark.length));
  const limit = path.window ?? { base: null, offset: lowering.frameMax };
  const room = subtractForms(formAt(lowering, limit), formAt(lowering, from));
  const most = upperBound(room, intervalAt(lowering, path)) - shortest;
  const max = Math.max(0, Math.min(declaredMax ?? most, most));
  if (
    !Number.isFinite(max) ||
    (declaredMax === undefined && !lowering.hasExplicitMax && path.window === null)
  ) {
    report(lowering.collector, "unboundedField", field.span, { name: title });
    return;
  }
  const start = rangeOf(lowering, path, positionExpr(from));
  const found = newSlot(lowering, `${title}Mark`, { lo: start.lo, hi: start.hi + max }, "position");
  const next = newSlot(
    lowering,
    `${title}End`,
    { lo: start.lo + shortest, hi: start.hi + max + longest },
    "position",
  );
  const isLeaf = path.mode === "leaf" && path.window !== null;
  path.ops.push({
    kind: "scan",
    from,
    marks,
    max,
    found,
    next,
    fail: failAt(lowering, path, "delimiter", dotted, from, lowering.sourceText(field.span)),
    extent:
      isLeaf && path.window !== null
        ? { kind: "window", end: path.window }
        : { kind: "suspend", need: suspendNeed(lowering, path, rest) },
  });
  if (!isLeaf) lowering.hasSuspendingWalk = true;
  if (marks.length === 1 || longest === shortest)
    lowering.forms.set(next, { constant: longest, terms: new Map([[found, 1]]) });
  const behind: Position = { base: next, offset: 0 };
  noteHeld(lowering, path, from, max + longest);
  learnOrder(lowering, path, from, found, behind);
  path.cursor = behind;
  const size = newSlot(lowering, `${title}Length`, { lo: 0, hi: max });
  const length: Expr = binary("-", slotExpr(found), positionExpr(from));
  path.ops.push({ kind: "calc", slot: size, value: length });
  const view: View = { source: "wire", at: from, length: slotExpr(size) };
  // The mark is no part of the value, nor of what a checksum over the field covers.
  finishScan(lowering, path, field, view, { base: found, offset: 0 });
  const blame = { name: title, at: from, span: field.span };
  // The window of the search is a constant: from a late beginning it reaches further than the part or frame does.
  if (path.window === null) boundByFrame(lowering, path, behind, blame);
  else if (!isLeaf) boundWithin(lowering, path, behind, path.window, blame);
}

/** A mark is found at or behind where the search began, and in a leaf before the part's end. */
function learnOrder(
  lowering: Lowering,
  path: Path,
  from: Position,
  found: Slot,
  behind: Position,
): void {
  learn(lowering, path, subtractForms(slotForm(found), formAt(lowering, from)));
  if (path.window !== null && path.mode === "leaf")
    learn(lowering, path, distance(lowering, behind, path.window));
}

function finishScan(
  lowering: Lowering,
  path: Path,
  field: FieldStatement,
  view: View,
  to: Position,
): void {
  if (field.type.kind === "digits") lowerDigits(lowering, path, field, view, to);
  else lowerBytes(lowering, path, field, view, to);
}

function areMarksPlain(
  lowering: Lowering,
  field: FieldStatement,
  marks: readonly Uint8Array[],
): boolean {
  for (const [index, mark] of marks.entries()) {
    const isPrefix = marks.some(
      (other, at) => at !== index && mark.every((byte, place) => other[place] === byte),
    );
    if (mark.length > 0 && !isPrefix) continue;
    report(lowering.collector, "ambiguousMarks", field.span, { name: titleOfField(field) });
    return false;
  }
  return true;
}

/** A field, bits or block at `@offset`: bounded by the enclosing sized part, the cursor stays. */
export function lowerAtOffset(lowering: Lowering, path: Path, step: Step): void {
  if (step.kind === "counted" || step.kind === "prefix") return;
  const statement = step.kind === "statement" ? step.statement : step.owner;
  if (statement.kind !== "field" && statement.kind !== "bits" && statement.kind !== "block") return;
  if (statement.at === undefined) return;
  const offset = requireInteger(lowering, path, statement.at);
  const size = fixedSize(lowering, path, statement);
  if (offset === undefined || size === undefined) return;
  if (path.window === null) {
    report(lowering.collector, "needsSizedPart", spanOf(step), { what: "a field at an offset" });
    return;
  }
  if (!isPossibleSize(lowering, path, step, offset) || !isPossibleSize(lowering, path, step, size))
    return;
  const name = titleOf(step);
  const from = advance(lowering, path, path.origin, offset, `${name}At`);
  const to = advance(lowering, path, from, size, `${name}End`);
  reach(lowering, path, to, { name, at: from, span: spanOf(step) }, NO_REST);
  const cursor = path.cursor;
  path.cursor = from;
  if (statement.kind === "bits") lowerBits(lowering, path, statement, from);
  else if (statement.kind === "block") lowerSizedBlock(lowering, path, statement, from, to);
  else lowerFixedField(lowering, path, statement, from, to, size);
  path.cursor = cursor;
}

function fixedSize(
  lowering: Lowering,
  path: Path,
  statement: Extract<Step, { kind: "statement" }>["statement"],
): Expr | undefined {
  if (statement.kind === "bits") return constant(Number(statement.type.slice(1)) / 8);
  if (statement.kind === "field" && statement.type.kind === "integer")
    return constant(Number(statement.type.name.slice(1)) / 8);
  if (statement.kind === "field" && statement.type.kind === "digits" && statement.type.sizeBytes)
    return requireInteger(lowering, path, statement.type.sizeBytes);
  const size = sizeOf(statement);
  if (size?.kind === "expression") return requireInteger(lowering, path, size.value);
  report(lowering.collector, "misplaced", statement.span, {
    what: "@offset",
    mend: "a field at an offset has a fixed type or a size in brackets, without prefix or delimiter",
  });
  return undefined;
}
