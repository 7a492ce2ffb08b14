// Repetitions as loops: the cursor is carried in a slot, searches are answered at the end of each round. Knows nothing of keys.

import { report } from "../../diagnostics/collector.ts";
import type { RepeatStatement, Statement } from "../../syntax/ast.ts";
import { upperBound } from "../interval.ts";
import type { Cond, Expr, Fail, Op, Position, Slot, View } from "../ir.ts";
import { createScope } from "./bindings.ts";
import { flushChecks } from "./checks.ts";
import { requireInteger } from "./expressions.ts";
import { bind } from "./fields.ts";
import { leavesGaps } from "./gaps.ts";
import {
  assume,
  binary,
  constant,
  distance,
  dottedName,
  failAt,
  fork,
  intervalAt,
  type Lowering,
  learn,
  newSlot,
  type Path,
  positionExpr,
  rangeOf,
  slotExpr,
} from "./lowering.ts";
import { createMeasure, measureSteps, type Size, terminatorLength } from "./measure.ts";
import { answerPicks, prepareSearches } from "./picks.ts";
import { requireUsedUp } from "./places.ts";
import { NO_REST, reach } from "./reach.ts";
import { knownOn, type Rest } from "./rest.ts";
import { nameOf, stepsOf } from "./steps.ts";

/** Most rounds that are derived where the author gives no `max`. */
export const DERIVED_ROUNDS_MAX = 65_536;

interface Round {
  readonly path: Path;
  readonly index: Slot;
  readonly at: Slot;
  readonly hoist: Op[];
}

/** A repetition; `filling` ones have their window set already. */
export function lowerRepeat(
  lowering: Lowering,
  path: Path,
  statement: RepeatStatement,
  rest: Rest,
): void {
  const steps = stepsOf(statement.body);
  const size = measureSteps(createMeasure(lowering.symbols, knownOn(lowering, path)), steps);
  const { extent } = statement;
  const fills = extent.kind === "filling" || extent.kind === "filling-rest";
  if (fills && path.window === null) {
    report(lowering.collector, "needsSizedPart", statement.span, { what: "repeat … filling rest" });
    return;
  }
  if (extent.kind !== "times" && size.min < 1) {
    report(lowering.collector, "mayNotAdvance", statement.span, { name: titleOf(statement) });
    return;
  }
  const count = extent.kind === "times" ? requireInteger(lowering, path, extent.count) : undefined;
  if (extent.kind === "times" && count === undefined) return;
  const most = mostRounds(lowering, path, statement, count, size);
  if (most === undefined) return;
  if (count !== undefined) limitCount(lowering, path, statement, count, most);
  if (path.mode === "spine") lowering.hasSuspendingWalk = true;
  const overrun = overrunOf(lowering, path, statement);
  // The terminator may stand behind the last element: one round more looks for it.
  const rounds = extent.kind === "until" ? most + 1 : most;
  const round = openRound(lowering, path, statement, rounds, rest);
  const whileCond = conditionOf(path, statement, count, round);
  assume(lowering, round.path, whileCond, true);
  if (path.window !== null)
    learn(lowering, round.path, distance(lowering, round.path.cursor, path.window));
  if (extent.kind === "until") {
    leaveAtTerminator(lowering, round, extent.terminator, statement);
    limitRounds(lowering, round, overrun, most);
  }
  const searches = prepareSearches(lowering, statement);
  if (fills && searches.length === 0 && isIdle(lowering, statement))
    report(lowering.collector, "walkUnused", statement.span, { name: titleOf(statement) });
  lowering.lowerSteps(round.path, steps, false);
  endElement(lowering, round.path, statement);
  flushChecks(lowering, round.path);
  answerPicks(lowering, round.path, searches, round.index);
  const from = path.cursor;
  const advances = extent.kind === "times" && size.min < 1 ? null : round.at;
  closeRound(path, round, { while: whileCond, most: rounds, overrun, advances });
  endRepeat(lowering, path, statement);
  const length = lengthBetween(lowering, path, from, path.cursor, titleOf(statement));
  bind(lowering, path, nameOf(statement), {
    kind: "list",
    view: { source: "wire", at: from, length },
    maxBytes: Math.max(0, rangeOf(lowering, path, length).hi),
    // One that could not be answered, which was reported, has no slots.
    picks: new Map(
      searches.flatMap((search) => (search.isBound ? [[search.request, search.result]] : [])),
    ),
    span: statement.span,
    extent: { from, to: path.cursor },
    present: null,
  });
}

