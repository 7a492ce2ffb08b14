// Where the variables of slots are declared: at the operation that sets them, if that comes first and nothing outside of
// its block looks at them; else before the first operation that needs them.

import type { Op, Slot } from "../../ir/ir.ts";
import { bodiesOf, everyOp, slotsRead, slotsSet } from "../../ir/passes/access.ts";

export interface Declarations {
  /** How the operation declares the slot it sets; undefined: it only assigns. */
  readonly at: (op: Op, slot: Slot) => "const" | "let" | undefined;
  /** Slots to be declared before the operation. */
  readonly before: (op: Op) => readonly Slot[];
}

interface Plan {
  readonly at: Map<Op, Map<Slot, "const" | "let">>;
  readonly before: Map<Op, Slot[]>;
}

/** Places for all of `slots` that the sequences mention; each sequence is a block of its own. */
export function planDeclarations(
  sequences: readonly (readonly Op[])[],
  slots: ReadonlySet<Slot>,
): Declarations {
  const plan: Plan = { at: new Map(), before: new Map() };
  for (const sequence of sequences) {
    for (const slot of slots) placeIn(sequence, slot, plan);
  }
  return {
    at: (op, slot) => plan.at.get(op)?.get(slot),
    before: (op) => plan.before.get(op) ?? [],
  };
}

function placeIn(sequence: readonly Op[], slot: Slot, plan: Plan): void {
  const mentioning = sequence.filter((op) => mentions([op], slot));
  const [first] = mentioning;
  if (first === undefined) return;
  if (mentioning.length > 1 || isMentionedIn(first, slot)) {
    declareAt(first, slot, sequence, plan, mentioning.length === 1);
    return;
  }
  const bodies = bodiesOf(first).filter((body) => mentions(body, slot));
  const [only] = bodies;
  if (bodies.length === 1 && only !== undefined) placeIn(only, slot, plan);
  else declareBefore(first, slot, plan);
}

function declareAt(
  op: Op,
  slot: Slot,
  sequence: readonly Op[],
  plan: Plan,
  isAlone: boolean,
): void {
  const sets = slotsSet(op).includes(slot) && !slotsRead(op).has(slot);
  const isLoop = op.kind === "loop";
  if (!sets && !(isLoop && op.index === slot)) return declareBefore(op, slot, plan);
  // A loop declares its index in its head, where only the loop sees it.
  if (isLoop && !isAlone) return declareBefore(op, slot, plan);
  let setters = 0;
  for (const each of everyOp(sequence)) if (slotsSet(each).includes(slot)) setters += 1;
  const known = plan.at.get(op) ?? new Map<Slot, "const" | "let">();
  plan.at.set(op, known.set(slot, setters === 1 && !isLoop ? "const" : "let"));
}

function declareBefore(op: Op, slot: Slot, plan: Plan): void {
  plan.before.set(op, [...(plan.before.get(op) ?? []), slot]);
}

function mentions(ops: readonly Op[], slot: Slot): boolean {
  for (const op of everyOp(ops)) if (isMentionedIn(op, slot)) return true;
  return false;
}

function isMentionedIn(op: Op, slot: Slot): boolean {
  return slotsSet(op).includes(slot) || slotsRead(op).has(slot);
}
