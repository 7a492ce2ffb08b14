// Follows every path through the operations: what each one needs is checked against what is known, what it does is added.

import { assertNever } from "../../../base/assert.ts";
import { checksumMax } from "../checksum.ts";
import type { Interval } from "../interval.ts";
import type { Cond, Found, Op, Position, Rewrite, View } from "../ir.ts";
import { addForms, constantForm, type LinearForm } from "../linear.ts";
import { type Context, freshForm, report } from "./context.ts";
import { joinStates } from "./join.ts";
import { followLoop } from "./loop.ts";
import { checksOf } from "./reads.ts";
import { followScan, followVarint } from "./searches.ts";
import {
  addOrder,
  addPresent,
  copyState,
  intervalIn,
  isAtMost,
  isPresent,
  mostOf,
  type State,
} from "./state.ts";
import { checkSuspension } from "./suspension.ts";
import {
  assignForm,
  assignFresh,
  assume,
  valueOfExpr,
  valueOfPosition,
  valueOfView,
} from "./values.ts";

type OpOf<Kind extends Op["kind"]> = Extract<Op, { kind: Kind }>;

/** The state behind a sequence; null where no path gets there. `before` is changed. */
export function followAll(context: Context, before: State, ops: readonly Op[]): State | null {
  let state: State | null = before;
  for (const op of ops) {
    if (state === null) return null;
    state = follow(context, state, op);
  }
  return state;
}

function follow(context: Context, state: State, op: Op): State | null {
  const checks = checksOf(context, state, op);
  switch (op.kind) {
    case "open":
      checks.fail(op.fail);
      addPresent(state, constantForm(op.start?.length ?? 0));
      return state;
    case "await":
      return followAwait(context, state, op);
    case "bound": {
      checks.fail(op.fail);
      const to = valueOfPosition(context, state, op, op.to);
      const end = valueOfPosition(context, state, op, op.end);
      addOrder(state, to, end);
      addBoundsOf(state, to, end);
      return state;
    }
    case "load":
      return followLoad(context, state, op);
    case "calc":
      checks.expr(op.value);
      assignForm(context, state, op, op.slot, valueOfExpr(context, state, op, op.value).form);
      return state;
    case "guard":
      checks.cond(op.condition);
      checks.fail(op.fail);
      return assume(context, state, op, op.condition, true);
    case "fail":
      checks.fail(op.fail);
      return null;
    case "varint":
      return followVarint(context, state, op);
    case "digits":
      checks.view(op.view);
      checks.fail(op.fail);
      assignFresh(context, state, op, op.slot, decoded(context, op.slot));
      return state;
    case "scan":
      return followScan(context, state, op);
    case "if":
      checks.cond(op.condition);
      return joinStates(context, [
        followArm(context, state, op, op.condition, true, op.then),
        followArm(context, state, op, op.condition, false, op.else),
      ]);
    case "switch":
      return followSwitch(context, state, op);
    case "loop":
      return followLoop(context, state, op, followAll);
    case "leave":
      context.leaves.at(-1)?.push(state);
      return null;
    case "checksum": {
      const from = valueOfPosition(context, state, op, op.from);
      checks.bytes(from, valueOfPosition(context, state, op, op.to));
      assignFresh(context, state, op, op.slot, { lo: 0, hi: checksumMax(op.algorithm) });
      return state;
    }
    case "select":
      return followSelect(context, state, op);
    case "clear":
      assignForm(context, state, op, op.into.found, constantForm(0));
      assignForm(context, state, op, op.into.offset, constantForm(0));
      assignForm(context, state, op, op.into.length, constantForm(0));
      return state;
    case "pair":
    case "header":
      checks.fail(op.duplicate);
      return followFound(context, state, op, op.of, op.into);
    case "piece":
    case "url":
      return followFound(context, state, op, op.of, op.into);
    case "trim": {
      checks.view(op.of);
      const whole = valueOfView(context, state, op, op.of);
      addOrder(state, whole.from, assignPart(context, state, op, whole, op).offset);
      return state;
    }
    case "rewrite":
      return followRewrite(context, state, op);
    case "number":
      checks.view(op.of);
      assignFresh(context, state, op, op.slot, { lo: 0, hi: NUMBER_MAX });
      assignFresh(context, state, op, op.found, FLAG);
      return state;
    case "key":
      return followKey(context, state, op);
    case "verdict":
      checkVerdict(context, state, op);
      return null;
    case "field":
      checks.view(op.view);
      if (op.value.kind === "integer") checks.expr(op.value.value);
      for (const part of op.path) if (typeof part === "number") checks.place(at(part));
      return state;
    default:
      return assertNever(op);
  }
}

