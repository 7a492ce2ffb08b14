// Loops: what holds at the head of every round is found by assuming all that holds before the first one and dropping,
// again and again, what a round does not keep.

import type { Interval } from "../interval.ts";
import type { Cond, Op, Slot } from "../ir.ts";
import { addForms, constantForm, scaleForm, subtractForms } from "../linear.ts";
import { type Context, freshForm, report } from "./context.ts";
import { holdsIn, instantiate, joinStates, mentions } from "./join.ts";
import { checksOf } from "./reads.ts";
import { addFact, addOrder, copyState, isAtMost, leastOf, mostOf, type State } from "./state.ts";
import { hasEffects, slotsSetIn, type Template } from "./templates.ts";
import { assignForm, assume, declared } from "./values.ts";

type Loop = Extract<Op, { kind: "loop" }>;
type Follow = (context: Context, before: State, ops: readonly Op[]) => State | null;

/** What is known at the head of every round, besides what the round does not change. */
interface Invariants {
  readonly templates: readonly Template[];
  /** By how much a slot grows in a round, at least and at most. */
  readonly growth: ReadonlyMap<Slot, Interval>;
}

/** The state behind a loop: its condition failed, or it was left. */
export function followLoop(
  context: Context,
  before: State,
  op: Loop,
  follow: Follow,
): State | null {
  assignForm(context, before, op, op.index, constantForm(0));
  const head = headOf(context, before, op, invariantsOf(context, before, op, follow));
  const checks = checksOf(context, head, op);
  checks.cond(op.while);
  checks.fail(op.overrun);
  const round = followRound(context, head, op, follow);
  if (round.end !== null) checkRound(context, head, op, round.end);
  return joinStates(context, [assume(context, head, op, op.while, false), ...round.leaves]);
}

/** What holds before the first round and is kept by every round. */
function invariantsOf(context: Context, before: State, op: Loop, follow: Follow): Invariants {
  const changed = new Set([...slotsSetIn(op.body), op.index]);
  let known: Invariants = {
    templates: context.templates.filter(
      (template) => mentions(template, changed) && holdsIn(before, template),
    ),
    growth: new Map(),
  };
  context.trials += 1;
  for (let isStable = false; !isStable; ) {
    const head = headOf(context, before, op, known);
    const { end } = followRound(context, head, op, follow);
    const templates = known.templates.filter((template) => end === null || holdsIn(end, template));
    isStable = templates.length === known.templates.length;
    // Taken from a round that assumed no growth, under templates that are kept: so it holds for each.
    known = { templates, growth: isStable ? growthOf(before, head, end) : new Map() };
  }
  context.trials -= 1;
  return known;
}

/** How much each slot that a round changes grows in it. */
function growthOf(before: State, head: State, end: State | null): ReadonlyMap<Slot, Interval> {
  const growth = new Map<Slot, Interval>();
  if (end === null) return growth;
  for (const slot of before.values.keys()) {
    const from = head.values.get(slot);
    const to = end.values.get(slot);
    if (from === undefined || to === undefined || from === before.values.get(slot)) continue;
    const difference = subtractForms(to, from);
    growth.set(slot, { lo: leastOf(end, difference), hi: mostOf(end, difference) });
  }
  return growth;
}

/** What is known at the head of any round: slots that rounds set are anything they may hold, but for the invariants. */
function headOf(context: Context, before: State, op: Loop, known: Invariants): State {
  const head = copyState(before);
  for (const slot of slotsSetIn(op.body)) {
    if (!head.values.has(slot)) continue;
    head.values.set(slot, freshForm(context, head, declared(context, slot)));
  }
  const index = freshForm(context, head, { lo: 0, hi: op.most });
  head.values.set(op.index, index);
  head.hasEffects ||= hasEffects(op.body);
  for (const template of known.templates) {
    const form = instantiate(head, template);
    if (form !== null) addFact(head, form);
  }
  for (const [slot, { lo, hi }] of known.growth) {
    const [start, now] = [before.values.get(slot), head.values.get(slot)];
    if (start === undefined || now === undefined) continue;
    if (Number.isFinite(lo)) addOrder(head, addForms(start, scaleForm(index, lo)), now);
    if (Number.isFinite(hi)) addOrder(head, now, addForms(start, scaleForm(index, hi)));
  }
  return head;
}

/** One round from its head: where it ends (with the index counted up), and the states that left. */
function followRound(
  context: Context,
  head: State,
  op: Loop,
  follow: Follow,
): { readonly end: State | null; readonly leaves: readonly State[] } {
  const leaves: State[] = [];
  const started = assume(
    context,
    head,
    op,
    { kind: "and", left: op.while, right: isBelowMost(op) },
    true,
  );
  if (started === null) return { end: null, leaves };
  context.leaves.push(leaves);
  const end = follow(context, started, op.body);
  context.leaves.pop();
  const index = end?.values.get(op.index);
  if (end !== null && index !== undefined) {
    assignForm(context, end, op, op.index, addForms(index, constantForm(1)));
  }
  return { end, leaves };
}

function checkRound(context: Context, head: State, op: Loop, end: State): void {
  for (const key of end.keys.keys()) {
    if (!head.keys.has(key)) report(context, op, `key ${key} is set in every round`);
  }
  if (op.advances === null) return;
  // The index always grows: that says nothing of the bytes that were read.
  if (op.advances === op.index) {
    report(context, op, `${context.phrases.slot(op.advances)} is the loop's own index`);
    return;
  }
  const from = head.values.get(op.advances);
  const to = end.values.get(op.advances);
  const hasAdvanced =
    from !== undefined && to !== undefined && isAtMost(end, addForms(from, constantForm(1)), to);
  if (!hasAdvanced) {
    report(context, op, `${context.phrases.slot(op.advances)} may not grow in a round`);
  }
}

function isBelowMost(op: Loop): Cond {
  return {
    kind: "compare",
    operator: "<",
    left: { kind: "slot", slot: op.index },
    right: { kind: "const", value: op.most },
  };
}
