// The state of one lowering: what is shared by the whole program (slots, reasons, scratch) and what is known on the path
// being lowered (operations so far, cursor, proven facts). Decides nothing about statements.

import { assert } from "../../../base/assert.ts";
import type { RejectKind, RejectReason } from "../../abi.ts";
import type { Symbols } from "../../check/symbols.ts";
import type { Collector } from "../../diagnostics/collector.ts";
import type { Span } from "../../source/span.ts";
import type { KeyDeclaration, KeySource, Statement } from "../../syntax/ast.ts";
import {
  type Interval,
  intersect,
  intervalOfExpr,
  isEmpty,
  lowerBound,
  upperBound,
} from "../interval.ts";
import type { Cond, Expr, Fail, Found, KeyInfo, Op, Position, Slot, SlotInfo } from "../ir.ts";
import { formOfExpr, formOfPosition, type LinearForm, subtractForms } from "../linear.ts";
import { narrow } from "../narrow.ts";
import type { PickRequest, PickResult, Scope } from "./bindings.ts";
import type { Step } from "./steps.ts";

/** What the whole program shares while it is lowered. */
export interface Lowering {
  readonly collector: Collector;
  readonly symbols: Symbols;
  /** Names that some key or expression of the protocol refers to. */
  readonly referenced: ReadonlySet<string>;
  readonly slots: SlotInfo[];
  readonly slotNames: Map<string, number>;
  readonly reasons: RejectReason[];
  readonly reasonNumbers: Map<string, number>;
  /** What a slot stands for, where it was computed from others. */
  readonly forms: Map<Slot, LinearForm>;
  /** Searches that keys make, by the name of the repetition. */
  readonly picks: ReadonlyMap<string, readonly PickRequest[]>;
  readonly impliedGuards: string[];
  readonly decideAt: "frame" | "key";
  /** Values of inline length prefixes and of integers that count other fields, by their statement. */
  readonly lengths: Map<Statement, Expr>;
  frameMax: number;
  /** Most bytes a caller has to hold: the farthest position that is waited for. */
  holdMax: number;
  scratchBytes: number;
  readonly scratchLiterals: { at: number; bytes: Uint8Array }[];
  /** Lowers the steps of a body; `isFrame`: they are the frame's own. Here so that parts of parts can be lowered. */
  readonly lowerSteps: (path: Path, steps: readonly Step[], isFrame: boolean) => void;
  /** Source text of a span on one line, for people. */
  readonly sourceText: (span: Span) => string;
  /** The header ends where the frame's length is known (`confirm header`); else where the author says. */
  readonly headerEndsByItself: boolean;
  /** The frame's end mark; empty: it has none. */
  readonly endMark: Uint8Array;
  /** The frame's own body may leave bytes unused. */
  readonly leavesGaps: boolean;
  /** The author gave the frame or protocol a `max`. */
  readonly hasExplicitMax: boolean;
  readonly keys: readonly KeyDeclaration[];
  /** Names that keys start from. */
  readonly keyFields: ReadonlySet<string>;
  /** How much of a frame has to hold before its start counts as one. */
  readonly confirm: "none" | "header" | "end" | "check";
  /** The search that a key's source makes. */
  readonly requestOf: (source: KeySource) => PickRequest | undefined;
  readonly verdict: "frame" | "consume";
  /** With `decide at key`: the verdict has been emitted. */
  isDecided: boolean;
  readonly keyInfos: KeyInfo[];
  /** Results of searches, by what asked for them. */
  readonly pickResults: Map<PickRequest, PickResult>;
  /** A suspending search or loop was lowered: NEED has to keep state. */
  hasSuspendingWalk: boolean;
}

/** Byte order of the integers that follow: fixed, or told by an earlier field. */
export type Endian = "big" | "little" | { readonly isLittle: Cond };

/** A check that is evaluated once the body it stands in has been walked: after every guard. */
export interface PendingCheck {
  readonly emit: (path: Path) => void;
}

/** What is known where the next operation goes. Branches work on copies. */
export interface Path {
  /** Operations in order; the branch's own list. */
  readonly ops: Op[];
  /** Runs before the innermost iteration's body: where found-flags are cleared. */
  readonly hoist: Op[];
  /** The same of the iteration around that one. */
  readonly outerHoist: Op[];
  scope: Scope;
  /** In the spine bytes may be missing still; a leaf runs over bytes that are present. */
  mode: "spine" | "leaf";
  cursor: Position;
  /** The frame's own body, not a part of it. */
  readonly isFrame: boolean;
  /** An arm or a round: what is bound here may be absent behind it. */
  readonly isBranch: boolean;
  /** Where `@0` and `pad` count from. */
  origin: Position;
  /** First byte behind the enclosing sized part; null where none is sized yet. */
  window: Position | null;
  order: Endian;
  /** A failure here is a false start. */
  resync: boolean;
  /** Fewest bytes that follow the body being lowered. */
  restAfter: number;
  /** The frame's end where `size = …` told it. */
  frameEnd: Position | null;
  /** Positions that the frame reaches at least. */
  floors: readonly Position[];
  intervals: Map<Slot, Interval>;
  /** Forms known to be 0 or more. */
  facts: LinearForm[];
  pendingChecks: PendingCheck[];
  /** Enclosing named blocks (`name.`) and lists (`name[`, index, `].`), for reasons and explain. */
  readonly where: readonly (string | Slot)[];
}

