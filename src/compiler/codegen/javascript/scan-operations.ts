// Searches for delimiters: over a window, or as far as bytes are present, going on where the last call stopped.

import type { Op, Position, SuspendNeed } from "../../ir/ir.ts";
import { indexJs, offsetJs } from "./expression.ts";
import { larger, mayClobber, missingWith } from "./need.ts";
import {
  findRoutine,
  longestOf,
  markLengthRoutine,
  mayOverlap,
  missingRoutine,
  searchRoutine,
  shortestOf,
} from "./search-routines.ts";
import {
  add,
  assign,
  binary,
  call,
  declare,
  type Js,
  js,
  member,
  type Statement,
  subtract,
  when,
} from "./tree.ts";
import { BUFFER, END, PRESENT, START, type UnpackScope } from "./unpack-scope.ts";

type Scan = Extract<Op, { kind: "scan" }>;

/** A scan over bytes that are present. */
export function windowScanStatements(
  scope: UnpackScope,
  op: Scan,
  end: Position,
): readonly Statement[] {
  const limit = smaller(scope, indexJs(scope, end), op, end);
  const found = scope.nameOf(op.found);
  const find = call(findRoutine(scope.module, op.marks), BUFFER, indexJs(scope, op.from), limit);
  const isAbsent = binary("<", found, 0);
  if (!mayClobber(op, [op.found, op.next])) {
    return [
      scope.set(op, op.found, subtract(find, START)),
      when(orTooFar(scope, op, isAbsent, js(found)), scope.fail(op.fail)),
      ...nextStatements(scope, op),
    ];
  }
  const at = scope.module.fresh("at");
  return [
    declare("const", at, subtract(find, START)),
    when(orTooFar(scope, op, binary("<", at, 0), js(at)), scope.fail(op.fail)),
    scope.set(op, op.found, at),
    ...nextStatements(scope, op),
  ];
}

/** A mark that begins behind `from + max` is none: with marks of one length the window's end sees to it. */
function orTooFar(scope: UnpackScope, op: Scan, isAbsent: Js, at: Js): Js {
  if (longestOf(op.marks) === shortestOf(op.marks)) return isAbsent;
  return binary("||", isAbsent, binary(">", at, add(offsetJs(scope, op.from), op.max)));
}

/** `end`, or the place up to which a mark may reach where that may come first. */
function smaller(scope: UnpackScope, end: Js, op: Scan, window: Position | null): Js {
  const reach = op.max + longestOf(op.marks);
  if (window !== null && spanAtMost(scope, op.from, window) <= reach) return end;
  return call(member("Math", "min"), end, add(indexJs(scope, op.from), reach));
}

function spanAtMost(scope: UnpackScope, from: Position, end: Position): number {
  if (from.base === end.base) return end.offset - from.offset;
  const last = end.base === null ? 0 : scope.intervalOf(end.base).hi;
  const first = from.base === null ? 0 : scope.intervalOf(from.base).lo;
  return last + end.offset - (first + from.offset);
}

/** Whether a scan that goes on where it stopped needs a variable of its own for that place: not the one it sets. */
export function needsCursor(op: Scan): boolean {
  return mayClobber(op, [op.found, op.next]);
}

/** Sets `cursor`, which outlives the suspension, to where the scan begins, counted from the frame's start. */
export function prepareScan(scope: UnpackScope, op: Scan, cursor: string): Statement {
  return assign(cursor, offsetJs(scope, op.from));
}

/** Looks on from `cursor`: run again when there are more bytes. Only bytes of a mark that may have begun are seen twice. */
export function resumedScanStatements(
  scope: UnpackScope,
  op: Scan,
  need: SuspendNeed,
  cursor: string,
): readonly Statement[] {
  const longest = longestOf(op.marks);
  const found = scope.module.fresh("found");
  const relative = subtract(found, START);
  // Where one mark stands in the beginning of another, none may be missing, but that it counts is not certain yet.
  const missing = missingWith(scope, scanMissing(scope, op), need);
  return [
    declare("const", found, searchFrom(scope, op, add(START, cursor))),
    when(orTooFar(scope, op, binary("<", found, 0), relative), [
      when(
        binary(">=", PRESENT, add(offsetJs(scope, op.from), op.max + longest)),
        scope.fail(op.fail),
      ),
      assign(cursor, larger(js(cursor), subtract(PRESENT, longest - 1))),
      ...scope.suspend(op, mayOverlap(op.marks) ? larger(missing, js(1)) : missing),
    ]),
    scope.set(op, op.found, relative),
    ...nextStatements(scope, op),
  ];
}

function searchFrom(scope: UnpackScope, op: Scan, at: Js): Js {
  if (mayOverlap(op.marks)) {
    const last = add(indexJs(scope, op.from), op.max);
    return call(searchRoutine(scope.module, op.marks), BUFFER, at, last, END);
  }
  return call(findRoutine(scope.module, op.marks), BUFFER, at, smaller(scope, js(END), op, null));
}

/** The fewest bytes until a mark may stand. */
function scanMissing(scope: UnpackScope, op: Scan): Js {
  const shortest = shortestOf(op.marks);
  const ahead = subtract(add(offsetJs(scope, op.from), shortest), PRESENT);
  const isReached = scope.isReached(op);
  if (longestOf(op.marks) === 1) return isReached ? js(1) : larger(ahead, js(1));
  const first = indexJs(scope, op.from);
  const routine = missingRoutine(scope.module, op.marks);
  const missing = call(routine, BUFFER, first, add(first, op.max), END);
  if (isReached) return missing;
  const isAhead = binary(">", offsetJs(scope, op.from), PRESENT);
  return { kind: "conditional", test: isAhead, yes: ahead, no: missing };
}

/** The slot behind the mark. */
function nextStatements(scope: UnpackScope, op: Scan): readonly Statement[] {
  if (!scope.isKept(op.next)) return [];
  const found = scope.nameOf(op.found);
  const lengths = new Set(op.marks.map((mark) => mark.length));
  const [only] = lengths;
  if (lengths.size === 1 && only !== undefined) return [scope.set(op, op.next, add(found, only))];
  const length = call(markLengthRoutine(scope.module, op.marks), BUFFER, add(START, found));
  return [scope.set(op, op.next, add(found, length))];
}
