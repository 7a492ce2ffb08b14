// Expressions and places in terms of atoms, conditions as facts, and the assignment of slots with its check.

import { assertNever } from "../../../base/assert.ts";
import { EVERYTHING, type Interval, intersect, intervalOfExpr, isExactExpr } from "../interval.ts";
import type { Cond, Expr, Op, Position, Slot, View } from "../ir.ts";
import { addForms, constantForm, formOfExpr, type LinearForm, scaleForm } from "../linear.ts";
import { narrow, OPPOSITE } from "../narrow.ts";
import { type Context, freshAtom, freshForm, report } from "./context.ts";
import {
  addOrder,
  atomForm,
  copyState,
  intervalIn,
  isAtMost,
  provenInterval,
  type State,
  textOf,
} from "./state.ts";

type Compare = Extract<Cond, { kind: "compare" }>;

/** A value: its form, and the interval in which it is proven to lie. */
export interface Value {
  readonly form: LinearForm;
  readonly interval: Interval;
  /** No step can leave the exact integers, divide by zero or have a bit operand out of range. */
  readonly isExact: boolean;
}

/** The value of a slot; one that is not defined is reported and then taken to be anything it may hold. */
function slotValue(context: Context, state: State, op: Op, slot: Slot): LinearForm {
  const value = state.values.get(slot);
  if (value !== undefined) return value;
  report(context, op, `${context.phrases.slot(slot)} is not defined on every path`);
  const assumed = freshForm(context, state, declared(context, slot));
  state.values.set(slot, assumed);
  return assumed;
}

/** The value of an expression. Operations that are not linear get an atom of their own, the same for the same operands. */
export function valueOfExpr(context: Context, state: State, op: Op, expr: Expr): Value {
  if (expr.kind === "const") {
    const interval = { lo: expr.value, hi: expr.value };
    return { form: constantForm(expr.value), interval, isExact: Number.isSafeInteger(expr.value) };
  }
  if (expr.kind === "slot") {
    const form = slotValue(context, state, op, expr.slot);
    return { form, interval: provenInterval(state, form), isExact: true };
  }
  const left = valueOfExpr(context, state, op, expr.left);
  const right = valueOfExpr(context, state, op, expr.right);
  const step: Expr = { ...expr, left: { kind: "slot", slot: 0 }, right: { kind: "slot", slot: 1 } };
  const operand = (slot: Slot) => (slot === 0 ? left.interval : right.interval);
  const isExact = left.isExact && right.isExact && isExactExpr(step, operand);
  const stepped = intervalOfExpr(step, operand);
  const linear = formOfExpr(step, (slot) => (slot === 0 ? left.form : right.form));
  const form = linear ?? computedForm(context, state, expr.operator, left, right, stepped);
  return { form, interval: intersect(stepped, provenInterval(state, form)), isExact };
}

/** The form of a position. */
export function valueOfPosition(
  context: Context,
  state: State,
  op: Op,
  position: Position,
): LinearForm {
  const offset = constantForm(position.offset);
  if (position.base === null) return offset;
  return addForms(slotValue(context, state, op, position.base), offset);
}

/** Where a view begins and ends, and its length. */
export function valueOfView(context: Context, state: State, op: Op, view: View) {
  const from = valueOfPosition(context, state, op, view.at);
  const length = valueOfExpr(context, state, op, view.length);
  return { from, length, to: addForms(from, length.form) };
}

/** Defines a slot; reports a value that is not proven to lie within what the slot declares. */
export function assignForm(
  context: Context,
  state: State,
  op: Op,
  slot: Slot,
  form: LinearForm,
): void {
  state.values.set(slot, form);
  const { lo, hi } = declared(context, slot);
  const isWithin =
    isAtMost(state, constantForm(lo), form) && isAtMost(state, form, constantForm(hi));
  if (isWithin) return;
  const interval = intervalIn(state, form);
  const name = context.phrases.slot(slot);
  report(context, op, `${name} may be ${interval.lo}..${interval.hi}, declared is ${lo}..${hi}`);
}

/** Defines a slot as a new value in that interval. @returns its form */
export function assignFresh(
  context: Context,
  state: State,
  op: Op,
  slot: Slot,
  interval: Interval,
): LinearForm {
  const form = freshForm(context, state, interval);
  assignForm(context, state, op, slot, form);
  return form;
}

/** What the slot declares; everything for one that does not exist. */
export function declared(context: Context, slot: Slot): Interval {
  return context.program.slots[slot] ?? EVERYTHING;
}

