// Linear forms over slots: a constant plus integer multiples of slots. How positions are compared without knowing
// their values. Must not know what an operation does.

import type { Expr, Position, Slot } from "./ir.ts";

/**
 * constant + Σ coefficient · slot. Canonical: no coefficient is 0, so equal forms have equal parts. All numbers are
 * integers of magnitude at most 2^53 − 1.
 */
export interface LinearForm {
  readonly constant: number;
  readonly terms: ReadonlyMap<Slot, number>;
}

/** What a slot stands for: a form that replaces it, or undefined where the slot stands for itself. */
export type Expand = (slot: Slot) => LinearForm | undefined;

/** The form of a fixed number. */
export function constantForm(constant: number): LinearForm {
  return { constant, terms: new Map() };
}

/** The form of a slot by itself. */
export function slotForm(slot: Slot): LinearForm {
  return { constant: 0, terms: new Map([[slot, 1]]) };
}

/** `left + right`. */
export function addForms(left: LinearForm, right: LinearForm): LinearForm {
  const terms = new Map(left.terms);
  for (const [slot, coefficient] of right.terms) {
    const sum = (terms.get(slot) ?? 0) + coefficient;
    if (sum === 0) terms.delete(slot);
    else terms.set(slot, sum);
  }
  return { constant: left.constant + right.constant, terms };
}

/** `left − right`. */
export function subtractForms(left: LinearForm, right: LinearForm): LinearForm {
  return addForms(left, scaleForm(right, -1));
}

/** `form · factor`; `factor` is an integer. */
export function scaleForm(form: LinearForm, factor: number): LinearForm {
  if (factor === 0) return constantForm(0);
  const terms = new Map<Slot, number>();
  for (const [slot, coefficient] of form.terms) terms.set(slot, coefficient * factor);
  // `+ 0` turns the −0 of 0 · −1 into 0.
  return { constant: form.constant * factor + 0, terms };
}

/** Whether both are the same form. */
export function sameForm(left: LinearForm, right: LinearForm): boolean {
  if (left.constant !== right.constant || left.terms.size !== right.terms.size) return false;
  return [...left.terms].every(([slot, coefficient]) => right.terms.get(slot) === coefficient);
}

/**
 * The form of an expression, or null where it is none: `/ % & | >>`, a product of two unknowns, or numbers beyond
 * 2^53 − 1. Constant operands are folded first, so `(a + 1) * (3 - 1)` and `a << 2` are linear.
 */
export function formOfExpr(expr: Expr, expand: Expand): LinearForm | null {
  const form = unchecked(expr, expand);
  return form === null || !isExact(form) ? null : form;
}

/** The form of a position; never null, since a position is linear by its shape. */
export function formOfPosition(position: Position, expand: Expand): LinearForm {
  const offset = constantForm(position.offset);
  if (position.base === null) return offset;
  return addForms(expand(position.base) ?? slotForm(position.base), offset);
}

function unchecked(expr: Expr, expand: Expand): LinearForm | null {
  if (expr.kind === "const") return constantForm(expr.value);
  if (expr.kind === "slot") return expand(expr.slot) ?? slotForm(expr.slot);
  const left = formOfExpr(expr.left, expand);
  const right = formOfExpr(expr.right, expand);
  if (left === null || right === null) return null;
  if (expr.operator === "+") return addForms(left, right);
  if (expr.operator === "-") return subtractForms(left, right);
  if (expr.operator === "*") return product(left, right);
  if (right.terms.size > 0) return null;
  // x << n is x · 2^n: its operands lie in [0, 2^32 − 1] and the result is proven exact.
  if (expr.operator === "<<")
    return right.constant > 52 ? null : scaleForm(left, 2 ** right.constant);
  return left.terms.size > 0 ? null : folded(expr.operator, left.constant, right.constant);
}

function product(left: LinearForm, right: LinearForm): LinearForm | null {
  if (right.terms.size === 0) return scaleForm(left, right.constant);
  return left.terms.size === 0 ? scaleForm(right, left.constant) : null;
}

function folded(operator: "/" | "%" | "&" | "|" | ">>", left: number, right: number) {
  switch (operator) {
    case "/":
      return right === 0 ? null : constantForm(Math.trunc(left / right) + 0);
    case "%":
      return right === 0 ? null : constantForm((left % right) + 0);
    case "&":
      return constantForm((left & right) >>> 0);
    case "|":
      return constantForm((left | right) >>> 0);
    case ">>":
      return constantForm(right > 31 ? 0 : left >>> right);
  }
}

function isExact(form: LinearForm): boolean {
  return (
    Number.isSafeInteger(form.constant) && [...form.terms.values()].every(Number.isSafeInteger)
  );
}