const FLAG: Interval = { lo: 0, hi: 1 };

/** 15 decimal digits. */
const NUMBER_MAX = 10 ** 15 - 1;

function followAwait(context: Context, state: State, op: OpOf<"await">): State {
  checkSuspension(context, state, op, valueOfPosition(context, state, op, op.to));
  const to = valueOfPosition(context, state, op, op.to);
  const [first] = op.need;
  if (first === undefined) report(context, op, "nothing is needed");
  else if (!isAtMost(state, to, valueOfPosition(context, state, op, first))) {
    const name = context.phrases.position(first);
    report(context, op, `${name} may lie before what is waited for`);
  }
  for (const position of op.need) valueOfPosition(context, state, op, position);
  addPresent(state, to);
  return state;
}

function followLoad(context: Context, state: State, op: OpOf<"load">): State {
  const checks = checksOf(context, state, op);
  const from = valueOfPosition(context, state, op, op.at);
  checks.bytes(from, addForms(from, constantForm(op.bytes)));
  checks.fail(op.overflow);
  const bits = 8 * op.bytes;
  const max = Number.MAX_SAFE_INTEGER;
  const plain = op.signed
    ? { lo: -(2 ** (bits - 1)), hi: 2 ** (bits - 1) - 1 }
    : { lo: 0, hi: 2 ** bits - 1 };
  const value = { lo: Math.max(plain.lo, -max), hi: Math.min(plain.hi, max) };
  assignFresh(context, state, op, op.slot, value);
  return state;
}

/** What digits give: anything from 0 to the slot's highest, above which they fail. */
function decoded(context: Context, slot: number): Interval {
  return { lo: 0, hi: context.program.slots[slot]?.hi ?? Infinity };
}

function followArm(
  context: Context,
  before: State,
  op: Op,
  condition: Cond,
  outcome: boolean,
  body: readonly Op[],
): State | null {
  const state = assume(context, before, op, condition, outcome);
  return state === null ? null : followAll(context, state, body);
}

function followSwitch(context: Context, state: State, op: OpOf<"switch">): State | null {
  checksOf(context, state, op).expr(op.on);
  const isIn = op.arms.map(
    ({ ranges }): Cond => ({ kind: "in", value: op.on, ranges: [...ranges] }),
  );
  const ends = op.arms.map(({ body }, index) => {
    const condition = isIn[index] ?? TRUE;
    return followArm(context, state, op, condition, true, body);
  });
  const none = isIn.reduce<State | null>(
    (rest, condition) => rest && assume(context, rest, op, condition, false),
    state,
  );
  return joinStates(context, [...ends, none && followAll(context, copyState(none), op.else)]);
}

const TRUE: Cond = { kind: "true" };

function followSelect(context: Context, state: State, op: OpOf<"select">): State {
  checksOf(context, state, op).view(op.view);
  const { from, length } = valueOfView(context, state, op, op.view);
  assignForm(context, state, op, op.into.found, constantForm(1));
  assignForm(context, state, op, op.into.offset, from);
  assignForm(context, state, op, op.into.length, length.form);
  return state;
}

function followFound(context: Context, state: State, op: Op, of: View, into: Found): State {
  checksOf(context, state, op).view(of);
  // Looked up before anything is set: the parts may go into the slots of the view itself.
  const whole = valueOfView(context, state, op, of);
  assignFresh(context, state, op, into.found, FLAG);
  assignPart(context, state, op, whole, into);
  return state;
}