/** The state once the condition turned out so; null where it cannot. The given state is not changed. */
export function assume(
  context: Context,
  before: State,
  op: Op,
  condition: Cond,
  outcome: boolean,
): State | null {
  const state = copyState(before);
  const overAtoms = translate(context, state, op, condition);
  const known = narrow(overAtoms, outcome, (atom) => state.intervals.get(atom) ?? EVERYTHING);
  if (!known.isPossible) return null;
  for (const [atom, interval] of known.slots) state.intervals.set(atom, interval);
  addFactsOf(state, overAtoms, outcome);
  return state;
}

function computedForm(
  context: Context,
  state: State,
  operator: Extract<Expr, { kind: "binary" }>["operator"],
  left: Value,
  right: Value,
  interval: Interval,
): LinearForm {
  const text = `${textOf(left.form)} ${operator} ${textOf(right.form)}`;
  const known = context.computed.get(text);
  const atom = known ?? freshAtom(context, state, interval);
  context.computed.set(text, atom);
  state.intervals.set(atom, intersect(state.intervals.get(atom) ?? EVERYTHING, interval));
  const form = atomForm(atom);
  const divisor = right.form.terms.size === 0 ? right.form.constant : 0;
  if (operator === "/" && divisor > 0 && left.interval.lo >= 0) {
    // q = ⌊left / c⌋: c · q ≤ left ≤ c · q + c − 1
    const product = scaleForm(form, divisor);
    addOrder(state, product, left.form);
    addOrder(state, left.form, addForms(product, constantForm(divisor - 1)));
  }
  return form;
}

/** A condition with every expression written over atoms. */
function translate(context: Context, state: State, op: Op, condition: Cond): Cond {
  const expr = (each: Expr) => exprOf(valueOfExpr(context, state, op, each).form);
  switch (condition.kind) {
    case "compare":
      return { ...condition, left: expr(condition.left), right: expr(condition.right) };
    case "in":
      return { ...condition, value: expr(condition.value) };
    case "equals":
    case "has":
    case "encoding": {
      const view = { ...condition.view, length: expr(condition.view.length) };
      return { ...condition, view };
    }
    case "and":
    case "or":
      return {
        ...condition,
        left: translate(context, state, op, condition.left),
        right: translate(context, state, op, condition.right),
      };
    case "not":
      return { ...condition, operand: translate(context, state, op, condition.operand) };
    case "true":
      return condition;
    default:
      return assertNever(condition);
  }
}

function exprOf(form: LinearForm): Expr {
  let sum: Expr = { kind: "const", value: form.constant };
  for (const [atom, factor] of form.terms) {
    const term: Expr = {
      kind: "binary",
      operator: "*",
      left: { kind: "slot", slot: atom },
      right: { kind: "const", value: factor },
    };
    sum = { kind: "binary", operator: "+", left: sum, right: term };
  }
  return sum;
}

/** The comparisons that must hold, as facts. `condition` is over atoms. */
function addFactsOf(state: State, condition: Cond, outcome: boolean): void {
  switch (condition.kind) {
    case "compare":
      addComparison(state, condition, outcome);
      return;
    case "and":
    case "or":
      if ((condition.kind === "and") !== outcome) return;
      addFactsOf(state, condition.left, outcome);
      addFactsOf(state, condition.right, outcome);
      return;
    case "not":
      addFactsOf(state, condition.operand, !outcome);
      return;
    default:
      return;
  }
}

/** `left operator right` as `low + gap ≤ high`, where low is left or right; none for `!=`. */
const ORDERS: Readonly<
  Record<Compare["operator"], readonly { readonly low: "left" | "right"; readonly gap: 0 | 1 }[]>
> = {
  "==": [
    { low: "left", gap: 0 },
    { low: "right", gap: 0 },
  ],
  "!=": [],
  "<": [{ low: "left", gap: 1 }],
  "<=": [{ low: "left", gap: 0 }],
  ">": [{ low: "right", gap: 1 }],
  ">=": [{ low: "right", gap: 0 }],
};

function addComparison(state: State, condition: Compare, outcome: boolean): void {
  const left = formOfExpr(condition.left, () => undefined);
  const right = formOfExpr(condition.right, () => undefined);
  if (left === null || right === null) return;
  const operator = outcome ? condition.operator : OPPOSITE[condition.operator];
  for (const { low, gap } of ORDERS[operator]) {
    const [least, most] = low === "left" ? [left, right] : [right, left];
    addOrder(state, addForms(least, constantForm(gap)), most);
  }
}
