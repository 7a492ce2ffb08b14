// What a condition, once it held or failed, says about the slots in it: bounds propagation over linear comparisons.
// Sound, not complete. Must not know what an operation does.

import { assertNever } from "../../base/assert.ts";
import {
  hull,
  type Interval,
  type IntervalOf,
  intersect,
  intervalOfExpr,
  intervalOfForm,
  isEmpty,
  negated,
  plus,
} from "./interval.ts";
import type { Cond, Expr, Range, Slot } from "./ir.ts";
import { constantForm, formOfExpr, type LinearForm, scaleForm, subtractForms } from "./linear.ts";

/** What is known once a condition has the given outcome. */
export interface Narrowed {
  /** False: the condition never has that outcome. `slots` then says nothing. */
  readonly isPossible: boolean;
  /** The slots that lie in a smaller interval than before; the others are unchanged. */
  readonly slots: ReadonlyMap<Slot, Interval>;
}

const UNCHANGED: Narrowed = { isPossible: true, slots: new Map() };
const IMPOSSIBLE: Narrowed = { isPossible: false, slots: new Map() };

/** The slots that `condition` bounds more tightly when it turns out as `outcome`, given what they are before. */
export function narrow(condition: Cond, outcome: boolean, intervalOf: IntervalOf): Narrowed {
  switch (condition.kind) {
    case "compare":
      return narrowCompare(condition, outcome, intervalOf);
    case "in":
      return outcome
        ? anyOf(
            condition.ranges.map((range) => within(condition.value, range)),
            intervalOf,
          )
        : narrowOutside(condition.value, condition.ranges, intervalOf);
    case "equals":
      return outcome ? anyOf(lengthsOf(condition), intervalOf) : UNCHANGED;
    case "has":
      if (!outcome) return UNCHANGED;
      return narrow(compare(">=", condition.view.length, constant(1)), true, intervalOf);
    case "encoding":
      return UNCHANGED;
    case "and":
    case "or": {
      // not (a and b) is (not a) or (not b), and the other way round.
      const isBoth = (condition.kind === "and") === outcome;
      const sides = [condition.left, condition.right];
      const outcomes = sides.map((side) => (known: IntervalOf) => narrow(side, outcome, known));
      return isBoth ? allHold(outcomes, intervalOf) : anyHolds(outcomes, intervalOf);
    }
    case "not":
      return narrow(condition.operand, !outcome, intervalOf);
    case "true":
      return outcome ? UNCHANGED : IMPOSSIBLE;
    default:
      return assertNever(condition);
  }
}

/** `intervalOf` with what was narrowed put before it. */
function withNarrowed(narrowed: Narrowed, intervalOf: IntervalOf): IntervalOf {
  return (slot) => narrowed.slots.get(slot) ?? intervalOf(slot);
}

type Step = (known: IntervalOf) => Narrowed;

function allHold(steps: readonly Step[], intervalOf: IntervalOf): Narrowed {
  let all = UNCHANGED;
  for (const step of steps) {
    const next = step(withNarrowed(all, intervalOf));
    if (!next.isPossible) return IMPOSSIBLE;
    all = { isPossible: true, slots: new Map([...all.slots, ...next.slots]) };
  }
  return all;
}

function anyHolds(steps: readonly Step[], intervalOf: IntervalOf): Narrowed {
  const possible = steps.map((step) => step(intervalOf)).filter((each) => each.isPossible);
  const [first, ...others] = possible;
  if (first === undefined) return IMPOSSIBLE;
  const slots = new Map<Slot, Interval>();
  for (const [slot, interval] of first.slots) {
    const covered = others.reduce(
      (sum, each) => hull(sum, withNarrowed(each, intervalOf)(slot)),
      interval,
    );
    const before = intervalOf(slot);
    if (covered.lo > before.lo || covered.hi < before.hi) slots.set(slot, covered);
  }
  return { isPossible: true, slots };
}

function anyOf(conditions: readonly Cond[], intervalOf: IntervalOf): Narrowed {
  return anyHolds(
    conditions.map((condition) => (known: IntervalOf) => narrow(condition, true, known)),
    intervalOf,
  );
}

