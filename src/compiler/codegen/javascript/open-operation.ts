// Where a frame begins: the start mark is compared in place; what else may stand there is the business of a routine, which
// says what to drop or what is missing.

import { DROP_CAUSE } from "../../abi.ts";
import type { Op } from "../../ir/ir.ts";
import { literalStandsAt, literalTable } from "./literal.ts";
import { larger } from "./need.ts";
import { begunRoutine, findRoutine, longestOf, meetsRoutine } from "./search-routines.ts";
import {
  add,
  all,
  binary,
  call,
  declare,
  giveBack,
  type Js,
  js,
  negate,
  type Statement,
  subtract,
  when,
} from "./tree.ts";
import { BUFFER, END, PRESENT, START, type UnpackScope, WORDS } from "./unpack-scope.ts";
import { dropRoutine, needRoutine } from "./verdict-routines.ts";

type Open = Extract<Op, { kind: "open" }>;

/** Looks for the frame's beginning; what follows runs only where one is. */
export function openStatements(scope: UnpackScope, op: Open): readonly Statement[] {
  const mark = op.start;
  const isIgnoredFirst =
    mark === null || op.ignore.some((literal) => isPrefixOfOther(literal, mark));
  return [
    ...(isIgnoredFirst && op.ignore.length > 0 ? ignoreCall(scope, op) : []),
    ...(mark === null ? [] : [markStatement(scope, op, mark, !isIgnoredFirst)]),
  ];
}

function markStatement(
  scope: UnpackScope,
  op: Open,
  mark: Uint8Array,
  ignores: boolean,
): Statement {
  const isPresent = binary(">=", PRESENT, mark.length);
  const stands = literalStandsAt(scope.module, BUFFER, START, mark);
  const seek = seekRoutine(scope, op, mark, ignores);
  const test = negate(all(isPresent, stands));
  return when(test, [giveBack(call(seek, BUFFER, START, END, WORDS))]);
}

function ignoreCall(scope: UnpackScope, op: Open): readonly Statement[] {
  const routine = scope.module.routine("ignore", "ignore", (name) => ({
    kind: "function",
    name,
    documentation: "What to do about bytes that are ignored before a frame; 0: none stand here.",
    parameters: [BUFFER, START, END, WORDS],
    isExported: false,
    body: [declarePresent, ...ignoreStatements(scope, op), giveBack(0)],
  }));
  const ignored = scope.module.fresh("ignored");
  return [
    declare("const", ignored, call(routine, BUFFER, START, END, WORDS)),
    when(binary("!==", ignored, 0), [giveBack(ignored)]),
  ];
}

const declarePresent = declare("const", PRESENT, subtract(END, START));

/** Called where the mark does not stand: what stands there instead. */
function seekRoutine(scope: UnpackScope, op: Open, mark: Uint8Array, ignores: boolean): string {
  return scope.module.routine("seek", "seek", (name) => ({
    kind: "function",
    name,
    documentation: "What to do where no frame begins at `start`, or not yet.",
    parameters: [BUFFER, START, END, WORDS],
    isExported: false,
    body: [
      declarePresent,
      ...(ignores ? ignoreStatements(scope, op) : []),
      when(hasBegun(scope, mark), [needStatement(scope, op)]),
      ...otherwise(scope, op, mark),
    ],
  }));
}

function ignoreStatements(scope: UnpackScope, op: Open): readonly Statement[] {
  return op.ignore.flatMap((literal) => {
    const { length } = literal;
    const stands = literalStandsAt(scope.module, BUFFER, START, literal);
    const drop = call(dropRoutine(scope.module), WORDS, length, DROP_CAUSE.ignored);
    const isThere = binary(">=", PRESENT, length);
    const part = all(binary(">", PRESENT, 0), hasBegun(scope, literal));
    return [
      when(all(isThere, stands), [giveBack(drop)]),
      ...(length === 1 ? [] : [when(part, [needStatement(scope, op)])]),
    ];
  });
}

/** Given that the literal does not stand at `start`: whether the bytes end before they differ. */
function hasBegun(scope: UnpackScope, literal: Uint8Array): Js {
  if (literal.length === 1) return binary("===", PRESENT, 0);
  return call(meetsRoutine(scope.module), BUFFER, START, END, literalTable(scope.module, literal));
}

function needStatement(scope: UnpackScope, op: Open): Statement {
  const longest = longestOf(op.start === null ? op.ignore : [op.start, ...op.ignore]);
  const left = subtract(op.need, PRESENT);
  const missing = op.need >= longest ? left : larger(left, js(1));
  return giveBack(call(needRoutine(scope.module), WORDS, missing));
}

function otherwise(scope: UnpackScope, op: Open, mark: Uint8Array): readonly Statement[] {
  if (op.fail !== null && (op.atConnection || !op.fail.resync)) return scope.fail(op.fail);
  const { module } = scope;
  const behind = add(START, 1);
  const drop = (count: Js) => giveBack(call(dropRoutine(module), WORDS, count, DROP_CAUSE.junk));
  if (mark.length === 1 && op.ignore.length === 0) {
    const next = call(findRoutine(module, [mark]), BUFFER, behind, END);
    const count: Js = {
      kind: "conditional",
      test: binary("<", "next", 0),
      yes: js(PRESENT),
      no: subtract("next", START),
    };
    return [declare("const", "next", next), drop(count)];
  }
  const begun = call(begunRoutine(module, [mark, ...op.ignore]), BUFFER, behind, END);
  return [drop(subtract(begun, START))];
}

function isPrefixOfOther(one: Uint8Array, other: Uint8Array): boolean {
  const both = Math.min(one.length, other.length);
  return one.subarray(0, both).every((byte, place) => byte === other[place]);
}
