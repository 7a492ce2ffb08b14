// Which relations between slots are looked for where paths meet: those that the program's own bounds, conditions and
// reads speak of. Anything else could not be used anyway.

import type { Cond, Expr, Op, Position, Slot, View } from "../ir.ts";
import {
  addForms,
  constantForm,
  formOfExpr,
  formOfPosition,
  type LinearForm,
  slotForm,
  subtractForms,
} from "../linear.ts";
import { bodiesOf, everyOp, slotsSet } from "../passes/access.ts";
import { textOf } from "./state.ts";

/** A form over slots that may be known not to be negative; with `isEnd`: bytes present less the form. */
export interface Template {
  readonly form: LinearForm;
  readonly isEnd: boolean;
}

/** The templates of a program, each once, none of constants alone. */
export function templatesOf(ops: readonly Op[]): readonly Template[] {
  const all = new Map<string, Template>();
  for (const op of everyOp(ops)) {
    for (const template of templatesOfOp(op)) {
      if (template.form.terms.size === 0) continue;
      all.set(`${template.isEnd} ${textOf(template.form)}`, template);
    }
  }
  return [...all.values()];
}

/** The slots that a sequence or anything within it sets. */
export function slotsSetIn(ops: readonly Op[]): ReadonlySet<Slot> {
  const slots = new Set<Slot>();
  for (const op of everyOp(ops)) for (const slot of slotsSet(op)) slots.add(slot);
  return slots;
}

/** Whether a sequence sets a key or writes scratch. */
export function hasEffects(ops: readonly Op[]): boolean {
  return ops.some(
    (op) =>
      op.kind === "key" || op.kind === "rewrite" || bodiesOf(op).some((body) => hasEffects(body)),
  );
}

function templatesOfOp(op: Op): readonly Template[] {
  switch (op.kind) {
    case "bound":
      return [...orderOf(op.to, op.end), end(positionForm(op.to)), end(positionForm(op.end))];
    case "await":
      return [end(positionForm(op.to))];
    case "load":
      return [end(addForms(positionForm(op.at), constantForm(op.bytes)))];
    case "guard":
      return templatesOfCond(op.condition);
    case "if":
      return templatesOfCond(op.condition);
    case "loop":
      return [
        ...templatesOfCond(op.while),
        ...(op.advances === null ? [] : [end(slotForm(op.advances))]),
      ];
    case "varint":
    case "scan": {
      const to = op.extent.kind === "window" ? op.extent.end : null;
      const next = [end(slotForm(op.next))];
      return to === null
        ? next
        : [...next, end(positionForm(to)), ...orderOf({ base: op.next, offset: 0 }, to)];
    }
    case "calc": {
      const form = slotFormOf(op.value);
      return form === null ? [] : [end(slotForm(op.slot)), notNegative(form)];
    }
    case "digits":
      return templatesOfView(op.view);
    case "select":
      return [...templatesOfView(op.view), end(foundEnd(op.into.offset, op.into.length))];
    case "clear":
      return [end(foundEnd(op.into.offset, op.into.length))];
    case "piece":
    case "pair":
    case "header":
    case "url":
      return [...templatesOfView(op.of), end(foundEnd(op.into.offset, op.into.length))];
    case "trim":
      return [...templatesOfView(op.of), end(foundEnd(op.offset, op.length))];
    case "rewrite":
    case "number":
      return templatesOfView(op.of);
    case "checksum":
      return [...orderOf(op.from, op.to), end(positionForm(op.to))];
    case "key":
      return op.value.kind === "view" ? templatesOfView(op.value.view) : [];
    case "field":
      return templatesOfView(op.view);
    case "verdict": {
      const place = op.verdict.kind === "key" ? op.verdict.inspected : op.verdict.length;
      return [end(positionForm(place))];
    }
    case "open":
    case "fail":
    case "switch":
    case "leave":
      return [];
  }
}

function templatesOfView(view: View): readonly Template[] {
  const length = slotFormOf(view.length);
  if (length === null) return [];
  const to = addForms(positionForm(view.at), length);
  // The end of scratch is a constant, so an upper bound of the sum is in its slots' intervals.
  return [notNegative(length), ...(view.source === "wire" ? [end(to)] : [])];
}

function templatesOfCond(condition: Cond): readonly Template[] {
  switch (condition.kind) {
    case "compare": {
      const left = slotFormOf(condition.left);
      const right = slotFormOf(condition.right);
      if (left === null || right === null) return [];
      return [notNegative(subtractForms(right, left)), notNegative(subtractForms(left, right))];
    }
    case "and":
    case "or":
      return [...templatesOfCond(condition.left), ...templatesOfCond(condition.right)];
    case "not":
      return templatesOfCond(condition.operand);
    case "equals":
    case "has":
    case "encoding":
      return templatesOfView(condition.view);
    case "in":
    case "true":
      return [];
  }
}

/** `to ≤ end`, and the same for the slot that `to` counts from. */
function orderOf(to: Position, bound: Position): readonly Template[] {
  const order = notNegative(subtractForms(positionForm(bound), positionForm(to)));
  if (to.base === null || to.offset === 0) return [order];
  return [order, notNegative(subtractForms(positionForm(bound), slotForm(to.base)))];
}

function foundEnd(offset: Slot, length: Slot): LinearForm {
  return addForms(slotForm(offset), slotForm(length));
}

function positionForm(position: Position): LinearForm {
  return formOfPosition(position, () => undefined);
}

function slotFormOf(expr: Expr): LinearForm | null {
  return formOfExpr(expr, () => undefined);
}

function end(form: LinearForm): Template {
  return { form, isEnd: true };
}

function notNegative(form: LinearForm): Template {
  return { form, isEnd: false };
}
