// Conditionals: each arm is lowered by itself; names that several arms declare, and the cursor, are joined behind them.

import { report } from "../../diagnostics/collector.ts";
import type { IfStatement, SetLiteral, Statement, SwitchStatement } from "../../syntax/ast.ts";
import { hull, type Interval } from "../interval.ts";
import type { Cond, Expr, Found, Op, Range, Slot, View } from "../ir.ts";
import { sameForm } from "../linear.ts";
import { type Binding, createScope, readsAlike } from "./bindings.ts";
import { flushChecks } from "./checks.ts";
import { integerOf, rangesOf, requireCondition } from "./expressions.ts";
import {
  assume,
  constant,
  declaredRange,
  distance,
  dottedName,
  failAt,
  fork,
  formAt,
  type Lowering,
  learn,
  newSlot,
  type Path,
  positionExpr,
  rangeOf,
  slotExpr,
  widen,
} from "./lowering.ts";
import type { Rest } from "./rest.ts";
import { stepsOf } from "./steps.ts";

interface Arm {
  readonly path: Path;
  /** The arm can never be taken: its names and cursor do not count. */
  readonly isDead: boolean;
}

/** `if … { } else { }` */
export function lowerIf(lowering: Lowering, path: Path, statement: IfStatement, rest: Rest): void {
  const condition = requireCondition(lowering, path, statement.condition);
  if (condition === undefined) return;
  const slotsBefore = lowering.slots.length;
  const taken = lowerArm(lowering, path, statement.then, rest, [condition, true]);
  const other = lowerArm(lowering, path, statement.else ?? [], rest, [condition, false]);
  if (taken.isDead) report(lowering.collector, "branchNeverTaken", statement.span, {});
  join(lowering, path, [taken, other], slotsBefore);
  path.ops.push({ kind: "if", condition, then: taken.path.ops, else: other.path.ops });
}

/** `switch … { }`: without `else` a value that no arm lists refuses. */
export function lowerSwitch(
  lowering: Lowering,
  path: Path,
  statement: SwitchStatement,
  rest: Rest,
): void {
  const on = integerOf(lowering, path, statement.on);
  if (on.kind === "problem") return on.report();
  if (on.present.length > 0) {
    report(lowering.collector, "fieldMayBeAbsent", statement.on.span, {
      name: lowering.sourceText(statement.on.span),
    });
    return;
  }
  const slotsBefore = lowering.slots.length;
  const arms: { ranges: readonly Range[]; arm: Arm }[] = [];
  const seen: Range[] = [];
  for (const { values, body, span } of statement.arms) {
    const ranges = rangesOf(lowering, path, values);
    if ("kind" in ranges) {
      if (!reportDefault(lowering, values)) ranges.report();
      continue;
    }
    const isTwice = ranges.some((range) =>
      seen.some((earlier) => range.lo <= earlier.hi && earlier.lo <= range.hi),
    );
    if (isTwice) report(lowering.collector, "armTwice", span, {});
    seen.push(...ranges);
    const inArm: Cond = { kind: "in", value: on.expr, ranges };
    arms.push({ ranges, arm: lowerArm(lowering, path, body, rest, [inArm, true]) });
  }
  const otherwise = lowerElse(lowering, path, statement, on.expr, seen, rest);
  join(lowering, path, [...arms.map(({ arm }) => arm), otherwise], slotsBefore);
  path.ops.push({
    kind: "switch",
    on: on.expr,
    arms: arms.map(({ ranges, arm }) => ({ ranges, body: arm.path.ops })),
    else: otherwise.path.ops,
  });
}

/** What other languages call `else`. */
const DEFAULT_WORDS: ReadonlySet<string> = new Set([
  "default",
  "otherwise",
  "other",
  "others",
  "_",
]);

/** Reports an arm that stands for all other values by another language's word; false: it is none. */
function reportDefault(lowering: Lowering, { items }: SetLiteral): boolean {
  const [first] = items;
  if (first?.from.kind !== "path" || items.length > 1) return false;
  const name = lowering.sourceText(first.from.span);
  if (!DEFAULT_WORDS.has(name)) return false;
  const args = { kind: "value", name, suggestion: "else" };
  report(lowering.collector, "unknownName", first.from.span, args);
  return true;
}

function lowerElse(
  lowering: Lowering,
  path: Path,
  statement: SwitchStatement,
  on: Expr,
  seen: readonly Range[],
  rest: Rest,
): Arm {
  const sorted = [...seen].sort((left, right) => left.lo - right.lo);
  const listed: Cond = { kind: "in", value: on, ranges: sorted };
  if (statement.else !== undefined)
    return lowerArm(lowering, path, statement.else, rest, [listed, false]);
  const arm = fork(path, { scope: createScope(path.scope) });
  const title = lowering.sourceText(statement.on.span);
  arm.ops.push({
    kind: "fail",
    fail: failAt(
      lowering,
      path,
      "switch",
      dottedName(path, title),
      path.cursor,
      `no arm for this ${title}`,
    ),
  });
  return { path: arm, isDead: true };
}

