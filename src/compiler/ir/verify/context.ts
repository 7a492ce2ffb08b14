// What one verification shares along all paths: the program, fresh atoms, the problems found, the loops around.

import type { Interval } from "../interval.ts";
import type { Op, Program } from "../ir.ts";
import { printOps } from "../print/operations.ts";
import { type Phrases, phrasesOf } from "../print/phrases.ts";
import { type Atom, atomForm, PRESENT, type State } from "./state.ts";
import { type Template, templatesOf } from "./templates.ts";

export interface Context {
  readonly program: Program;
  readonly phrases: Phrases;
  /** Relations between slots that are worth keeping where paths meet. */
  readonly templates: readonly Template[];
  /** Atoms of expressions that are not linear, by operator and operands. */
  readonly computed: Map<string, Atom>;
  readonly problems: Set<string>;
  /** The states at `leave`, for each loop around, innermost last. */
  readonly leaves: State[][];
  /** Greater than 0 while a loop's body is only tried: its problems are not reported. */
  trials: number;
  lastAtom: Atom;
}

export function createContext(program: Program): Context {
  return {
    program,
    phrases: phrasesOf(program),
    templates: templatesOf(program.body),
    computed: new Map(),
    problems: new Set(),
    leaves: [],
    trials: 0,
    lastAtom: PRESENT,
  };
}

/** A new atom in that interval. */
export function freshAtom(context: Context, state: State, interval: Interval): Atom {
  context.lastAtom += 1;
  state.intervals.set(context.lastAtom, interval);
  return context.lastAtom;
}

/** The form of a new atom. */
export function freshForm(context: Context, state: State, interval: Interval) {
  return atomForm(freshAtom(context, state, interval));
}

/** Adds a problem at an operation: its printed first line, then what is wrong. */
export function report(context: Context, op: Op, problem: string): void {
  if (context.trials > 0) return;
  const [line] = printOps([op], context.phrases);
  context.problems.add(`${line}: ${problem}`);
}
