// Making bytes certain: every read is preceded by a proof, a bound against the enclosing sized part, or a wait. This is the
// one place where `bound` and `await` are made. Knows nothing of fields.

import { report } from "../../diagnostics/collector.ts";
import type { Span } from "../../source/span.ts";
import { lowerBound, upperBound } from "../interval.ts";
import type { Expr, Need, Position, SuspendNeed } from "../ir.ts";
import { subtractForms } from "../linear.ts";
import {
  binary,
  constant,
  distance,
  dottedName,
  emitCalc,
  failAt,
  formAt,
  intervalAt,
  isNonNegative,
  type Lowering,
  learn,
  moved,
  type Path,
  positionExpr,
} from "./lowering.ts";
import type { Rest } from "./rest.ts";

/** Who is at fault where the bytes cannot be there. */
export interface Blame {
  readonly name: string;
  readonly at: Position;
  readonly span: Span;
}

/** Makes certain that all bytes before `to` are present and inside the enclosing part. */
export function reach(
  lowering: Lowering,
  path: Path,
  to: Position,
  blame: Blame,
  rest: Rest,
): void {
  if (path.window !== null) boundWithin(lowering, path, to, path.window, blame);
  if (path.mode === "leaf") return;
  if (path.window === null) boundByFrame(lowering, path, to, blame);
  path.ops.push({ kind: "await", to, need: needAfter(lowering, path, to, rest) });
  noteHeld(lowering, path, to);
}

/** `to` lies at or before `window`: proven, or checked; an error where it never does. */
export function boundWithin(
  lowering: Lowering,
  path: Path,
  to: Position,
  window: Position,
  blame: Blame,
): void {
  const room = distance(lowering, to, window);
  if (isNonNegative(lowering, path, room)) return;
  if (upperBound(room, intervalAt(lowering, path)) < 0) {
    report(lowering.collector, "impossibleRead", blame.span, { name: blame.name });
    return;
  }
  const field = dottedName(path, blame.name);
  const fail = failAt(lowering, path, "too-short", field, blame.at, "reaches beyond its part");
  path.ops.push({ kind: "bound", to, end: window, fail });
  if (path.where.length === 0) lowering.impliedGuards.push(`too-short at ${field}`);
  learn(lowering, path, room);
}

/** The same for a frame of unknown size: `to` lies within the largest frame. */
export function boundByFrame(lowering: Lowering, path: Path, to: Position, blame: Blame): void {
  const end: Position = { base: null, offset: lowering.frameMax };
  const room = distance(lowering, to, end);
  if (isNonNegative(lowering, path, room)) return;
  if (upperBound(room, intervalAt(lowering, path)) < 0) {
    report(lowering.collector, "beyondMax", blame.span, {
      name: blame.name,
      max: lowering.frameMax,
    });
    return;
  }
  const field = dottedName(path, blame.name);
  const rule = `max ${lowering.frameMax}`;
  path.ops.push({
    kind: "bound",
    to,
    end,
    fail: failAt(lowering, path, "too-long", field, blame.at, rule),
  });
  learn(lowering, path, room);
}

/** What NEED counts while `to` is waited for and `rest` must follow it. */
function needAfter(lowering: Lowering, path: Path, to: Position, rest: Rest): Need {
  const known = moved(to, rest.constant + path.restAfter);
  let least: Position = known;
  if (rest.known !== null) {
    const sum = binary("+", positionExpr(known), rest.known);
    least = { base: emitCalc(lowering, path, "needed", sum, "position"), offset: 0 };
  }
  const floors = path.floors.filter((floor) => !isAtMost(lowering, path, floor, least));
  return [least, ...floors];
}

/** What NEED counts while a search or a variable-length integer runs out of bytes. */
export function suspendNeed(lowering: Lowering, path: Path, rest: Rest): SuspendNeed {
  const after = rest.constant + path.restAfter;
  if (rest.known === null) return { rest: after, floors: path.floors };
  const sum = binary("+", positionExpr(moved(path.cursor, after + 1)), rest.known);
  const least: Position = { base: emitCalc(lowering, path, "needed", sum, "position"), offset: 0 };
  return { rest: after, floors: [...path.floors, least] };
}

function isAtMost(lowering: Lowering, path: Path, left: Position, right: Position): boolean {
  const form = subtractForms(formAt(lowering, right), formAt(lowering, left));
  return lowerBound(form, intervalAt(lowering, path)) >= 0;
}

/** Remembers how far bytes have to be held: never beyond the largest frame, but for what a search looks at. */
export function noteHeld(lowering: Lowering, path: Path, to: Position, searched = 0): void {
  const farthest = upperBound(formAt(lowering, to), intervalAt(lowering, path)) + searched;
  lowering.holdMax = Math.max(lowering.holdMax, Math.min(farthest, lowering.frameMax + searched));
}

/** A literal's or a type's fixed size, for callers that have no `Rest`. */
export const NO_REST: Rest = { constant: 0, known: null };

/** `expr` as a position from the frame's start. */
export function sizePosition(
  lowering: Lowering,
  path: Path,
  origin: Position,
  size: Expr,
): Position {
  if (size.kind === "const") return moved(origin, size.value);
  const sum =
    origin.base === null && origin.offset === 0 ? size : binary("+", positionExpr(origin), size);
  return {
    base: emitCalc(
      lowering,
      path,
      "size",
      sum.kind === "const" ? constant(sum.value) : sum,
      "position",
    ),
    offset: 0,
  };
}
