// Bit fields: the container is loaded once, members are shifts and masks of it. Its bytes are present.

import { report } from "../../diagnostics/collector.ts";
import type { BitMember, BitsStatement } from "../../syntax/ast.ts";
import type { Expr, Position, Slot, View } from "../ir.ts";
import type { Binding } from "./bindings.ts";
import { guardCondition } from "./expressions.ts";
import { bind, emitField, emitGuard, emitLoad } from "./fields.ts";
import { integerRange } from "./integer-types.ts";
import {
  constant,
  dottedName,
  emitCalc,
  type Lowering,
  moved,
  type Path,
  slotExpr,
} from "./lowering.ts";
import { nameOf } from "./steps.ts";

/** Bit fields: the container is loaded once, members are shifts and masks. */
export function lowerBits(
  lowering: Lowering,
  path: Path,
  statement: BitsStatement,
  at: Position,
): void {
  const { bytes } = integerRange(statement.type);
  const title = nameOf(statement) ?? "bits";
  const view: View = { source: "wire", at, length: constant(bytes) };
  if (bytes > 4) {
    report(lowering.collector, "bitsTooWide", statement.span, { type: statement.type });
    return;
  }
  const container = emitLoad(lowering, path, title, statement.type, at, statement.endian);
  emitField(path, title, view, { kind: "integer", value: slotExpr(container) }, statement.span);
  const members = new Map<string, Binding>();
  for (const [member, low, width] of placedMembers(lowering, statement, bytes * 8)) {
    const binding = lowerBitMember(lowering, path, statement, member, container, low, width, view);
    if (binding !== undefined) members.set(member.name.text, binding);
  }
  const extent = { from: at, to: moved(at, bytes) };
  const group: Binding = { kind: "group", members, span: statement.span, extent, present: null };
  if (statement.name !== undefined && statement.name.text !== "_")
    bind(lowering, path, title, group);
  else for (const [name, binding] of members) bind(lowering, path, name, binding);
}

type PlacedMember = readonly [member: BitMember, low: number, width: number];

function placedMembers(
  lowering: Lowering,
  statement: BitsStatement,
  totalBits: number,
): readonly PlacedMember[] {
  const placed: PlacedMember[] = [];
  let next = totalBits;
  for (const member of statement.members) {
    const { place } = member;
    if (place.kind === "numbered") placed.push([member, place.low, place.high - place.low + 1]);
    else {
      next -= place.widthBits;
      placed.push([member, next, place.widthBits]);
    }
    const low = placed.at(-1)?.[1] ?? 0;
    const high = low + (placed.at(-1)?.[2] ?? 0);
    if (low >= 0 && high <= totalBits) continue;
    report(lowering.collector, "bitsDoNotFit", member.span, {
      type: statement.type,
      bits: totalBits,
    });
    placed.pop();
  }
  const areOrdered = statement.members.every((member) => member.place.kind === "ordered");
  if (areOrdered && next > 0)
    report(lowering.collector, "bitsLeftOver", statement.span, {
      type: statement.type,
      bits: totalBits,
      left: next,
    });
  return placed;
}

function lowerBitMember(
  lowering: Lowering,
  path: Path,
  statement: BitsStatement,
  member: BitMember,
  container: Slot,
  low: number,
  width: number,
  view: View,
): Binding | undefined {
  if (member.name.text === "_") return undefined;
  const dotted =
    statement.name === undefined ? member.name.text : `${statement.name.text}.${member.name.text}`;
  const shifted: Expr =
    low === 0
      ? slotExpr(container)
      : { kind: "binary", operator: ">>", left: slotExpr(container), right: constant(low) };
  const masked: Expr = {
    kind: "binary",
    operator: "&",
    left: shifted,
    right: constant(2 ** width - 1),
  };
  const slot = emitCalc(lowering, path, member.name.text, masked);
  lowering.forms.delete(slot);
  emitField(path, dotted, view, { kind: "integer", value: slotExpr(slot) }, member.span);
  if (member.guard !== undefined) {
    const cond = guardCondition(
      lowering,
      path,
      { kind: "integer", expr: slotExpr(slot), present: [] },
      member.guard,
    );
    if (cond !== undefined)
      emitGuard(
        lowering,
        path,
        cond,
        member.guard,
        dottedName(path, dotted),
        view.at,
        lowering.sourceText(member.span),
      );
  }
  return {
    kind: "integer",
    value: slotExpr(slot),
    view: null,
    sizeBytes: 0,
    order: "big",
    span: member.span,
    extent: null,
    present: null,
  };
}