/** A copy whose operations and knowledge do not reach the original. */
export function fork(path: Path, changes: Partial<Path> = {}): Path {
  return {
    ...path,
    ops: [],
    intervals: new Map(path.intervals),
    facts: [...path.facts],
    isBranch: true,
    pendingChecks: [],
    ...changes,
  };
}

export function constant(value: number): Expr {
  return { kind: "const", value };
}

export function slotExpr(slot: Slot): Expr {
  return { kind: "slot", slot };
}

export const FRAME_START: Position = { base: null, offset: 0 };

export function moved(position: Position, by: number): Position {
  return { base: position.base, offset: position.offset + by };
}

/** A position as an expression. */
export function positionExpr(position: Position): Expr {
  if (position.base === null) return constant(position.offset);
  const base = slotExpr(position.base);
  if (position.offset === 0) return base;
  return binary(position.offset < 0 ? "-" : "+", base, constant(Math.abs(position.offset)));
}

type ExprOperator = Extract<Expr, { kind: "binary" }>["operator"];

export function binary(operator: ExprOperator, left: Expr, right: Expr): Expr {
  if (left.kind === "const" && right.kind === "const" && (operator === "+" || operator === "-"))
    return constant(operator === "+" ? left.value + right.value : left.value - right.value);
  return { kind: "binary", operator, left, right };
}

/** A new slot with a name made from `hint`. */
export function newSlot(
  lowering: Lowering,
  hint: string,
  interval: Interval,
  role: SlotInfo["role"] = "integer",
): Slot {
  const base = hint.replace(/[^A-Za-z0-9_]/g, "_") || "value";
  const count = (lowering.slotNames.get(base) ?? 0) + 1;
  lowering.slotNames.set(base, count);
  let name = count === 1 ? base : `${base}${count}`;
  while (count > 1 && lowering.slotNames.has(name)) name = `${name}_`;
  if (count > 1) lowering.slotNames.set(name, 1);
  const max = Number.MAX_SAFE_INTEGER;
  lowering.slots.push({
    name,
    lo: Math.max(interval.lo, -max),
    hi: Math.min(interval.hi, max),
    role,
  });
  return lowering.slots.length - 1;
}

/** Slots for something that may be found; its flag may exist already. */
export function newFound(lowering: Lowering, hint: string, maxBytes: number, flag?: Slot): Found {
  const most = Math.max(lowering.frameMax, lowering.scratchBytes, maxBytes);
  return {
    found: flag ?? newSlot(lowering, `${hint}Found`, { lo: 0, hi: 1 }, "flag"),
    offset: newSlot(lowering, `${hint}Offset`, { lo: 0, hi: most }, "position"),
    length: newSlot(lowering, `${hint}Length`, { lo: 0, hi: maxBytes }),
  };
}

/** What a slot may be on this path. */
export function intervalAt(lowering: Lowering, path: Path): (slot: Slot) => Interval {
  return (slot) => {
    const info = lowering.slots[slot];
    assert(info !== undefined, `slot ${slot} is not declared`);
    return path.intervals.get(slot) ?? info;
  };
}

export function rangeOf(lowering: Lowering, path: Path, expr: Expr): Interval {
  const interval = intervalOfExpr(expr, intervalAt(lowering, path));
  const form = formOfExpr(expr, (slot) => lowering.forms.get(slot));
  if (form === null) return interval;
  const of = intervalAt(lowering, path);
  return intersect(interval, { lo: lowerBound(form, of), hi: upperBound(form, of) });
}

/** What an expression may be by its slots' declarations alone, whatever is known on a path. */
export function declaredRange(lowering: Lowering, expr: Expr): Interval {
  const of = (slot: Slot): Interval => lowering.slots[slot] ?? { lo: 0, hi: 0 };
  const form = formOfExpr(expr, (slot) => lowering.forms.get(slot));
  if (form === null) return intervalOfExpr(expr, of);
  return { lo: lowerBound(form, of), hi: upperBound(form, of) };
}

