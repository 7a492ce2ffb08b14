// Variable-length integers and delimiters: what they need, and where they leave the position behind them.

import type { Op } from "../ir.ts";
import { addForms, constantForm, type LinearForm } from "../linear.ts";
import { type Context, freshForm, report } from "./context.ts";
import { checksOf } from "./reads.ts";
import { addOrder, addPresent, intervalIn, isNotNegative, isPresent, type State } from "./state.ts";
import { checkSuspension } from "./suspension.ts";
import { assignForm, assignFresh, valueOfPosition } from "./values.ts";

type OpOf<Kind extends Op["kind"]> = Extract<Op, { kind: Kind }>;

/** A variable-length integer: `next` is 1 to `most` bytes behind `at`, and what is before it is present. */
export function followVarint(context: Context, state: State, op: OpOf<"varint">): State {
  const checks = checksOf(context, state, op);
  checks.place(op.at);
  checks.fail(op.fail);
  if (op.extent.kind === "window") checks.fail(op.extent.short);
  const at = valueOfPosition(context, state, op, op.at);
  const last = addForms(at, constantForm(op.most));
  const end = endOf(context, state, op, last);
  assignFresh(context, state, op, op.slot, { lo: 0, hi: context.program.slots[op.slot]?.hi ?? 0 });
  const first = addForms(at, constantForm(1));
  addPresent(state, assignBetween(context, state, op, op.next, { first, last, end }));
  return state;
}

/** A delimiter: `found` is 0 to `max` bytes behind `from`, `next` a mark behind `found` and present. */
export function followScan(context: Context, state: State, op: OpOf<"scan">): State {
  const checks = checksOf(context, state, op);
  checks.place(op.from);
  checks.fail(op.fail);
  const lengths = op.marks.map((mark) => mark.length);
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  const first = valueOfPosition(context, state, op, op.from);
  const last = addForms(first, constantForm(op.max));
  const end = endOf(context, state, op, addForms(last, constantForm(longest)));
  const latest = end === null ? null : addForms(end, constantForm(-shortest));
  const found = assignBetween(context, state, op, op.found, { first, last, end: latest });
  const after = (length: number) => addForms(found, constantForm(length));
  if (shortest === longest) {
    assignForm(context, state, op, op.next, after(shortest));
    addPresent(state, after(shortest));
    return state;
  }
  const range = { first: after(shortest), last: after(longest), end };
  addPresent(state, assignBetween(context, state, op, op.next, range));
  return state;
}

/** The window's end, whose bytes must be present; null where the operation suspends, for `most` bytes at most. */
function endOf(
  context: Context,
  state: State,
  op: OpOf<"varint"> | OpOf<"scan">,
  most: LinearForm,
): LinearForm | null {
  if (op.extent.kind === "suspend") {
    checkSuspension(context, state, op, most);
    for (const floor of op.extent.need.floors) checksOf(context, state, op).place(floor);
    return null;
  }
  const end = valueOfPosition(context, state, op, op.extent.end);
  if (!isPresent(state, end)) report(context, op, "its window is not proven present");
  if (!isNotNegative(state, end)) report(context, op, "its window may end before the frame");
  return end;
}

/** A new value of at least `first`, at most `last` and, where there is one, at most the window's end. */
function assignBetween(
  context: Context,
  state: State,
  op: Op,
  slot: number,
  range: { readonly first: LinearForm; readonly last: LinearForm; readonly end: LinearForm | null },
): LinearForm {
  const { lo } = intervalIn(state, range.first);
  const most = Math.min(
    ...[range.last, range.end ?? range.last].map((form) => intervalIn(state, form).hi),
  );
  const form = freshForm(context, state, { lo, hi: most });
  addOrder(state, range.first, form);
  addOrder(state, form, range.last);
  if (range.end !== null) addOrder(state, form, range.end);
  assignForm(context, state, op, slot, form);
  return form;
}
