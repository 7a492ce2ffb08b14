// Operations that find, cut and copy parts of texts, and set the slots that say where they are.

import { assertNever } from "../../../base/assert.ts";
import type { Found, Op, Position, View } from "../../ir/ir.ts";
import { slotsRead, slotsSet } from "../../ir/passes/access.ts";
import { decimalRoutine } from "./byte-routines.ts";
import { exprJs, offsetJs, type Run, runOf } from "./expression.ts";
import { rewriteRoutine } from "./rewrite-routines.ts";
import {
  DUPLICATE,
  foundEndOf,
  headerRoutine,
  pairRoutine,
  pieceRoutine,
} from "./text-routines.ts";
import {
  all,
  assign,
  binary,
  call,
  declare,
  type Js,
  js,
  type Operand,
  type Statement,
  subtract,
  when,
} from "./tree.ts";
import { dropRoutine, skipRoutine } from "./trim-routines.ts";
import { START, type UnpackScope } from "./unpack-scope.ts";
import { urlRoutine } from "./url-routines.ts";

type OpOf<Kind extends Op["kind"]> = Extract<Op, { kind: Kind }>;
type TextOp = OpOf<"piece"> | OpOf<"pair"> | OpOf<"header"> | OpOf<"url">;

/** Most digits of a `number`; any such number is exact. */
const NUMBER_DIGITS_MAX = 15;
const NUMBER_MAX = 10 ** NUMBER_DIGITS_MAX - 1;

export function findStatements(scope: UnpackScope, op: TextOp): readonly Statement[] {
  const run = runOf(scope, op.of);
  const at = scope.module.fresh("at");
  const { found, offset, length } = op.into;
  const isFound = binary(">=", at, 0);
  const results: readonly (readonly [slot: number, value: Js])[] = [
    [found, js(1)],
    [offset, relative(op.of, at)],
    [length, subtract(foundEndOf(scope.module), at)],
  ];
  const kept = results.filter(([slot]) => scope.isKept(slot));
  return [
    declare("const", at, call(routineFor(scope, op), run.bytes, run.from, run.to)),
    ...duplicateStatements(scope, op, at),
    ...kept.map(([slot]) => scope.begin(op, slot, 0)),
    ...(kept.length === 0
      ? []
      : [
          when(
            isFound,
            kept.map(([slot, value]) => assign(scope.nameOf(slot), value)),
          ),
        ]),
  ];
}

function routineFor(scope: UnpackScope, op: TextOp): string {
  switch (op.kind) {
    case "piece":
      return pieceRoutine(scope.module, op.separator, op.index);
    case "pair":
      return pairRoutine(scope.module, op);
    case "header":
      return headerRoutine(scope.module, op.name, op.which);
    case "url":
      return urlRoutine(scope.module, op.part);
    default:
      return assertNever(op);
  }
}

function duplicateStatements(scope: UnpackScope, op: TextOp, at: string): readonly Statement[] {
  if (op.kind !== "pair" && op.kind !== "header") return [];
  if (op.which !== "only" || op.duplicate === null) return [];
  return [when(binary("===", at, DUPLICATE), scope.fail(op.duplicate))];
}

export function selectStatements(scope: UnpackScope, op: OpOf<"select">): readonly Statement[] {
  return intoStatements(scope, op, op.into, op.view);
}

export function clearStatements(scope: UnpackScope, op: OpOf<"clear">): readonly Statement[] {
  return intoStatements(scope, op, op.into, null);
}

function intoStatements(
  scope: UnpackScope,
  op: Op,
  { found, offset, length }: Found,
  view: View | null,
): readonly Statement[] {
  const place: Position = view?.at ?? { base: null, offset: 0 };
  const values: readonly (readonly [slot: number, value: Js])[] = [
    [found, js(view === null ? 0 : 1)],
    [offset, offsetJs(scope, place)],
    [length, view === null ? js(0) : exprJs(scope, view.length)],
  ];
  const kept = values.filter(([slot]) => scope.isKept(slot));
  if (!overwrites(op)) return kept.map(([slot, value]) => scope.set(op, slot, value));
  const copies = kept.map(([slot]) => scope.module.fresh(`${scope.nameOf(slot)}Now`));
  return [
    ...kept.map(([, value], place) => declare("const", copies[place] ?? "", value)),
    ...kept.map(([slot], place) => scope.set(op, slot, copies[place] ?? "")),
  ];
}

/** Whether the operation reads a slot that it sets, so that its results must be made before the first is set. */
function overwrites(op: Op): boolean {
  const read = slotsRead(op);
  return slotsSet(op).some((slot) => read.has(slot));
}

export function trimStatements(scope: UnpackScope, op: OpOf<"trim">): readonly Statement[] {
  const { bytes, from, to } = runOf(scope, op.of);
  const begin = scope.module.fresh("first");
  const end = scope.module.fresh("behind");
  const first =
    op.side === "right" ? from : call(skipRoutine(scope.module, op.bytes), bytes, from, to);
  const last =
    op.side === "left" ? to : call(dropRoutine(scope.module, op.bytes), bytes, begin, to);
  const keeps = [op.offset, op.length].map((slot) => scope.isKept(slot));
  return [
    declare("const", begin, first),
    ...(keeps[1] === true ? [declare("const", end, last)] : []),
    ...(keeps[0] === true ? [scope.set(op, op.offset, relative(op.of, begin))] : []),
    ...(keeps[1] === true ? [scope.set(op, op.length, subtract(end, begin))] : []),
  ];
}

export function rewriteStatement(scope: UnpackScope, op: OpOf<"rewrite">): Statement {
  const { bytes, from, to } = runOf(scope, op.of);
  const routine = rewriteRoutine(scope.module, op.how, scope.scratch);
  const filler: readonly Operand[] = op.how === "bcd" ? [op.filler ?? -1] : [];
  const written = call(routine, bytes, from, to, op.at, ...filler);
  return scope.isKept(op.length)
    ? scope.set(op, op.length, written)
    : { kind: "run", expression: written };
}

export function numberStatements(scope: UnpackScope, op: OpOf<"number">): readonly Statement[] {
  const run = runOf(scope, op.of);
  const value = scope.module.fresh("value");
  const read = call(decimalRoutine(scope.module), run.bytes, run.from, run.to, NUMBER_MAX);
  const isNumber = all(binary(">=", value, 0), ...shortEnough(scope, op, run));
  const kept = [
    { slot: op.found, set: js(1) },
    { slot: op.slot, set: js(value) },
  ].filter(({ slot }) => scope.isKept(slot));
  return [
    declare("const", value, read),
    ...kept.map(({ slot }) => scope.begin(op, slot, 0)),
    when(
      isNumber,
      kept.map(({ slot, set }) => assign(scope.nameOf(slot), set)),
    ),
  ];
}

/** Leading zeros make a number too long before it is too large. */
function shortEnough(scope: UnpackScope, op: OpOf<"number">, run: Run): readonly Js[] {
  const { length } = op.of;
  const most =
    length.kind === "slot"
      ? scope.intervalOf(length.slot).hi
      : length.kind === "const"
        ? length.value
        : Infinity;
  return most <= NUMBER_DIGITS_MAX ? [] : [binary("<=", run.length, NUMBER_DIGITS_MAX)];
}

/** An index as the slots count it: from the frame's start, or from the scratch buffer's. */
function relative(of: View, at: string): Js {
  return of.source === "wire" ? subtract(at, START) : js(at);
}