/** Outside of every range: only ranges at an end of what is left shorten it, so they are tried from both ends. */
function narrowOutside(value: Expr, ranges: readonly Range[], intervalOf: IntervalOf): Narrowed {
  const steps = [...ranges, ...ranges.toReversed()].map((range) => (known: IntervalOf) => {
    const below = compare("<", value, constant(range.lo));
    const above = compare(">", value, constant(range.hi));
    return anyOf([below, above], known);
  });
  return allHold(steps, intervalOf);
}

function lengthsOf(condition: Extract<Cond, { kind: "equals" }>): readonly Cond[] {
  return condition.literals.map((literal) =>
    compare("==", condition.view.length, constant(literal.length)),
  );
}

type Compare = Extract<Cond, { kind: "compare" }>;

/** The comparison that holds exactly where the other does not. */
export const OPPOSITE: Readonly<Record<Compare["operator"], Compare["operator"]>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

function narrowCompare(condition: Compare, outcome: boolean, intervalOf: IntervalOf): Narrowed {
  const operator = outcome ? condition.operator : OPPOSITE[condition.operator];
  const difference = differenceOf(condition, intervalOf);
  const opposite = turned(difference);
  switch (operator) {
    case "<=":
      return atMost(difference, 0, intervalOf);
    case "<":
      return atMost(difference, -1, intervalOf);
    case ">=":
      return atMost(opposite, 0, intervalOf);
    case ">":
      return atMost(opposite, -1, intervalOf);
    case "==":
      return allHold(
        [(known) => atMost(difference, 0, known), (known) => atMost(opposite, 0, known)],
        intervalOf,
      );
    case "!=":
      return anyHolds(
        [(known) => atMost(difference, -1, known), (known) => atMost(opposite, -1, known)],
        intervalOf,
      );
    default:
      return assertNever(operator);
  }
}

/** left − right as a linear form plus something only known to lie in `slack` (the sides that are not linear). */
interface Difference {
  readonly form: LinearForm;
  readonly slack: Interval;
}

function differenceOf(condition: Compare, intervalOf: IntervalOf): Difference {
  const left = sideOf(condition.left, intervalOf);
  const right = sideOf(condition.right, intervalOf);
  return {
    form: subtractForms(left.form, right.form),
    slack: plus(left.slack, negated(right.slack)),
  };
}

function sideOf(expr: Expr, intervalOf: IntervalOf): Difference {
  const form = formOfExpr(expr, () => undefined);
  if (form !== null) return { form, slack: { lo: 0, hi: 0 } };
  return { form: constantForm(0), slack: intervalOfExpr(expr, intervalOf) };
}

function turned(difference: Difference): Difference {
  return { form: scaleForm(difference.form, -1), slack: negated(difference.slack) };
}

/** difference ≤ limit: each slot against the least that all the rest can be. */
function atMost(difference: Difference, limit: number, intervalOf: IntervalOf): Narrowed {
  const { form, slack } = difference;
  if (isEmpty(slack) || plus(intervalOfForm(form, intervalOf), slack).lo > limit) return IMPOSSIBLE;
  const slots = new Map<Slot, Interval>();
  for (const [slot, coefficient] of form.terms) {
    const terms = new Map(form.terms);
    terms.delete(slot);
    const rest = plus(intervalOfForm({ constant: form.constant, terms }, intervalOf), slack);
    const before = intervalOf(slot);
    const after = intersect(before, boundOf(coefficient, limit - rest.lo));
    if (isEmpty(after)) return IMPOSSIBLE;
    if (after.lo > before.lo || after.hi < before.hi) slots.set(slot, after);
  }
  return { isPossible: true, slots };
}

/** The x with coefficient · x ≤ limit. */
function boundOf(coefficient: number, limit: number): Interval {
  if (Number.isNaN(limit)) return { lo: -Infinity, hi: Infinity };
  return coefficient > 0
    ? { lo: -Infinity, hi: Math.floor(limit / coefficient) }
    : { lo: Math.ceil(limit / coefficient) + 0, hi: Infinity };
}

function compare(operator: Compare["operator"], left: Expr, right: Expr): Compare {
  return { kind: "compare", operator, left, right };
}

function within(value: Expr, range: Range): Cond {
  const atLeast = compare(">=", value, constant(range.lo));
  const noMore = compare("<=", value, constant(range.hi));
  return { kind: "and", left: atLeast, right: noMore };
}

function constant(value: number): Expr {
  return { kind: "const", value };
}