function lowerArm(
  lowering: Lowering,
  path: Path,
  body: readonly Statement[],
  rest: Rest,
  [condition, outcome]: readonly [Cond, boolean],
): Arm {
  const arm = fork(path, {
    scope: createScope(path.scope),
    restAfter: rest.constant + path.restAfter,
  });
  const isPossible = assume(lowering, arm, condition, outcome);
  lowering.lowerSteps(arm, stepsOf(body), false);
  flushChecks(lowering, arm);
  return { path: arm, isDead: !isPossible };
}

/** Joins what the arms leave behind; initial values go before the branch, each arm's at its end. */
function join(lowering: Lowering, path: Path, arms: readonly Arm[], slotsBefore: number): void {
  const live = arms.filter((arm) => !arm.isDead);
  const counted = live.length === 0 ? arms : live;
  joinCursor(lowering, path, counted, slotsBefore);
  path.resync = path.resync && counted.every((arm) => arm.path.resync);
  const names = new Set(arms.flatMap((arm) => [...arm.path.scope.names.keys()]));
  for (const name of names) {
    const hidden = path.scope.names.get(name);
    const first = arms.map((arm) => arm.path.scope.names.get(name)).find(Boolean);
    if (hidden !== undefined && first !== undefined) {
      report(lowering.collector, "duplicateName", first.span, { kind: "field", name }, [
        { span: hidden.span, message: "first declared here" },
      ]);
      continue;
    }
    if (!lowering.referenced.has(name)) continue;
    const declared = counted.map((arm) => ({ arm, binding: arm.path.scope.names.get(name) }));
    const joined = joinBinding(lowering, path, name, declared);
    if (joined !== undefined) path.scope.names.set(name, joined);
  }
}

function joinCursor(
  lowering: Lowering,
  path: Path,
  arms: readonly Arm[],
  slotsBefore: number,
): void {
  const [first, ...others] = arms;
  if (first === undefined) return;
  const form = formAt(lowering, first.path.cursor);
  if (others.every((arm) => sameForm(formAt(lowering, arm.path.cursor), form))) {
    // The same place in every arm; a slot that only one arm computes would not be defined behind them.
    const known = arms
      .map((arm) => arm.path.cursor)
      .find((at) => at.base === null || at.base < slotsBefore);
    if (known !== undefined) {
      path.cursor = known;
      learnWithin(lowering, path);
      return;
    }
  }
  const range = arms
    .map((arm) => declaredRange(lowering, positionExpr(arm.path.cursor)))
    .reduce(hull);
  const slot = newSlot(lowering, "position", range, "position");
  for (const arm of arms)
    arm.path.ops.push({ kind: "calc", slot, value: positionExpr(arm.path.cursor) });
  path.cursor = { base: slot, offset: 0 };
  learnWithin(lowering, path);
}

function learnWithin(lowering: Lowering, path: Path): void {
  if (path.window !== null) learn(lowering, path, distance(lowering, path.cursor, path.window));
}

interface Declared {
  readonly arm: Arm;
  readonly binding: Binding | undefined;
}

/** One binding for a name that arms declare, present where its arm was taken. */
function joinBinding(
  lowering: Lowering,
  path: Path,
  name: string,
  declared: readonly Declared[],
): Binding | undefined {
  const found = declared.flatMap(({ binding }) => (binding === undefined ? [] : [binding]));
  const first = found[0];
  if (first === undefined) return undefined;
  if (found.some((binding) => binding.kind !== first.kind)) {
    report(lowering.collector, "declaredDifferently", first.span, { name });
    return undefined;
  }
  switch (first.kind) {
    case "integer":
      return joinIntegers(lowering, path, name, declared, first);
    case "bytes":
      return joinBytes(lowering, path, name, declared, first);
    case "group":
      return joinGroups(lowering, path, name, declared, first);
    case "list":
      return joinLists(lowering, path, name, declared, first);
  }
}

function isAlways(declared: readonly Declared[]): boolean {
  return declared.every(({ binding }) => binding !== undefined && binding.present === null);
}

function joinIntegers(
  lowering: Lowering,
  path: Path,
  name: string,
  declared: readonly Declared[],
  first: Extract<Binding, { kind: "integer" }>,
): Binding {
  const always = isAlways(declared);
  const slot = joinValues(lowering, path, name, declared, always);
  const present = always ? null : newSlot(lowering, `${name}Present`, { lo: 0, hi: 1 }, "flag");
  if (present !== null) {
    path.ops.push({ kind: "calc", slot: present, value: constant(0) });
    for (const { arm, binding } of declared)
      if (binding !== undefined)
        arm.path.ops.push({ kind: "calc", slot: present, value: flagOf(binding) });
  }
  return { ...first, value: slotExpr(slot), view: null, extent: null, present };
}

function flagOf(binding: Binding): Expr {
  return binding.present === null ? constant(1) : slotExpr(binding.present);
}