/** Declares that a slot may have the values of `expr` too. */
export function widen(lowering: Lowering, slot: Slot, expr: Expr): void {
  const info = lowering.slots[slot];
  assert(info !== undefined, `slot ${slot} is not declared`);
  const range = declaredRange(lowering, expr);
  lowering.slots[slot] = {
    ...info,
    lo: Math.min(info.lo, range.lo),
    hi: Math.max(info.hi, range.hi),
  };
}

/** A position behind more lengths than this stands for itself: keeps long bodies from costing their square. */
const FORM_TERMS_MAX = 16;

/** Of the facts on a path so many are tried in one proof, the latest ones. */
const PROOF_FACTS_MAX = 64;

/** `slot = value`, remembering what it stands for. Positions become positions. */
export function emitCalc(
  lowering: Lowering,
  path: Path,
  hint: string,
  value: Expr,
  role: SlotInfo["role"] = "integer",
): Slot {
  const slot = newSlot(lowering, hint, rangeOf(lowering, path, value), role);
  const form = formOfExpr(value, (of) => lowering.forms.get(of));
  if (form !== null && form.terms.size <= FORM_TERMS_MAX) lowering.forms.set(slot, form);
  path.ops.push({ kind: "calc", slot, value });
  return slot;
}

/** The position `by` bytes behind, computed into a slot where `by` is not constant. */
export function advance(
  lowering: Lowering,
  path: Path,
  from: Position,
  by: Expr,
  hint: string,
): Position {
  if (by.kind === "const") return moved(from, by.value);
  const slot = emitCalc(lowering, path, hint, binary("+", positionExpr(from), by), "position");
  return { base: slot, offset: 0 };
}

export function formAt(lowering: Lowering, position: Position): LinearForm {
  return formOfPosition(position, (slot) => lowering.forms.get(slot));
}

/** Whether `form` is proven to be 0 or more on this path. */
export function isNonNegative(lowering: Lowering, path: Path, form: LinearForm): boolean {
  const of = intervalAt(lowering, path);
  if (lowerBound(form, of) >= 0) return true;
  return path.facts
    .slice(-PROOF_FACTS_MAX)
    .some((fact) => lowerBound(subtractForms(form, fact), of) >= 0);
}

/** `later − earlier` as a form. */
export function distance(lowering: Lowering, earlier: Position, later: Position): LinearForm {
  return subtractForms(formAt(lowering, later), formAt(lowering, earlier));
}

/** Remembers that a form is 0 or more, and what that says about single slots. */
export function learn(lowering: Lowering, path: Path, form: LinearForm): void {
  path.facts.push(form);
  const of = intervalAt(lowering, path);
  for (const [slot, coefficient] of form.terms) {
    const rest: LinearForm = {
      constant: form.constant,
      terms: new Map([...form.terms].filter(([other]) => other !== slot)),
    };
    // coefficient · slot ≥ −max(rest)
    const bound = -upperBound(rest, of);
    if (!Number.isFinite(bound)) continue;
    const limit: Interval =
      coefficient > 0
        ? { lo: Math.ceil(bound / coefficient), hi: Infinity }
        : { lo: -Infinity, hi: Math.floor(bound / coefficient) };
    const narrowed = intersect(of(slot), limit);
    if (!isEmpty(narrowed)) path.intervals.set(slot, narrowed);
  }
}

/** Remembers the outcome of a condition; false where it cannot have it. */
export function assume(lowering: Lowering, path: Path, cond: Cond, outcome: boolean): boolean {
  const narrowed = narrow(cond, outcome, intervalAt(lowering, path));
  if (!narrowed.isPossible) return false;
  for (const [slot, interval] of narrowed.slots) path.intervals.set(slot, interval);
  return true;
}

/** The number of a reason, made when new. */
function reasonNumber(lowering: Lowering, kind: RejectKind, field: string, rule: string): number {
  const key = `${kind}\0${field}\0${rule}`;
  const known = lowering.reasonNumbers.get(key);
  if (known !== undefined) return known;
  lowering.reasons.push({ kind, field, rule });
  lowering.reasonNumbers.set(key, lowering.reasons.length - 1);
  return lowering.reasons.length - 1;
}

/** What happens on this path where a rule about `field` fails at `at`. */
export function failAt(
  lowering: Lowering,
  path: Path,
  kind: RejectKind,
  field: string,
  at: Position,
  rule: string,
): Fail {
  return { reason: reasonNumber(lowering, kind, field, rule), at, resync: path.resync };
}

/** A field's dotted name within the protocol, without indexes: for reasons and messages. */
export function dottedName(path: Path, name: string): string {
  const around = path.where.filter((part): part is string => typeof part === "string");
  return around.join("").replaceAll("[].", ".") + name;
}
