// What an operation looks at must be there: views inside the bytes proven present or the scratch buffer, expressions exact,
// failures at a place of the frame. Reports; changes nothing.

import { assertNever } from "../../../base/assert.ts";
import type { Cond, Expr, Fail, Op, Position, View } from "../ir.ts";
import { constantForm, type LinearForm } from "../linear.ts";
import { type Context, report } from "./context.ts";
import { isAtMost, isNotNegative, isPresent, type State } from "./state.ts";
import { assume, valueOfExpr, valueOfPosition, valueOfView } from "./values.ts";

/** Checks for one operation in one state. */
export interface Checks {
  readonly expr: (expr: Expr) => void;
  readonly view: (view: View) => void;
  readonly cond: (condition: Cond) => void;
  readonly fail: (fail: Fail | null | undefined) => void;
  /** The position is proven not to be negative. */
  readonly place: (position: Position) => void;
  /** The bytes [from, to) are proven present, and from ≤ to. */
  readonly bytes: (from: LinearForm, to: LinearForm) => void;
}

/** The checks of `op` in `state`. */
export function checksOf(context: Context, state: State, op: Op): Checks {
  const place = (position: Position) => {
    const form = valueOfPosition(context, state, op, position);
    if (isNotNegative(state, form)) return;
    report(context, op, `${context.phrases.position(position)} may be negative`);
  };
  const bytes = (from: LinearForm, to: LinearForm) => {
    if (!isNotNegative(state, from)) report(context, op, "bytes before the frame may be read");
    if (!isAtMost(state, from, to)) report(context, op, "the bytes' length may be negative");
    if (!isPresent(state, to)) report(context, op, "bytes are read that are not proven present");
  };
  const expr = (each: Expr) => {
    if (valueOfExpr(context, state, op, each).isExact) return;
    report(context, op, `${context.phrases.expr(each)} may not be exact`);
  };
  const view = (each: View) => {
    expr(each.length);
    const { from, to } = valueOfView(context, state, op, each);
    if (each.source === "wire") bytes(from, to);
    else scratch(context, state, op, from, to);
  };
  const cond = (each: Cond): void => checkCond(context, state, op, each, { expr, view });
  const fail = (each: Fail | null | undefined) => {
    if (each !== null && each !== undefined) place(each.at);
  };
  return { expr, view, cond, fail, place, bytes };
}

function scratch(context: Context, state: State, op: Op, from: LinearForm, to: LinearForm): void {
  const isInside =
    isNotNegative(state, from) &&
    isAtMost(state, from, to) &&
    isAtMost(state, to, constantForm(context.program.scratchBytes));
  if (!isInside) report(context, op, "scratch may be read outside of its bytes");
}

/** The right side of `and` and `or` is looked at only where the left one does not decide. */
function checkCond(
  context: Context,
  state: State,
  op: Op,
  condition: Cond,
  checks: Pick<Checks, "expr" | "view">,
): void {
  switch (condition.kind) {
    case "compare":
      checks.expr(condition.left);
      checks.expr(condition.right);
      return;
    case "in":
      checks.expr(condition.value);
      return;
    case "equals":
    case "has":
    case "encoding":
      checks.view(condition.view);
      return;
    case "and":
    case "or": {
      checkCond(context, state, op, condition.left, checks);
      const right = assume(context, state, op, condition.left, condition.kind === "and");
      if (right !== null) checksOf(context, right, op).cond(condition.right);
      return;
    }
    case "not":
      checkCond(context, state, op, condition.operand, checks);
      return;
    case "true":
      return;
    default:
      assertNever(condition);
  }
}
