// What is known at one place of a program: which slots are defined, what each is in terms of atoms, and linear facts
// about the atoms. An atom is one value that was decoded or computed once; it never changes, so facts about it stay true.

import { EVERYTHING, type Interval, intersect, intervalOfForm } from "../interval.ts";
import type { Slot } from "../ir.ts";
import { addForms, type LinearForm, scaleForm, subtractForms } from "../linear.ts";

/** The name of a value. The linear forms of this folder are over atoms, not slots. */
export type Atom = number;

/** The number of bytes present from the frame's start; it only grows. */
export const PRESENT: Atom = 0;

/** Copied where paths part; changed in place along a path. */
export interface State {
  /** Only defined slots. */
  readonly values: Map<Slot, LinearForm>;
  /** Only atoms of which something is known. */
  readonly intervals: Map<Atom, Interval>;
  /** Forms that are not negative, by their text. */
  readonly facts: Map<string, LinearForm>;
  /** Keys that were set on every path here, or only on some. */
  readonly keys: Map<number, "set" | "mixed">;
  /** A key was set or scratch written, which a suspension would lose. */
  hasEffects: boolean;
}

/** Nothing defined, nothing known. */
export function initialState(): State {
  return {
    values: new Map(),
    intervals: new Map([[PRESENT, { lo: 0, hi: Infinity }]]),
    facts: new Map(),
    keys: new Map(),
    hasEffects: false,
  };
}

/** A state that may go its own way. */
export function copyState(state: State): State {
  return {
    values: new Map(state.values),
    intervals: new Map(state.intervals),
    facts: new Map(state.facts),
    keys: new Map(state.keys),
    hasEffects: state.hasEffects,
  };
}

/** The form of an atom by itself. */
export function atomForm(atom: Atom): LinearForm {
  return { constant: 0, terms: new Map([[atom, 1]]) };
}

/** A form's text: the same for the same form, different for different ones. */
export function textOf(form: LinearForm): string {
  const terms = [...form.terms].sort(([left], [right]) => left - right);
  return [...terms.map(([atom, factor]) => `${factor}*${atom}`), form.constant].join("+");
}

/** What the intervals of its atoms say about a form. */
export function intervalIn(state: State, form: LinearForm): Interval {
  return intervalOfForm(form, (atom) => state.intervals.get(atom) ?? EVERYTHING);
}

/** `intervalIn`, cut at 0 where the facts prove that the form is not negative. */
export function provenInterval(state: State, form: LinearForm): Interval {
  const interval = intervalIn(state, form);
  if (interval.lo >= 0 || !isNotNegative(state, form)) return interval;
  return intersect(interval, { lo: 0, hi: Infinity });
}

/** Adds `form ≥ 0`, unless the intervals say so already. */
export function addFact(state: State, form: LinearForm): void {
  if (intervalIn(state, form).lo < 0) state.facts.set(textOf(form), form);
}

/** Adds that `left ≤ right`. */
export function addOrder(state: State, left: LinearForm, right: LinearForm): void {
  addFact(state, subtractForms(right, left));
}

/** Adds that all bytes before `end` are present. */
export function addPresent(state: State, end: LinearForm): void {
  addOrder(state, end, atomForm(PRESENT));
}

/** Whether all bytes before `end` are proven present. */
export function isPresent(state: State, end: LinearForm): boolean {
  return isAtMost(state, end, atomForm(PRESENT));
}

/** Whether `left ≤ right` is proven. */
export function isAtMost(state: State, left: LinearForm, right: LinearForm): boolean {
  return isNotNegative(state, subtractForms(right, left));
}

/** Forms looked at in one proof, and facts put together in one. More have not been needed. */
const PROOF_FORMS_MAX = 400;
const PROOF_FACTS_MAX = 6;

/** Whether facts and intervals prove `form ≥ 0`. May say no where it holds. */
export function isNotNegative(state: State, form: LinearForm): boolean {
  return leastOf(state, form, 0) >= 0;
}

/**
 * A proven lower bound of a form, the best that was found or the first that is `enough`: what form − k · fact is at least,
 * for positive k, the form is at least too. Few facts first. −Infinity where nothing is known.
 */
export function leastOf(state: State, form: LinearForm, enough = Infinity): number {
  const seen = new Set([textOf(form)]);
  let least = -Infinity;
  let layer: readonly LinearForm[] = [form];
  for (let facts = 0; facts <= PROOF_FACTS_MAX && layer.length > 0; facts++) {
    for (const each of layer) least = Math.max(least, intervalIn(state, each).lo);
    if (least >= enough) return least;
    layer = layer.flatMap((each) => restsOf(state, each, seen));
  }
  return least;
}

/** A proven upper bound of a form. */
export function mostOf(state: State, form: LinearForm): number {
  return 0 - leastOf(state, scaleForm(form, -1));
}

/** What remains of a form for each fact that takes one of its terms away entirely; no form twice. */
function restsOf(state: State, form: LinearForm, seen: Set<string>): readonly LinearForm[] {
  const rests: LinearForm[] = [];
  for (const fact of state.facts.values()) {
    const times = timesIn(form, fact);
    if (times === null || seen.size >= PROOF_FORMS_MAX) continue;
    const rest = addForms(form, scaleForm(fact, -times));
    const text = textOf(rest);
    if (seen.has(text)) continue;
    seen.add(text);
    rests.push(rest);
  }
  return rests;
}

/** How often a fact must be taken from a form to cancel one of its terms; null where it cannot. */
function timesIn(form: LinearForm, fact: LinearForm): number | null {
  for (const [atom, factor] of fact.terms) {
    const times = (form.terms.get(atom) ?? 0) / factor;
    if (times > 0 && Number.isInteger(times)) return times;
  }
  return null;
}