/** An element that says its size ends there, used up exactly. */
function endElement(lowering: Lowering, path: Path, { body, span }: RepeatStatement): void {
  if (path.window === null || !body.some(({ kind }) => kind === "size")) return;
  if (leavesGaps(body)) {
    reach(lowering, path, path.window, { name: "element", at: path.cursor, span }, NO_REST);
    path.cursor = path.window;
  } else requireUsedUp(lowering, path, "element", span);
}

/** A walk that checks nothing and that no key looks into; where it ends was known before. */
function isIdle(lowering: Lowering, statement: RepeatStatement): boolean {
  const name = nameOf(statement);
  if (name !== undefined && lowering.referenced.has(name)) return false;
  return statement.max === undefined && !hasRules(statement.body);
}

function hasRules(body: readonly Statement[]): boolean {
  return body.some((statement) => {
    switch (statement.kind) {
      case "field":
        return statement.guard !== undefined || statement.check !== undefined;
      case "literal":
      case "check":
      case "switch":
        return true;
      case "bits":
        return statement.members.some((member) => member.guard !== undefined);
      case "block":
      case "repeat":
        return hasRules(statement.body);
      case "if":
        return hasRules(statement.then) || hasRules(statement.else ?? []);
      default:
        return false;
    }
  });
}

function titleOf(statement: RepeatStatement): string {
  return nameOf(statement) ?? "repeat";
}

/** The bytes from one place to a later one; in a slot, so that it is known not to be negative. */
function lengthBetween(
  lowering: Lowering,
  path: Path,
  from: Position,
  to: Position,
  title: string,
): Expr {
  const difference = binary("-", positionExpr(to), positionExpr(from));
  const hi = Math.max(0, rangeOf(lowering, path, difference).hi);
  const slot = newSlot(lowering, `${title}Length`, { lo: 0, hi });
  path.ops.push({ kind: "calc", slot, value: difference });
  return slotExpr(slot);
}

/** The author's `max`, or what count and sizes allow; reports where that is too many. */
function mostRounds(
  lowering: Lowering,
  path: Path,
  statement: RepeatStatement,
  count: Expr | undefined,
  element: Size,
): number | undefined {
  if (statement.max !== undefined) {
    const max = requireInteger(lowering, path, statement.max);
    return max === undefined ? undefined : rangeOf(lowering, path, max).hi;
  }
  const counted = count === undefined ? Infinity : rangeOf(lowering, path, count).hi;
  const end: Position = path.window ?? { base: null, offset: lowering.frameMax };
  const room = upperBound(distance(lowering, path.cursor, end), intervalAt(lowering, path));
  const fitting = element.min > 0 ? Math.floor(room / element.min) : Infinity;
  const most = Math.max(1, Math.min(counted, fitting));
  if (most <= DERIVED_ROUNDS_MAX) return most;
  report(lowering.collector, "unboundedRepeat", statement.span, { name: titleOf(statement) });
  return undefined;
}

/** A count above the most rounds refuses before the first one. */
function limitCount(
  lowering: Lowering,
  path: Path,
  statement: RepeatStatement,
  count: Expr,
  most: number,
): void {
  if (rangeOf(lowering, path, count).hi <= most) return;
  const cond: Cond = { kind: "compare", operator: "<=", left: count, right: constant(most) };
  const field = dottedName(path, titleOf(statement));
  const rule = `max ${most}`;
  path.ops.push({
    kind: "guard",
    condition: cond,
    fail: failAt(lowering, path, "too-long", field, path.cursor, rule),
  });
  if (!assume(lowering, path, cond, true))
    report(lowering.collector, "beyondMax", statement.span, {
      name: titleOf(statement),
      max: most,
    });
}