/** A part of a view, or nothing at 0: its end is never behind the view's. */
function assignPart(
  context: Context,
  state: State,
  op: Op,
  whole: ReturnType<typeof valueOfView>,
  into: { readonly offset: number; readonly length: number },
): { readonly offset: LinearForm } {
  const lastOffset = Math.max(0, intervalIn(state, whole.to).hi);
  const offset = freshForm(context, state, { lo: 0, hi: lastOffset });
  const most = Math.min(whole.length.interval.hi, mostOf(state, whole.length.form));
  const length = freshForm(context, state, { lo: 0, hi: Math.max(0, most) });
  const end = addForms(offset, length);
  addOrder(state, end, whole.to);
  addOrder(state, length, whole.length.form);
  addBoundsOf(state, end, whole.to);
  assignForm(context, state, op, into.offset, offset);
  assignForm(context, state, op, into.length, length);
  return { offset };
}

/** What `inner` inherits from `outer` that it does not lie behind: said directly, so that no proof goes up through all parts. */
function addBoundsOf(state: State, inner: LinearForm, outer: LinearForm): void {
  if (isPresent(state, outer)) addPresent(state, inner);
  const most = mostOf(state, outer);
  if (Number.isFinite(most)) addOrder(state, inner, constantForm(most));
}

/** Bytes written for a byte read, where it is not 1. */
const GROWTH: Partial<Record<Rewrite, number>> = { bcd: 2, utf16le: 1.5, utf16be: 1.5 };

function followRewrite(context: Context, state: State, op: OpOf<"rewrite">): State {
  checksOf(context, state, op).view(op.of);
  const { length } = valueOfView(context, state, op, op.of);
  const longest = Math.min(length.interval.hi, mostOf(state, length.form));
  const most = Math.floor(longest * (GROWTH[op.how] ?? 1));
  if (op.at + most > context.program.scratchBytes) {
    const { scratchBytes } = context.program;
    report(context, op, `up to ${most} bytes are written, scratch has ${scratchBytes}`);
  }
  for (const literal of context.program.scratchLiterals) {
    const isApart = literal.at + literal.bytes.length <= op.at || op.at + most <= literal.at;
    if (!isApart) report(context, op, `the literal at ${literal.at} of scratch is overwritten`);
  }
  const isSameLength = op.how === "lower" || op.how === "upper" || op.how === "copy";
  if (isSameLength) assignForm(context, state, op, op.length, length.form);
  else assignFresh(context, state, op, op.length, { lo: 0, hi: most });
  state.hasEffects = true;
  return state;
}

function followKey(context: Context, state: State, op: OpOf<"key">): State {
  const info = context.program.keys[op.key];
  const checks = checksOf(context, state, op);
  if (state.keys.has(op.key)) report(context, op, "the key is set twice on a path");
  if (op.value.kind === "view") {
    checks.view(op.value.view);
    const { length } = valueOfView(context, state, op, op.value.view);
    const most = info?.maxBytes ?? 0;
    if (!isAtMost(state, length.form, constantForm(most))) {
      report(context, op, `the key may be longer than ${most} bytes`);
    }
  }
  if (op.value.kind === "integer") checks.expr(op.value.value);
  if (op.value.kind === "missing" && info?.mayBeMissing === false) {
    report(context, op, "the key may be missing, declared is that it never is");
  }
  state.keys.set(op.key, "set");
  state.hasEffects = true;
  return state;
}

function checkVerdict(context: Context, state: State, op: OpOf<"verdict">): void {
  for (const [index, key] of context.program.keys.entries()) {
    if (state.keys.get(index) !== "set")
      report(context, op, `key ${key.name} is not set on every path`);
  }
  const { verdict } = op;
  const seen = verdict.kind === "key" ? verdict.inspected : verdict.length;
  const form = valueOfPosition(context, state, op, seen);
  if (!isPresent(state, form)) report(context, op, "bytes are not proven present");
  if (!isAtMost(state, constantForm(1), form)) report(context, op, "the length may be 0");
  if (verdict.length === null) return;
  const length = valueOfPosition(context, state, op, verdict.length);
  if (!isAtMost(state, length, constantForm(context.program.frameMax))) {
    const { hi } = intervalIn(state, length);
    report(context, op, `a frame may be ${hi} bytes long, frameMax is ${context.program.frameMax}`);
  }
}

function at(slot: number): Position {
  return { base: slot, offset: 0 };
}
