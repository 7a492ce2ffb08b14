// Variable-length integers: the one place where their operation is made.

import { report } from "../../diagnostics/collector.ts";
import type { Span } from "../../source/span.ts";
import type { FieldType } from "../../syntax/ast.ts";
import type { Position, Slot } from "../ir.ts";
import { emitField } from "./fields.ts";
import {
  binary,
  dottedName,
  failAt,
  type Lowering,
  newSlot,
  type Path,
  positionExpr,
  rangeOf,
  slotExpr,
} from "./lowering.ts";
import { createMeasure, mostBytesOf, varintMax } from "./measure.ts";
import { type Blame, boundByFrame, boundWithin, noteHeld, suspendNeed } from "./reach.ts";
import { knownOn, type Rest } from "./rest.ts";

const MOST_BYTES = 9;

/** What is waited for byte by byte may end beyond the part or the frame. */
function boundBehind(lowering: Lowering, path: Path, behind: Position, blame: Blame): void {
  if (path.window === null) boundByFrame(lowering, path, behind, blame);
  else if (path.mode === "spine") boundWithin(lowering, path, behind, path.window, blame);
}

/** Decodes at `at` and moves the cursor behind it. */
export function emitVarint(
  lowering: Lowering,
  path: Path,
  type: FieldType & { kind: "varint" },
  at: Position,
  title: string,
  rest: Rest,
  span: Span,
): { readonly slot: Slot; readonly next: Position } {
  const asked = mostBytesOf(createMeasure(lowering.symbols, knownOn(lowering, path)), type);
  const most = Number.isInteger(asked) && asked >= 1 && asked <= MOST_BYTES ? asked : 1;
  if (most !== asked)
    report(lowering.collector, "badSize", type.span, {
      what: `the most bytes of ${type.name}`,
      least: 1,
      most: MOST_BYTES,
    });
  const slot = newSlot(lowering, title, { lo: 0, hi: varintMax(type.name, most) });
  const start = rangeOf(lowering, path, positionExpr(at));
  const next = newSlot(
    lowering,
    `${title}End`,
    { lo: start.lo + 1, hi: start.hi + most },
    "position",
  );
  const dotted = dottedName(path, title);
  const rule = lowering.sourceText(span);
  path.ops.push({
    kind: "varint",
    encoding: type.name,
    slot,
    next,
    at,
    most,
    fail: failAt(lowering, path, "varint", dotted, at, rule),
    extent:
      path.mode === "leaf" && path.window !== null
        ? {
            kind: "window",
            end: path.window,
            short: failAt(lowering, path, "too-short", dotted, at, rule),
          }
        : { kind: "suspend", need: suspendNeed(lowering, path, rest) },
  });
  const behind: Position = { base: next, offset: 0 };
  noteHeld(lowering, path, at, most);
  boundBehind(lowering, path, behind, { name: title, at, span });
  path.cursor = behind;
  const length = binary("-", slotExpr(next), positionExpr(at));
  emitField(
    path,
    title,
    { source: "wire", at, length },
    { kind: "integer", value: slotExpr(slot) },
    span,
  );
  return { slot, next: behind };
}
