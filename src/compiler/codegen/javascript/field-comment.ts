// What a generated module says about the fields of the description: one comment each, where the field is read.

import { assertNever } from "../../../base/assert.ts";
import type { Op, Position, Slot } from "../../ir/ir.ts";
import { type SuspendingOp, slotsSet } from "../../ir/passes/access.ts";
import { layOut } from "./document.ts";
import { exprJs, offsetJs } from "./expression.ts";
import { literalText } from "./literal.ts";
import { expressionDocument } from "./print-expression.ts";
import type { Js } from "./tree.ts";
import type { UnpackScope } from "./unpack-scope.ts";

type Field = Extract<Op, { kind: "field" }>;

/** For each operation of a sequence the fields to be named above it: those whose value it sets, or that stand there. */
export function fieldsAbove(ops: readonly Op[]): ReadonlyMap<Op, readonly Field[]> {
  const above = new Map<Op, Field[]>();
  const origins = new Map<Slot, Op>();
  for (const op of ops) {
    if (isReading(op)) for (const slot of slotsSet(op)) origins.set(slot, op);
    if (op.kind !== "field") continue;
    const slot = slotOf(op);
    const place = (slot === null ? undefined : origins.get(slot)) ?? op;
    above.set(place, [...(above.get(place) ?? []), op]);
  }
  return above;
}

function slotOf({ value }: Field): Slot | null {
  return value.kind === "integer" && value.value.kind === "slot" ? value.value.slot : null;
}

/** Whether the operation makes an integer of bytes or of other integers' bits. */
export function isReading(op: Op): boolean {
  return ["load", "digits", "varint", "calc"].includes(op.kind);
}

/** `length: u32 at 1 (star.frame:5)`. */
export function fieldComment(scope: UnpackScope, field: Field): string {
  const path = field.path.map((part) => (typeof part === "string" ? part : scope.nameOf(part)));
  const place = scope.locate === null ? "" : ` (${scope.locate(field.span)})`;
  return `${path.join("")}: ${typeText(scope, field)} at ${positionText(scope, field.view.at)}${place}`;
}

function typeText(scope: UnpackScope, field: Field): string {
  const slot = slotOf(field);
  const origin = slot === null ? undefined : scope.readingOf(slot);
  switch (origin?.kind) {
    case "load":
      return `${origin.signed ? "i" : "u"}${8 * origin.bytes}${origin.bytes > 1 && origin.order === "little" ? " little" : ""}`;
    case "digits":
      return `${origin.base}[${lengthText(scope, field)}]`;
    case "varint":
      return `${origin.encoding}[${origin.most}]`;
    case "calc":
      return "bits";
    default:
      return `${field.value.kind}[${lengthText(scope, field)}]`;
  }
}

function lengthText(scope: UnpackScope, field: Field): string {
  return inOneLine(exprJs(scope, field.view.length));
}

function positionText(scope: UnpackScope, position: Position): string {
  return inOneLine(offsetJs(scope, position));
}

function inOneLine(expression: Js): string {
  return layOut(expressionDocument(expression)).replace(/\s+/g, " ");
}

/** What a suspending operation does when it goes on, for the comment of its state. */
export function resumeComment(scope: UnpackScope, op: SuspendingOp): string {
  switch (op.kind) {
    case "open":
      return "Where the frame begins.";
    case "varint":
      return `Reads ${scope.nameOf(op.slot)}.`;
    case "scan":
      return `Looks for ${op.marks.map(literalText).join(" or ")}.`;
    case "await":
      return `Waits for the bytes before ${positionText(scope, op.to)}.`;
    default:
      return assertNever(op);
  }
}
