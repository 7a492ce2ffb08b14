// Interval arithmetic over exact integers: what an expression may be, and the bounds of a linear form. Sound, not
// complete. Must not know what an operation does.

import type { Expr, Slot } from "./ir.ts";
import type { LinearForm } from "./linear.ts";

/**
 * Inclusive at both ends; empty where `lo > hi`. A value that may leave ±(2^53 − 1) has an infinite end: ends are never
 * rounded, so an end that is finite is exact.
 */
export interface Interval {
  readonly lo: number;
  readonly hi: number;
}

/** The interval in which a slot lies at the place that is looked at. */
export type IntervalOf = (slot: Slot) => Interval;

/** Largest operand of `& | << >>`. */
export const BIT_OPERAND_MAX = 2 ** 32 - 1;

/** Every value there is, and more than is exact. */
export const EVERYTHING: Interval = { lo: -Infinity, hi: Infinity };

/** No value. */
export const NOTHING: Interval = { lo: Infinity, hi: -Infinity };

/** Whether no value lies in the interval. */
export function isEmpty(interval: Interval): boolean {
  return interval.lo > interval.hi;
}

/** The smallest interval that covers both; an empty one adds nothing. */
export function hull(left: Interval, right: Interval): Interval {
  if (isEmpty(left)) return right;
  if (isEmpty(right)) return left;
  return { lo: Math.min(left.lo, right.lo), hi: Math.max(left.hi, right.hi) };
}

/** What lies in both; `NOTHING` where they are disjoint. */
export function intersect(left: Interval, right: Interval): Interval {
  const both = { lo: Math.max(left.lo, right.lo), hi: Math.min(left.hi, right.hi) };
  return isEmpty(both) ? NOTHING : both;
}

/** Whether every value of `inner` lies in `outer`. */
export function isWithin(inner: Interval, outer: Interval): boolean {
  return isEmpty(inner) || (inner.lo >= outer.lo && inner.hi <= outer.hi);
}

/**
 * All values an expression may take, with infinite ends where it may leave ±(2^53 − 1), divide by zero or use a bit
 * operation outside [0, 2^32 − 1]. An inner step that overflows may be hidden by an outer one: see `isExactExpr`.
 */
export function intervalOfExpr(expr: Expr, intervalOf: IntervalOf): Interval {
  if (expr.kind === "const") return saturated(expr.value, expr.value);
  if (expr.kind === "slot") return intervalOf(expr.slot);
  const left = intervalOfExpr(expr.left, intervalOf);
  const right = intervalOfExpr(expr.right, intervalOf);
  if (isEmpty(left) || isEmpty(right)) return NOTHING;
  return OPERATORS[expr.operator](left, right);
}

/** Whether no step of the expression can leave ±(2^53 − 1), divide by zero or have a bit operand out of range. */
export function isExactExpr(expr: Expr, intervalOf: IntervalOf): boolean {
  const { lo, hi } = intervalOfExpr(expr, intervalOf);
  if (lo === -Infinity || hi === Infinity) return false;
  if (expr.kind !== "binary") return true;
  return isExactExpr(expr.left, intervalOf) && isExactExpr(expr.right, intervalOf);
}

/** The least value of a form; −Infinity where it may leave the exact integers. */
export function lowerBound(form: LinearForm, intervalOf: IntervalOf): number {
  return intervalOfForm(form, intervalOf).lo;
}

/** The greatest value of a form; Infinity where it may leave the exact integers. */
export function upperBound(form: LinearForm, intervalOf: IntervalOf): number {
  return intervalOfForm(form, intervalOf).hi;
}

/** All values of a form, each slot taken to vary by itself. */
export function intervalOfForm(form: LinearForm, intervalOf: IntervalOf): Interval {
  let sum = saturated(form.constant, form.constant);
  for (const [slot, coefficient] of form.terms) {
    const value = intervalOf(slot);
    if (isEmpty(value)) return NOTHING;
    sum = plus(sum, times(value, { lo: coefficient, hi: coefficient }));
  }
  return sum;
}

/** `left + right`, of non-empty intervals. */
export function plus(left: Interval, right: Interval): Interval {
  return saturated(left.lo + right.lo, left.hi + right.hi);
}