function openRound(
  lowering: Lowering,
  path: Path,
  statement: RepeatStatement,
  most: number,
  rest: Rest,
): Round {
  const title = titleOf(statement);
  const index = newSlot(lowering, `${title}Index`, { lo: 0, hi: most });
  const start = rangeOf(lowering, path, positionExpr(path.cursor));
  const end = path.window ?? { base: null, offset: lowering.frameMax };
  const farthest = rangeOf(lowering, path, positionExpr(end)).hi;
  const at = newSlot(
    lowering,
    `${title}At`,
    // The place before the first round is known no better than its slot, which may reach beyond the part's end.
    { lo: start.lo, hi: Math.max(start.hi, farthest) },
    "position",
  );
  path.ops.push({ kind: "calc", slot: at, value: positionExpr(path.cursor) });
  const hoist: Op[] = [];
  const cursor: Position = { base: at, offset: 0 };
  return {
    index,
    at,
    hoist,
    path: fork(path, {
      hoist,
      outerHoist: path.hoist,
      cursor,
      origin: cursor,
      isFrame: false,
      scope: createScope(path.scope),
      restAfter: rest.constant + path.restAfter,
      where: [...path.where, `${title}[`, index, "]."],
    }),
  };
}

function conditionOf(
  path: Path,
  statement: RepeatStatement,
  count: Expr | undefined,
  round: Round,
): Cond {
  if (count !== undefined)
    return { kind: "compare", operator: "<", left: slotExpr(round.index), right: count };
  if (statement.extent.kind === "until" || path.window === null) return { kind: "true" };
  return {
    kind: "compare",
    operator: "<",
    left: slotExpr(round.at),
    right: positionExpr(path.window),
  };
}

/** Ends the loop behind the terminator, which is looked for before each element. */
function leaveAtTerminator(
  lowering: Lowering,
  round: Round,
  terminator: { readonly kind: string; readonly bytes?: Uint8Array; readonly value?: bigint },
  statement: RepeatStatement,
): void {
  const length = terminatorLength(terminator);
  const literal = terminator.bytes ?? new Uint8Array([Number(terminator.value ?? 0n) & 0xff]);
  const at = round.path.cursor;
  const behind: Position = { base: at.base, offset: at.offset + length };
  const blame = { name: titleOf(statement), at, span: statement.span };
  reach(lowering, round.path, behind, blame, NO_REST);
  const view: View = { source: "wire", at, length: constant(length) };
  round.path.ops.push({
    kind: "if",
    condition: { kind: "equals", view, literals: [literal] },
    then: [
      {
        kind: "calc",
        slot: round.at,
        value: binary("+", slotExpr(round.at), constant(length)),
      },
      { kind: "leave" },
    ],
    else: [],
  });
}

/** More elements than there may be: what stands there is no terminator. */
function limitRounds(lowering: Lowering, round: Round, overrun: Fail, most: number): void {
  const condition: Cond = {
    kind: "compare",
    operator: "<",
    left: slotExpr(round.index),
    right: constant(most),
  };
  round.path.ops.push({ kind: "guard", condition, fail: overrun });
  // Never possible with `max 0`: the terminator has to come at once.
  assume(lowering, round.path, condition, true);
}

function overrunOf(lowering: Lowering, path: Path, statement: RepeatStatement): Fail {
  const field = dottedName(path, titleOf(statement));
  return failAt(
    lowering,
    path,
    "too-long",
    field,
    path.cursor,
    lowering.sourceText(statement.span),
  );
}

function closeRound(
  path: Path,
  round: Round,
  loop: Pick<Extract<Op, { kind: "loop" }>, "while" | "most" | "overrun" | "advances">,
): void {
  round.path.ops.push({
    kind: "calc",
    slot: round.at,
    value: positionExpr(round.path.cursor),
  });
  path.ops.push({
    kind: "loop",
    index: round.index,
    ...loop,
    body: [...round.hoist, ...round.path.ops],
  });
  path.resync = path.resync && round.path.resync;
  path.cursor = { base: round.at, offset: 0 };
}

/** Behind the loop: where the part around it ends is known, or that it ends no sooner. */
function endRepeat(lowering: Lowering, path: Path, { extent }: RepeatStatement): void {
  if (path.window === null) return;
  if (extent.kind === "filling" || extent.kind === "filling-rest") path.cursor = path.window;
  else learn(lowering, path, distance(lowering, path.cursor, path.window));
}
