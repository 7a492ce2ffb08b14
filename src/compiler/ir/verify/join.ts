// Where paths meet: what every one of them knows. Slots that differ become new atoms, the templates say which relations of
// theirs are looked for.

import { hull, type Interval, intersect, NOTHING } from "../interval.ts";
import type { Slot } from "../ir.ts";
import { addForms, constantForm, type LinearForm, scaleForm, subtractForms } from "../linear.ts";
import { type Context, freshForm } from "./context.ts";
import {
  type Atom,
  addFact,
  atomForm,
  copyState,
  initialState,
  isNotNegative,
  mostOf,
  PRESENT,
  provenInterval,
  type State,
  textOf,
} from "./state.ts";
import type { Template } from "./templates.ts";
import { declared } from "./values.ts";

/** The state after paths meet, of those that get there; null where none does. */
export function joinStates(context: Context, paths: readonly (State | null)[]): State | null {
  const states = paths.filter((path) => path !== null);
  const [first, ...others] = states;
  if (first === undefined) return null;
  if (others.length === 0) return copyState(first);
  const joined = initialState();
  joinIntervals(joined, states);
  const merged = joinValues(context, joined, states);
  joinFacts(joined, states);
  for (const template of context.templates) {
    if (mentions(template, merged)) keepTemplate(joined, states, template);
  }
  joinKeys(joined, states);
  joined.hasEffects = states.some((state) => state.hasEffects);
  return joined;
}

/** Whether a template speaks of one of these slots. */
export function mentions(template: Template, slots: ReadonlySet<Slot>): boolean {
  return [...template.form.terms.keys()].some((slot) => slots.has(slot));
}

/** The template over the state's atoms; null where one of its slots is not defined. */
export function instantiate(state: State, template: Template): LinearForm | null {
  let sum = constantForm(template.form.constant);
  for (const [slot, factor] of template.form.terms) {
    const value = state.values.get(slot);
    if (value === undefined) return null;
    sum = addForms(sum, scaleForm(value, factor));
  }
  return template.isEnd ? subtractForms(atomForm(PRESENT), sum) : sum;
}

/** Whether the template holds in a state. */
export function holdsIn(state: State, template: Template): boolean {
  const form = instantiate(state, template);
  return form !== null && isNotNegative(state, form);
}

function joinIntervals(joined: State, states: readonly State[]): void {
  for (const atom of states[0]?.intervals.keys() ?? []) {
    const intervals = states.map((state) => state.intervals.get(atom));
    if (intervals.includes(undefined)) continue;
    joined.intervals.set(atom, coverOf(intervals.map((interval) => interval ?? NOTHING)));
  }
}

/** Defines the slots that all paths define. @returns those whose values differ */
function joinValues(context: Context, joined: State, states: readonly State[]): ReadonlySet<Slot> {
  const merged = new Set<Slot>();
  const formsByText = new Map<string, LinearForm>();
  for (const slot of states[0]?.values.keys() ?? []) {
    const forms = states.flatMap((state) => state.values.get(slot) ?? []);
    const [form] = forms;
    if (form === undefined || forms.length < states.length) continue;
    const texts = forms.map(textOf);
    if (new Set(texts).size === 1 && isKnown(joined, form)) {
      joined.values.set(slot, form);
      continue;
    }
    // Slots that are equal on every path stay equal.
    const text = texts.join(" | ");
    const cover = coverOf(forms.map((each, index) => intervalOn(states[index], each)));
    const interval = intersect(cover, declared(context, slot));
    const value = formsByText.get(text) ?? freshForm(context, joined, interval);
    formsByText.set(text, value);
    joined.values.set(slot, value);
    merged.add(slot);
  }
  return merged;
}

function joinFacts(joined: State, states: readonly State[]): void {
  for (const state of states) {
    for (const [text, fact] of state.facts) {
      if (joined.facts.has(text) || !isKnown(joined, fact)) continue;
      const isShared = states.every((each) => each.facts.has(text) || isNotNegative(each, fact));
      if (isShared) addFact(joined, fact);
    }
  }
}

function keepTemplate(joined: State, states: readonly State[], template: Template): void {
  const form = instantiate(joined, template);
  if (form !== null && states.every((state) => holdsIn(state, template))) addFact(joined, form);
}

function joinKeys(joined: State, states: readonly State[]): void {
  for (const key of states.flatMap((state) => [...state.keys.keys()])) {
    const isSet = states.every((state) => state.keys.get(key) === "set");
    joined.keys.set(key, isSet ? "set" : "mixed");
  }
}

/** Whether every atom of a form means something on all paths. */
function isKnown(joined: State, form: LinearForm): boolean {
  return [...form.terms.keys()].every((atom: Atom) => joined.intervals.has(atom));
}

function intervalOn(state: State | undefined, form: LinearForm): Interval {
  if (state === undefined) return NOTHING;
  const interval = provenInterval(state, form);
  return { lo: interval.lo, hi: Math.min(interval.hi, mostOf(state, form)) };
}

function coverOf(intervals: readonly Interval[]): Interval {
  return intervals.reduce(hull, NOTHING);
}
