// What the generated `unpack` function has at hand while its statements are made: names, intervals, and how it leaves.

import { BIT_OPERAND_MAX, type Interval, intervalOfExpr } from "../../ir/interval.ts";
import type { Expr, Fail, Op, Program, Slot } from "../../ir/ir.ts";
import type { Span } from "../../source/span.ts";
import { screaming } from "../names.ts";
import type { Declarations } from "./declarations.ts";
import type { ModuleScope } from "./module-scope.ts";
import {
  add,
  assign,
  call,
  declare,
  giveBack,
  type Js,
  js,
  type Operand,
  type Statement,
} from "./tree.ts";
import { falseStartRoutine, rejectRoutine } from "./verdict-routines.ts";

/** Parameters and variables of `unpack` that are not slots. */
export const BUFFER = "buf";
export const START = "start";
export const END = "end";
export const WORDS = "s";
export const PRESENT = "present";
export const STATE = "state";
/** Variables of the loop that reads a variable-length integer. */
export const BYTE = "byte";
export const SHIFT = "shift";
export const SCALE = "scale";

/** Names that no slot's variable may have. */
export const OWN_NAMES: readonly string[] = [
  BUFFER,
  START,
  END,
  WORDS,
  PRESENT,
  STATE,
  BYTE,
  SHIFT,
  SCALE,
];

/** `file:line` of a place in the description. */
export type Locate = (span: Span) => string;

/** What all statements of one module share. */
export interface ModuleParts {
  readonly module: ModuleScope;
  readonly program: Program;
  /** The module's scratch buffer. */
  readonly scratch: string;
  /** Null where places in the description are not known. */
  readonly locate: Locate | null;
  /** The variable that holds a slot. */
  readonly nameOf: (slot: Slot) => string;
  /** Slots that have a variable, because something reads them. */
  readonly kept: ReadonlySet<Slot>;
  /** Searches that are known to begin within the present bytes. */
  readonly reached: ReadonlySet<Op>;
  /** How a slot was read from the wire, also where nothing needs it. */
  readonly readingOf: (slot: Slot) => Op | undefined;
}

export interface UnpackScope extends ModuleParts {
  readonly intervalOf: (slot: Slot) => Interval;
  /** The largest value that an expression may have. */
  readonly highestOf: (expr: Expr) => number;
  /** Whether an expression is never negative nor beyond 32 bits. */
  readonly isWord: (expr: Expr) => boolean;
  readonly isKept: (slot: Slot) => boolean;
  /** Whether the operation declares the slot it sets. */
  readonly isDeclaredAt: (op: Op, slot: Slot) => boolean;
  /** Slots to be declared before the operation. */
  readonly declaredBefore: (op: Op) => readonly Slot[];
  /** Sets a slot's variable, and declares it where `op` is the one to do so. */
  readonly set: (op: Op, slot: Slot, value: Operand) => Statement;
  /** The same for a value that is changed right behind. */
  readonly begin: (op: Op, slot: Slot, value: Operand) => Statement;
  readonly fail: (fail: Fail) => readonly Statement[];
  /** Keeps what has to be kept and returns NEED. */
  readonly suspend: (op: Op, missing: Js) => readonly Statement[];
  /** Whether a search is known to begin within the present bytes. */
  readonly isReached: (op: Op) => boolean;
}

/** A scope whose slots are declared as planned. */
export function createUnpackScope(
  parts: ModuleParts,
  declarations: Declarations,
  suspend: UnpackScope["suspend"],
): UnpackScope {
  const { program, nameOf, kept, reached } = parts;
  const intervalOf = (slot: Slot) => program.slots[slot] ?? { lo: -Infinity, hi: Infinity };
  const define = (op: Op, slot: Slot, value: Operand, isConst: boolean) => {
    const how = declarations.at(op, slot);
    if (how === undefined) return assign(nameOf(slot), value);
    return declare(isConst ? how : "let", nameOf(slot), value);
  };
  return {
    ...parts,
    intervalOf,
    highestOf: (expr) => intervalOfExpr(expr, intervalOf).hi,
    isWord: (expr) => {
      const { lo, hi } = intervalOfExpr(expr, intervalOf);
      return lo >= 0 && hi <= BIT_OPERAND_MAX;
    },
    isKept: (slot) => kept.has(slot),
    isDeclaredAt: (op, slot) => declarations.at(op, slot) !== undefined,
    declaredBefore: declarations.before,
    set: (op, slot, value) => define(op, slot, value, true),
    begin: (op, slot, value) => define(op, slot, value, false),
    fail: (fail) => [giveBack(failCall(parts, fail))],
    suspend,
    isReached: (op) => reached.has(op),
  };
}

function failCall({ module, program, nameOf }: ModuleParts, fail: Fail): Js {
  const reason = reasonConstant(module, program, fail.reason);
  if (fail.resync) return call(falseStartRoutine(module), WORDS, reason);
  const { base, offset } = fail.at;
  const at = base === null ? js(offset) : add(nameOf(base), offset);
  return call(rejectRoutine(module), WORDS, reason, at);
}

/** The constant that holds an index into `meta.reasons`, named for kind and field. */
function reasonConstant(module: ModuleScope, program: Program, reason: number): string {
  const { kind = "reason", field = String(reason) } = program.reasons[reason] ?? {};
  return module.reason(reason, screaming(`${kind} ${field}`));
}
