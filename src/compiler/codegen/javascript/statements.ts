// Operations that run to their end, and sequences and choices of them, as statements. How a suspension is resumed is
// not decided here.

import { assert, assertNever } from "../../../base/assert.ts";
import { KEY_SOURCE, KEYS_AT, MISSING, VERDICT, WORDS_PER_KEY } from "../../abi.ts";
import type { Op } from "../../ir/ir.ts";
import { everyOp } from "../../ir/passes/access.ts";
import {
  calcStatement,
  checksumStatement,
  digitsStatements,
  loadStatements,
} from "./byte-operations.ts";
import { condJs, exprJs, inRanges, offsetJs } from "./expression.ts";
import { fieldComment, fieldsAbove } from "./field-comment.ts";
import { missingFor } from "./need.ts";
import { openStatements } from "./open-operation.ts";
import { windowScanStatements } from "./scan-operations.ts";
import {
  clearStatements,
  findStatements,
  numberStatements,
  rewriteStatement,
  selectStatements,
  trimStatements,
} from "./text-operations.ts";
import {
  assign,
  binary,
  blank,
  call,
  comment,
  declare,
  giveBack,
  increment,
  index,
  type Js,
  js,
  loopFor,
  member,
  negate,
  type Operand,
  type Statement,
  type SwitchCase,
  when,
} from "./tree.ts";
import { PRESENT, type UnpackScope, WORDS } from "./unpack-scope.ts";
import { varintStatements } from "./varint-operations.ts";

type OpOf<Kind extends Op["kind"]> = Extract<Op, { kind: Kind }>;

/** What ends the innermost loop; null outside of loops. */
export type Leave = readonly Statement[] | null;

/** Most arms of a choice written as `if … else if`; more become a `switch` where each value can be named. */
const CHAIN_ARMS_MAX = 2;
/** Most values named in the cases of one `switch`. */
const CASES_MAX = 64;

const LOW_WORD = 2 ** 32;

/** A sequence as the statements of one block; each field is named above what reads it. */
export function sequenceStatements(
  scope: UnpackScope,
  ops: readonly Op[],
  leave: Leave,
): readonly Statement[] {
  const above = fieldsAbove(ops);
  const statements: Statement[] = [];
  for (const op of ops) {
    const fields = above.get(op) ?? [];
    if (fields.length > 0 && statements.length > 0 && statements.at(-1)?.kind !== "comment") {
      statements.push(blank);
    }
    statements.push(...fields.map((field) => comment(fieldComment(scope, field))));
    statements.push(...declaredBefore(scope, op), ...opStatements(scope, op, leave));
  }
  return statements;
}

function declaredBefore(scope: UnpackScope, op: Op): readonly Statement[] {
  return scope.declaredBefore(op).map((slot) => declare("let", scope.nameOf(slot), 0));
}

function opStatements(scope: UnpackScope, op: Op, leave: Leave): readonly Statement[] {
  switch (op.kind) {
    case "open":
      return openStatements(scope, op);
    case "await":
      return awaitStatements(scope, op);
    case "bound":
      return [when(isBeyond(offsetJs(scope, op.to), offsetJs(scope, op.end)), scope.fail(op.fail))];
    case "load":
      return loadStatements(scope, op);
    case "calc":
      return [calcStatement(scope, op)];
    case "guard":
      return [when(negate(condJs(scope, op.condition)), scope.fail(op.fail))];
    case "fail":
      return scope.fail(op.fail);
    case "varint":
      return varintStatements(scope, op);
    case "digits":
      return digitsStatements(scope, op);
    case "scan":
      assert(op.extent.kind === "window", "a search suspends in a program that restarts");
      return windowScanStatements(scope, op, op.extent.end);
    case "if":
      return ifStatements(scope, op, leave);
    case "switch":
      return switchStatements(scope, op, leave);
    case "loop":
      return loopStatements(scope, op);
    case "leave":
      assert(leave !== null, "leave stands outside of a loop");
      return leave;
    case "checksum":
      return [checksumStatement(scope, op)];
    case "select":
      return selectStatements(scope, op);
    case "clear":
      return clearStatements(scope, op);
    case "piece":
    case "pair":
    case "header":
    case "url":
      return findStatements(scope, op);
    case "trim":
      return trimStatements(scope, op);
    case "rewrite":
      return [rewriteStatement(scope, op)];
    case "number":
      return numberStatements(scope, op);
    case "key":
      return keyStatements(scope, op);
    case "verdict":
      return verdictStatements(scope, op);
    case "field":
      return [];
    default:
      return assertNever(op);
  }
}

/** `to > end`, a constant on the right. */
function isBeyond(to: Js, end: Js): Js {
  return to.kind === "number" ? binary("<", end, to) : binary(">", to, end);
}

/** Until the bytes are there. */
function awaitStatements(scope: UnpackScope, op: OpOf<"await">): readonly Statement[] {
  const isShort = binary("<", PRESENT, offsetJs(scope, op.to));
  return [when(isShort, scope.suspend(op, missingFor(scope, op.need)))];
}

function ifStatements(scope: UnpackScope, op: OpOf<"if">, leave: Leave): readonly Statement[] {
  const condition = condJs(scope, op.condition);
  const then = sequenceStatements(scope, op.then, leave);
  const otherwise = sequenceStatements(scope, op.else, leave);
  if (then.length === 0 && otherwise.length === 0) return [];
  return then.length === 0
    ? [when(negate(condition), otherwise)]
    : [when(condition, then, otherwise)];
}