/** A slot that has each arm's value; 0 before where not every arm has one. */
function joinValues(
  lowering: Lowering,
  path: Path,
  name: string,
  declared: readonly Declared[],
  always: boolean,
): Slot {
  const values: { path: Path; value: Expr }[] = [];
  for (const { arm, binding } of declared) {
    const value = binding?.kind === "integer" || binding?.kind === "bytes" ? binding.value : null;
    if (value !== null) values.push({ path: arm.path, value });
  }
  const start: Interval = always ? { lo: Infinity, hi: -Infinity } : { lo: 0, hi: 0 };
  const range = values.map((each) => rangeOf(lowering, each.path, each.value)).reduce(hull, start);
  const slot = newSlot(lowering, name, range);
  if (!always) path.ops.push({ kind: "calc", slot, value: constant(0) });
  for (const each of values) each.path.ops.push({ kind: "calc", slot, value: each.value });
  return slot;
}

function joinBytes(
  lowering: Lowering,
  path: Path,
  name: string,
  declared: readonly Declared[],
  first: Extract<Binding, { kind: "bytes" }>,
): Binding | undefined {
  const all = declared.flatMap(({ binding }) => (binding?.kind === "bytes" ? [binding] : []));
  if (all.some((binding) => !readsAlike(binding, first))) {
    report(lowering.collector, "declaredDifferently", first.span, { name });
    return undefined;
  }
  const always = isAlways(declared);
  const maxBytes = Math.max(...all.map((binding) => binding.maxBytes));
  const into = foundAmong(lowering, name, all, maxBytes);
  if (!always) path.ops.push({ kind: "clear", into });
  for (const { arm, binding } of declared)
    if (binding?.kind === "bytes") {
      widen(lowering, into.offset, positionExpr(binding.view.at));
      selectInto(arm.path.ops, binding, into);
    }
  const hasValue = all.every((binding) => binding.value !== null);
  return {
    ...first,
    view: viewOf(into),
    maxBytes,
    value: hasValue ? slotExpr(joinValues(lowering, path, name, declared, always)) : null,
    extent: null,
    present: always ? null : into.found,
  };
}

/** Slots for one of several views; where it begins is known as well as of each of them. */
function foundAmong(
  lowering: Lowering,
  name: string,
  all: readonly { readonly view: View }[],
  maxBytes: number,
): Found {
  const places = all.map(({ view }) => declaredRange(lowering, positionExpr(view.at)));
  const begin = places.reduce(hull, { lo: 0, hi: 0 });
  return {
    found: newSlot(lowering, `${name}Found`, { lo: 0, hi: 1 }, "flag"),
    offset: newSlot(lowering, `${name}Offset`, begin, "position"),
    length: newSlot(lowering, `${name}Length`, { lo: 0, hi: maxBytes }),
  };
}

/** The bytes of a repetition as a whole; searches in it keep their results in slots of their own. */
function joinLists(
  lowering: Lowering,
  path: Path,
  name: string,
  declared: readonly Declared[],
  first: Extract<Binding, { kind: "list" }>,
): Binding {
  const all = declared.flatMap(({ binding }) => (binding?.kind === "list" ? [binding] : []));
  const always = isAlways(declared);
  const maxBytes = Math.max(...all.map((binding) => binding.maxBytes));
  const into = foundAmong(lowering, name, all, maxBytes);
  if (!always) path.ops.push({ kind: "clear", into });
  for (const { arm, binding } of declared)
    if (binding?.kind === "list") selectInto(arm.path.ops, binding, into);
  const present = always ? null : into.found;
  return { ...first, view: viewOf(into), maxBytes, extent: null, present };
}

function selectInto(
  ops: Op[],
  binding: Extract<Binding, { kind: "bytes" | "list" }>,
  into: Found,
): void {
  const select: Op = { kind: "select", view: binding.view, into };
  if (binding.present === null) {
    ops.push(select);
    return;
  }
  const isThere: Cond = {
    kind: "compare",
    operator: "==",
    left: slotExpr(binding.present),
    right: constant(1),
  };
  ops.push({ kind: "if", condition: isThere, then: [select], else: [{ kind: "clear", into }] });
}

/** What was found, as a view of the wire. */
function viewOf(into: Found) {
  return {
    source: "wire",
    at: { base: into.offset, offset: 0 },
    length: slotExpr(into.length),
  } as const;
}

function joinGroups(
  lowering: Lowering,
  path: Path,
  name: string,
  declared: readonly Declared[],
  first: Extract<Binding, { kind: "group" }>,
): Binding {
  const names = new Set(
    declared.flatMap(({ binding }) =>
      binding?.kind === "group" ? [...binding.members.keys()] : [],
    ),
  );
  const members = new Map<string, Binding>();
  for (const member of names) {
    if (!lowering.referenced.has(member)) continue;
    const each = declared.map(({ arm, binding }) => ({
      arm,
      binding: binding?.kind === "group" ? binding.members.get(member) : undefined,
    }));
    const joined = joinBinding(lowering, path, `${name}_${member}`, each);
    if (joined !== undefined) members.set(member, joined);
  }
  return { ...first, members, extent: null, present: null };
}
