// Expressions, conditions and positions with everything decided that constants and the slots' intervals decide.

import { assertNever } from "../../../base/assert.ts";
import { type Interval, type IntervalOf, intervalOfExpr } from "../interval.ts";
import type { Cond, Expr, Need, Position, Range, SlotInfo, View } from "../ir.ts";

/** Decides parts of one program; slots are known by their declared intervals alone. */
export interface Folding {
  readonly expr: (expr: Expr) => Expr;
  readonly cond: (cond: Cond) => Cond;
  readonly position: (position: Position) => Position;
  readonly view: (view: View) => View;
  readonly need: (need: Need) => Need;
  /** Whether `to` lies at or before `end`: always, never, or null where it depends. */
  readonly isWithin: (to: Position, end: Position) => boolean | null;
}

const TRUE: Cond = { kind: "true" };
const FALSE: Cond = { kind: "not", operand: TRUE };

/** Whether the condition is `true`, its negation, or null: neither. */
export function outcomeOf(cond: Cond): boolean | null {
  if (cond.kind === "true") return true;
  return cond.kind === "not" && cond.operand.kind === "true" ? false : null;
}

/** The folding for a program's slots. */
export function foldingFor(slots: readonly SlotInfo[]): Folding {
  const intervalOf: IntervalOf = (slot) => slots[slot] ?? { lo: -Infinity, hi: Infinity };
  const intervalOfPosition = ({ base, offset }: Position): Interval => {
    const { lo, hi } = base === null ? { lo: 0, hi: 0 } : intervalOf(base);
    return { lo: lo + offset, hi: hi + offset };
  };

  const expr = (each: Expr): Expr => {
    const { lo, hi } = intervalOfExpr(each, intervalOf);
    if (lo === hi && Number.isSafeInteger(lo)) return { kind: "const", value: lo };
    if (each.kind !== "binary") return each;
    return withoutNeutral({ ...each, left: expr(each.left), right: expr(each.right) });
  };

  const position = (each: Position): Position => {
    const { lo, hi } = intervalOfPosition(each);
    return lo === hi ? { base: null, offset: lo } : each;
  };

  const view = (each: View): View => ({
    source: each.source,
    at: position(each.at),
    length: expr(each.length),
  });

  const isWithin = (to: Position, end: Position): boolean | null => {
    if (to.base === end.base) return to.offset <= end.offset;
    const first = intervalOfPosition(to);
    const last = intervalOfPosition(end);
    if (first.hi <= last.lo) return true;
    return first.lo > last.hi ? false : null;
  };

  const need = (list: Need): Need => {
    const positions = list.map(position);
    return positions.filter((each, index) =>
      positions.every((other, at) => {
        if (at === index || isWithin(each, other) !== true) return true;
        // Of two that are always equal the first stays.
        return isWithin(other, each) === true && index < at;
      }),
    );
  };

  const cond = (each: Cond): Cond => {
    switch (each.kind) {
      case "compare": {
        const left = expr(each.left);
        const right = expr(each.right);
        const known = compared(
          each.operator,
          intervalOfExpr(left, intervalOf),
          intervalOfExpr(right, intervalOf),
        );
        return known === null ? { ...each, left, right } : constant(known);
      }
      case "in":
        return inRanges(expr(each.value), each.ranges, intervalOf);
      case "equals":
        return equalsOne(view(each.view), each.literals, intervalOf);
      case "has":
      case "encoding":
        return { ...each, view: view(each.view) };
      case "and":
      case "or":
        return joined(each.kind, cond(each.left), cond(each.right));
      case "not": {
        const operand = cond(each.operand);
        if (operand.kind === "not") return operand.operand;
        return { kind: "not", operand };
      }
      case "true":
        return each;
      default:
        return assertNever(each);
    }
  };

  return { expr, cond, position, view, need, isWithin };
}

type BinaryExpr = Extract<Expr, { kind: "binary" }>;
type Compare = Extract<Cond, { kind: "compare" }>;

function constant(value: boolean): Cond {
  return value ? TRUE : FALSE;
}

/** `x + 0`, `x - 0`, `x * 1`, `x / 1`, `x << 0`, `x >> 0`, `x | 0` are x. */
function withoutNeutral(expr: BinaryExpr): Expr {
  const { operator, left, right } = expr;
  const neutral = operator === "*" || operator === "/" ? 1 : 0;
  const isCommutative = operator === "+" || operator === "*" || operator === "|";
  if (operator === "%" || operator === "&") return expr;
  if (right.kind === "const" && right.value === neutral) return left;
  return isCommutative && left.kind === "const" && left.value === neutral ? right : expr;
}

function compared(operator: Compare["operator"], left: Interval, right: Interval): boolean | null {
  switch (operator) {
    case "<":
      return left.hi < right.lo ? true : left.lo >= right.hi ? false : null;
    case "<=":
      return left.hi <= right.lo ? true : left.lo > right.hi ? false : null;
    case ">":
      return compared("<", right, left);
    case ">=":
      return compared("<=", right, left);
    case "==": {
      if (left.hi < right.lo || right.hi < left.lo) return false;
      return left.lo === left.hi && right.lo === right.hi ? left.lo === right.lo : null;
    }
    case "!=": {
      const equal = compared("==", left, right);
      return equal === null ? null : !equal;
    }
    default:
      return assertNever(operator);
  }
}

/** Ranges are cut to what the value may be; one range becomes comparisons, of which those that always hold go. */
function inRanges(value: Expr, ranges: readonly Range[], intervalOf: IntervalOf): Cond {
  const { lo, hi } = intervalOfExpr(value, intervalOf);
  const possible = ranges
    .filter((range) => range.hi >= lo && range.lo <= hi)
    .map((range) => ({ lo: Math.max(range.lo, lo), hi: Math.min(range.hi, hi) }));
  const [only] = possible;
  if (only === undefined) return FALSE;
  if (possible.length > 1) return { kind: "in", value, ranges: possible };
  const compare = (operator: Compare["operator"], bound: number): Cond => ({
    kind: "compare",
    operator,
    left: value,
    right: { kind: "const", value: bound },
  });
  if (only.lo === lo && only.hi === hi) return TRUE;
  if (only.lo === only.hi) return compare("==", only.lo);
  const atLeast = only.lo === lo ? TRUE : compare(">=", only.lo);
  const atMost = only.hi === hi ? TRUE : compare("<=", only.hi);
  return joined("and", atLeast, atMost);
}

function equalsOne(view: View, literals: readonly Uint8Array[], intervalOf: IntervalOf): Cond {
  const { lo, hi } = intervalOfExpr(view.length, intervalOf);
  const possible = literals.filter(({ length }) => length >= lo && length <= hi);
  if (possible.length === 0) return FALSE;
  return { kind: "equals", view, literals: possible };
}

function joined(kind: "and" | "or", left: Cond, right: Cond): Cond {
  const decisive = kind === "or";
  const first = outcomeOf(left);
  const second = outcomeOf(right);
  if (first === decisive || second === decisive) return constant(decisive);
  if (first !== null) return right;
  return second === null ? { kind, left, right } : left;
}
