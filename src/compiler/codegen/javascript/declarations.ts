// Where the variables of slots are declared: at the operation that sets them, if that comes first and nothing outside of
// its block looks at them; else before the first operation that needs them.

import type { Op, Slot } from "../../ir/ir.ts";
import { bodiesOf, slotsRead, slotsSet } from "../../ir/passes/access.ts";

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

/** Who mentions the slots of a sequence: gathered once, since asking each operation for each slot grows with the square. */
interface Mentions {
  /** The sequence's own operations that mention a slot, themselves or within, in order. */
  readonly by: ReadonlyMap<Slot, readonly Op[]>;
  /** How many operations set a slot, themselves or within. */
  readonly setters: ReadonlyMap<Slot, number>;
}

type MentionsOf = (sequence: readonly Op[]) => Mentions;

/** Places for all of `slots` that the sequences mention; each sequence is a block of its own. */
export function planDeclarations(
  sequences: readonly (readonly Op[])[],
  slots: ReadonlySet<Slot>,
): Declarations {
  const plan: Plan = { at: new Map(), before: new Map() };
  const order = new Map([...slots].map((slot, at) => [slot, at]));
  const mentionsOf = rememberMentions();
  for (const sequence of sequences) {
    const placed = [...mentionsOf(sequence).by.keys()].filter((slot) => slots.has(slot));
    placed.sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
    for (const slot of placed) placeIn(sequence, slot, plan, mentionsOf);
  }
  return {
    at: (op, slot) => plan.at.get(op)?.get(slot),
    before: (op) => plan.before.get(op) ?? [],
  };
}

function placeIn(sequence: readonly Op[], slot: Slot, plan: Plan, mentionsOf: MentionsOf): void {
  const { by, setters } = mentionsOf(sequence);
  const mentioning = by.get(slot) ?? [];
  const [first] = mentioning;
  if (first === undefined) return;
  if (mentioning.length > 1 || isMentionedIn(first, slot)) {
    const how = setters.get(slot) === 1 ? "const" : "let";
    declareAt(first, slot, plan, how, mentioning.length === 1);
    return;
  }
  const bodies = bodiesOf(first).filter((body) => mentionsOf(body).by.has(slot));
  const [only] = bodies;
  if (bodies.length === 1 && only !== undefined) placeIn(only, slot, plan, mentionsOf);
  else declareBefore(first, slot, plan);
}

function declareAt(op: Op, slot: Slot, plan: Plan, how: "const" | "let", isAlone: boolean): void {
  const sets = slotsSet(op).includes(slot) && !slotsRead(op).has(slot);
  const isLoop = op.kind === "loop";
  if (!sets && !(isLoop && op.index === slot)) return declareBefore(op, slot, plan);
  // A loop declares its index in its head, where only the loop sees it.
  if (isLoop && !isAlone) return declareBefore(op, slot, plan);
  const known = plan.at.get(op) ?? new Map<Slot, "const" | "let">();
  plan.at.set(op, known.set(slot, isLoop ? "let" : how));
}

function declareBefore(op: Op, slot: Slot, plan: Plan): void {
  const known = plan.before.get(op);
  if (known === undefined) plan.before.set(op, [slot]);
  else known.push(slot);
}

function isMentionedIn(op: Op, slot: Slot): boolean {
  return slotsSet(op).includes(slot) || slotsRead(op).has(slot);
}

/** Gathers the mentions of each sequence the first time they are asked for. */
function rememberMentions(): MentionsOf {
  const known = new Map<readonly Op[], Mentions>();
  const mentionsOf = (sequence: readonly Op[]): Mentions => {
    const mentions = known.get(sequence) ?? gatherMentions(sequence, mentionsOf);
    known.set(sequence, mentions);
    return mentions;
  };
  return mentionsOf;
}

function gatherMentions(sequence: readonly Op[], mentionsOf: MentionsOf): Mentions {
  const by = new Map<Slot, Op[]>();
  const setters = new Map<Slot, number>();
  for (const op of sequence) {
    const set = new Set(slotsSet(op));
    const mentioned = new Set([...set, ...slotsRead(op)]);
    for (const slot of set) setters.set(slot, (setters.get(slot) ?? 0) + 1);
    for (const inner of bodiesOf(op).map(mentionsOf)) {
      for (const slot of inner.by.keys()) mentioned.add(slot);
      for (const [slot, count] of inner.setters)
        setters.set(slot, (setters.get(slot) ?? 0) + count);
    }
    for (const slot of mentioned) {
      const ops = by.get(slot);
      if (ops === undefined) by.set(slot, [op]);
      else ops.push(op);
    }
  }
  return { by, setters };
}
