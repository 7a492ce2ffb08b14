// Checksums: evaluated when the body they stand in has been walked, after every guard in it. Knows no other statement.

import { checksumNames, findChecksum } from "../../check/checksums.ts";
import { report } from "../../diagnostics/collector.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import type { CheckCall, CheckStatement, FieldPath, FieldRange } from "../../syntax/ast.ts";
import { lowerBound, upperBound } from "../interval.ts";
import type { Checksum, Expr, Position } from "../ir.ts";
import { type Extent, findBinding } from "./bindings.ts";
import { requireInteger } from "./expressions.ts";
import {
  distance,
  dottedName,
  FRAME_START,
  failAt,
  intervalAt,
  type Lowering,
  moved,
  newSlot,
  type Path,
  rangeOf,
  slotExpr,
} from "./lowering.ts";
import { resolveField } from "./resolve-field.ts";

/** `= check hj212(data)`: the field's value must be the checksum. `holder`: where that field begins. */
export function deferCheck(
  lowering: Lowering,
  path: Path,
  call: CheckCall,
  value: Expr,
  field: string,
  at: Position,
  holder?: Position,
): void {
  if (call.isUnverified) return;
  if (lowering.decideAt === "key") {
    report(lowering.collector, "checkUnverified", call.span, { algorithm: call.algorithm.text });
    return;
  }
  path.pendingChecks.push({
    emit: (after) => emitCheck(lowering, after, call, value, field, at, holder),
  });
}

/** `check crc32c(id..crc) == 0xB798B438;` */
export function lowerCheckStatement(
  lowering: Lowering,
  path: Path,
  statement: CheckStatement,
): void {
  const value = requireInteger(lowering, path, statement.value);
  if (value === undefined) return;
  const field = dottedName(path, statement.call.algorithm.text);
  deferCheck(lowering, path, statement.call, value, field, path.cursor);
}

/** Evaluates what waits for the end of this body. */
export function flushChecks(lowering: Lowering, path: Path): void {
  const pending = path.pendingChecks;
  path.pendingChecks = [];
  if (pending.length > 0 && lowering.confirm === "end" && path.isFrame) path.resync = false;
  for (const check of pending) check.emit(path);
}

function emitCheck(
  lowering: Lowering,
  path: Path,
  call: CheckCall,
  value: Expr,
  field: string,
  at: Position,
  holder: Position | undefined,
): void {
  const algorithm = algorithmOf(lowering, call);
  const range = rangeOfCall(lowering, path, call.over);
  if (algorithm === undefined || range === undefined) return;
  const hi = checksumMax(algorithm);
  if (
    holder !== undefined &&
    !canHold(lowering, path, call, range, { at: holder, value, field, hi })
  )
    return;
  const slot = newSlot(lowering, `${call.algorithm.text}Value`, { lo: 0, hi });
  path.ops.push({ kind: "checksum", slot, algorithm, ...range });
  path.ops.push({
    kind: "guard",
    condition: { kind: "compare", operator: "==", left: slotExpr(slot), right: value },
    fail: failAt(lowering, path, "check", field, at, lowering.sourceText(call.span)),
  });
}

/** The field whose value the checksum has to be; `hi` is the greatest checksum. */
interface Holder {
  readonly at: Position;
  readonly value: Expr;
  readonly field: string;
  readonly hi: number;
}

/** Reports a field that is covered by its own checksum, or too narrow for it. */
function canHold(
  lowering: Lowering,
  path: Path,
  call: CheckCall,
  { from, to }: { readonly from: Position; readonly to: Position },
  { at, value, field, hi }: Holder,
): boolean {
  const of = intervalAt(lowering, path);
  const algorithm = call.algorithm.text;
  const isCovered =
    lowerBound(distance(lowering, from, at), of) >= 0 &&
    lowerBound(distance(lowering, at, to), of) > 0;
  const most = rangeOf(lowering, path, value).hi;
  if (isCovered) report(lowering.collector, "checkOfItself", call.over.span, { algorithm, field });
  else if (most < hi)
    report(lowering.collector, "checkTooWide", call.span, { field, most, algorithm, max: hi });
  else return true;
  return false;
}

function algorithmOf(lowering: Lowering, call: CheckCall): Checksum | undefined {
  const name = call.algorithm.text;
  const known = lowering.symbols.checksums.get(name) ?? findChecksum(name);
  if (known === undefined) {
    const names = [...lowering.symbols.checksums.keys(), ...checksumNames];
    report(lowering.collector, "unknownName", call.algorithm.span, {
      kind: "checksum",
      name,
      // Manuals shorten names: crc16_ccitt.
      suggestion: suggest(name, names) ?? names.find((each) => each.startsWith(`${name}_`)),
    });
  }
  return known;
}

function checksumMax(algorithm: Checksum): number {
  switch (algorithm.kind) {
    case "crc":
    case "sum":
      return 2 ** algorithm.width - 1;
    case "xor":
      return 255;
    case "hj212":
      return 65_535;
    case "adler32":
      return 2 ** 32 - 1;
  }
}

/** The bytes from the first field's start to the last one's end. */
function rangeOfCall(
  lowering: Lowering,
  path: Path,
  over: FieldRange,
): { readonly from: Position; readonly to: Position } | undefined {
  const first = extentOf(lowering, path, over.first);
  const last = over.last === undefined ? first : extentOf(lowering, path, over.last);
  if (first === undefined || last === undefined) return undefined;
  const length = distance(lowering, first.from, last.to);
  if (over.last !== undefined && upperBound(length, intervalAt(lowering, path)) <= 0) {
    const names = { first: dotted(over.first), last: dotted(over.last) };
    report(lowering.collector, "rangeBackwards", over.span, names);
    return undefined;
  }
  return { from: first.from, to: last.to };
}

/** Where a field begins and ends; `start` is the frame's start mark, where no field is called so. */
function extentOf(
  lowering: Lowering,
  path: Path,
  field: FieldPath,
): NonNullable<Extent> | undefined {
  const isMark = field.parts.length === 1 && field.parts[0]?.text === "start";
  if (isMark && lowering.startBytes > 0 && findBinding(path.scope, "start") === undefined)
    return { from: FRAME_START, to: moved(FRAME_START, lowering.startBytes) };
  const resolved = resolveField(lowering, path, field);
  if (resolved.kind === "problem") {
    resolved.report();
    return undefined;
  }
  if (resolved.binding.extent !== null && resolved.present.length === 0)
    return resolved.binding.extent;
  report(lowering.collector, "placeUnknown", field.span, { name: dotted(field) });
  return undefined;
}

function dotted(field: FieldPath): string {
  return field.parts.map((part) => part.text).join(".");
}