/** `−interval`. */
export function negated(interval: Interval): Interval {
  return { lo: 0 - interval.hi, hi: 0 - interval.lo };
}

type Binary = Extract<Expr, { kind: "binary" }>["operator"];

const OPERATORS: Readonly<Record<Binary, (left: Interval, right: Interval) => Interval>> = {
  "+": plus,
  "-": (left, right) => plus(left, negated(right)),
  "*": times,
  "/": dividedBy,
  "%": remainder,
  "&": (left, right) => ofBits(left, right, bitAnd),
  "|": (left, right) => ofBits(left, right, bitOr),
  "<<": (left, right) => ofBits(left, right, shiftLeft),
  ">>": (left, right) => ofBits(left, right, shiftRight),
};

/** Ends beyond the exact integers become infinite outwards; an inner end beyond them stays at the last exact one. */
function saturated(lo: number, hi: number): Interval {
  const max = Number.MAX_SAFE_INTEGER;
  return {
    lo: lo < -max ? -Infinity : Math.min(lo, max),
    hi: hi > max ? Infinity : Math.max(hi, -max),
  };
}

function times(left: Interval, right: Interval): Interval {
  return corners(left, right, (a, b) => (a === 0 || b === 0 ? 0 : a * b));
}

function dividedBy(left: Interval, right: Interval): Interval {
  if (right.lo <= 0 && right.hi >= 0) return EVERYTHING;
  // A divisor of one sign: monotone in each operand, so the corners hold the extremes.
  return corners(left, right, (a, b) => (Number.isFinite(b) ? Math.trunc(a / b) : 0));
}

function corners(left: Interval, right: Interval, of: (a: number, b: number) => number): Interval {
  const values = [
    of(left.lo, right.lo),
    of(left.lo, right.hi),
    of(left.hi, right.lo),
    of(left.hi, right.hi),
  ];
  return saturated(Math.min(...values) + 0, Math.max(...values) + 0);
}

/** Truncating: the sign is the dividend's, the magnitude below the divisor's and at most the dividend's. */
function remainder(left: Interval, right: Interval): Interval {
  if (right.lo <= 0 && right.hi >= 0) return EVERYTHING;
  const least = Math.min(Math.abs(right.lo), Math.abs(right.hi));
  const most = Math.max(Math.abs(right.lo), Math.abs(right.hi)) - 1;
  if (left.lo > -least && left.hi < least) return left;
  if (left.lo === left.hi && right.lo === right.hi) return point((left.lo % right.lo) + 0);
  return saturated(
    left.lo < 0 ? Math.max(left.lo, -most) : 0,
    left.hi > 0 ? Math.min(left.hi, most) : 0,
  );
}

function ofBits(left: Interval, right: Interval, of: (a: Interval, b: Interval) => Interval) {
  const operands = { lo: 0, hi: BIT_OPERAND_MAX };
  return isWithin(left, operands) && isWithin(right, operands) ? of(left, right) : EVERYTHING;
}

function bitAnd(left: Interval, right: Interval): Interval {
  if (isPoint(left) && isPoint(right)) return point((left.lo & right.lo) >>> 0);
  return { lo: 0, hi: Math.min(left.hi, right.hi) };
}

function bitOr(left: Interval, right: Interval): Interval {
  if (isPoint(left) && isPoint(right)) return point((left.lo | right.lo) >>> 0);
  const allBits = 2 ** (32 - Math.clz32(Math.max(left.hi, right.hi))) - 1;
  return { lo: Math.max(left.lo, right.lo), hi: Math.min(left.hi + right.hi, allBits) };
}

function shiftLeft(left: Interval, right: Interval): Interval {
  return times(left, { lo: 2 ** right.lo, hi: 2 ** right.hi });
}

function shiftRight(left: Interval, right: Interval): Interval {
  return { lo: shifted(left.lo, right.hi), hi: shifted(left.hi, right.lo) };
}

function shifted(value: number, by: number): number {
  return by > 31 ? 0 : value >>> by;
}

function point(value: number): Interval {
  return { lo: value, hi: value };
}

function isPoint(interval: Interval): boolean {
  return interval.lo === interval.hi;
}