function switchStatements(
  scope: UnpackScope,
  op: OpOf<"switch">,
  leave: Leave,
): readonly Statement[] {
  const values = op.arms.map(({ ranges }) => valuesOf(ranges));
  const named = values.flatMap((list) => list ?? []);
  const canName = values.every((list) => list !== null) && named.length <= CASES_MAX;
  if (op.arms.length <= CHAIN_ARMS_MAX || !canName) return chainStatements(scope, op, leave);
  const arms = op.arms.map((arm, place) =>
    caseOf((values[place] ?? []).map(js), sequenceStatements(scope, arm.body, leave)),
  );
  const otherwise = sequenceStatements(scope, op.else, leave);
  const cases = otherwise.length === 0 ? arms : [...arms, caseOf([], otherwise)];
  return [{ kind: "switch", on: exprJs(scope, op.on), cases }];
}

function caseOf(tests: readonly Js[], body: readonly Statement[]): SwitchCase {
  const last = body.at(-1)?.kind;
  const ends = last === "return" || last === "break" || last === "continue";
  return { tests, body: ends ? body : [...body, { kind: "break", label: null }] };
}

function valuesOf(ranges: OpOf<"switch">["arms"][number]["ranges"]): readonly number[] | null {
  const values: number[] = [];
  for (const { lo, hi } of ranges) {
    if (hi - lo >= CASES_MAX) return null;
    for (let value = lo; value <= hi; value += 1) values.push(value);
  }
  return values;
}

function chainStatements(
  scope: UnpackScope,
  op: OpOf<"switch">,
  leave: Leave,
): readonly Statement[] {
  const value = exprJs(scope, op.on);
  const isSimple = value.kind === "name" || value.kind === "number";
  const name = isSimple ? value : js(scope.module.fresh("on"));
  const chain = op.arms.reduceRight<readonly Statement[]>(
    (otherwise, arm) => [
      when(inRanges(name, arm.ranges), sequenceStatements(scope, arm.body, leave), otherwise),
    ],
    sequenceStatements(scope, op.else, leave),
  );
  if (isSimple || name.kind !== "name") return chain;
  return [declare("const", name.name, value), ...chain];
}

function loopStatements(scope: UnpackScope, op: OpOf<"loop">): readonly Statement[] {
  const name = scope.nameOf(op.index);
  const label = leavesFromSwitch(op.body) ? scope.module.fresh("rounds") : null;
  const leave: Leave = [{ kind: "break", label }];
  const test = condJs(scope, op.while);
  const isEndless = test.kind === "name" && test.name === "true";
  const init = scope.isDeclaredAt(op, op.index) ? declare("let", name, 0) : assign(name, 0);
  const body = [...overrunStatements(scope, op), ...sequenceStatements(scope, op.body, leave)];
  return [loopFor(init, isEndless ? null : test, increment(name), body, label)];
}

/** Fails before the round that is one too many; nothing where the condition ends the loop by then. */
export function overrunStatements(scope: UnpackScope, op: OpOf<"loop">): readonly Statement[] {
  const condition = op.while;
  const isBounded =
    condition.kind === "compare" &&
    condition.operator === "<" &&
    condition.left.kind === "slot" &&
    condition.left.slot === op.index &&
    scope.highestOf(condition.right) <= op.most;
  if (isBounded) return [];
  return [when(binary("===", scope.nameOf(op.index), op.most), scope.fail(op.overrun))];
}

/** Whether a `leave` of this loop stands within a choice that may become a `switch`, where `break` means another thing. */
function leavesFromSwitch(body: readonly Op[]): boolean {
  return body.some((op) => {
    if (op.kind === "if") return leavesFromSwitch(op.then) || leavesFromSwitch(op.else);
    return op.kind === "switch" && holdsLeave(op);
  });
}

function holdsLeave(op: Op): boolean {
  for (const each of everyOp([op])) if (each.kind === "leave") return true;
  return false;
}

function keyStatements(scope: UnpackScope, op: OpOf<"key">): readonly Statement[] {
  const at = KEYS_AT + WORDS_PER_KEY * op.key;
  const words = (first: Operand, second: Operand, third: Operand) =>
    [first, second, third].map((value, place) => setWord(at + place, value));
  const name = scope.program.keys[op.key]?.name ?? "";
  switch (op.value.kind) {
    case "missing":
      return [comment(`key ${name}: missing`), ...words(MISSING, 0, MISSING)];
    case "integer": {
      const value = exprJs(scope, op.value.value);
      const high = call(member("Math", "floor"), binary("/", value, LOW_WORD));
      const isShort = scope.isWord(op.value.value);
      return [comment(`key ${name}`), ...words(value, isShort ? 0 : high, KEY_SOURCE.integer)];
    }
    case "view": {
      const { source, at: place, length } = op.value.view;
      const offset = offsetJs(scope, place);
      return [comment(`key ${name}`), ...words(offset, exprJs(scope, length), KEY_SOURCE[source])];
    }
    default:
      return assertNever(op.value);
  }
}

function verdictStatements(scope: UnpackScope, op: OpOf<"verdict">): readonly Statement[] {
  const { verdict } = op;
  switch (verdict.kind) {
    case "frame":
      return [giveBack(offsetJs(scope, verdict.length))];
    case "consume":
      return [setWord(0, offsetJs(scope, verdict.length)), giveBack(VERDICT.consume)];
    case "key":
      return [
        setWord(0, offsetJs(scope, verdict.inspected)),
        setWord(1, verdict.length === null ? 0 : offsetJs(scope, verdict.length)),
        giveBack(VERDICT.key),
      ];
    default:
      return assertNever(verdict);
  }
}

/** `s[place] = value`. */
export function setWord(place: number, value: Operand): Statement {
  return assign(index(WORDS, place), value);
}
