// Sized parts within a frame: blocks, repetitions that fill a size, and what an integer counts. Each has its own window, byte
// order and origin; a named block has its own names.

import type { BlockStatement, RepeatStatement, SizeOf, Statement } from "../../syntax/ast.ts";
import type { Expr, Position } from "../ir.ts";
import { type Binding, createScope, findBinding } from "./bindings.ts";
import { requireInteger } from "./expressions.ts";
import { bind } from "./fields.ts";
import { leavesGaps } from "./gaps.ts";
import { advance, type Lowering, type Path } from "./lowering.ts";
import { requireUsedUp } from "./places.ts";
import { boundWithin, NO_REST, noteHeld, reach } from "./reach.ts";
import { lowerRepeat } from "./repeats.ts";
import type { Rest } from "./rest.ts";
import { isPossibleSize } from "./sizes.ts";
import { type Step, spanOf, stepsOf, titleOf } from "./steps.ts";

/** A block or filled repetition whose bytes [from, to) are present: a leaf. */
export function lowerSizedBlock(
  lowering: Lowering,
  path: Path,
  statement: BlockStatement | RepeatStatement,
  from: Position,
  to: Position,
): void {
  const outer = { mode: path.mode, window: path.window };
  path.mode = "leaf";
  lowerPart(lowering, path, statement, from, to);
  path.mode = outer.mode;
  path.window = outer.window;
  path.cursor = to;
}

function lowerPart(
  lowering: Lowering,
  path: Path,
  statement: BlockStatement | RepeatStatement,
  from: Position,
  to: Position,
): void {
  path.cursor = from;
  path.window = to;
  if (statement.kind === "repeat") {
    lowerRepeat(lowering, path, statement, NO_REST);
    return;
  }
  const name = statement.name?.text;
  const isNamed = name !== undefined && name !== "_";
  const scope = isNamed ? createScope(path.scope) : path.scope;
  // Shares what is known and emitted with the path around it; places and names are its own.
  const inner: Path = {
    ...path,
    scope,
    origin: from,
    isFrame: false,
    where: isNamed ? [...path.where, `${name}.`] : path.where,
  };
  lowering.lowerSteps(inner, stepsOf(statement.body), false);
  path.cursor = inner.cursor;
  if (lowering.isDecided) return;
  if (!leavesGaps(statement.body)) requireUsedUp(lowering, path, name ?? "block", statement.span);
  if (isNamed) bind(lowering, path, name, groupOf(statement, scope.names, from, to));
}

function groupOf(
  statement: Statement,
  members: ReadonlyMap<string, Binding>,
  from: Position,
  to: Position,
): Binding {
  return { kind: "group", members, span: statement.span, extent: { from, to }, present: null };
}

/** With `decide at key`: a part that is walked as its bytes come. */
export function lowerPartInSpine(
  lowering: Lowering,
  path: Path,
  step: Step,
  size: Expr,
  rest: Rest,
): void {
  if (step.kind === "counted" || step.kind === "prefix") return;
  const statement = step.kind === "statement" ? step.statement : step.owner;
  if (statement.kind !== "block" && statement.kind !== "repeat") return;
  if (!isPossibleSize(lowering, path, step, size)) return;
  const from = path.cursor;
  const to = advance(lowering, path, from, size, `${titleOf(step)}End`);
  const blame = { name: titleOf(step), at: from, span: spanOf(step) };
  const outer = { window: path.window, restAfter: path.restAfter };
  boundWithin(lowering, path, to, path.window ?? { base: null, offset: lowering.frameMax }, blame);
  noteHeld(lowering, path, to);
  path.restAfter = rest.constant + path.restAfter;
  lowerPart(lowering, path, statement, from, to);
  if (lowering.isDecided) return;
  path.restAfter = outer.restAfter;
  reach(lowering, path, to, blame, rest);
  path.window = outer.window;
  path.cursor = to;
}

/** What an integer counts: a part without a name of its own, its fields in the scope around it. */
export function lowerCounted(
  lowering: Lowering,
  path: Path,
  step: Extract<Step, { kind: "counted" }>,
  rest: Rest,
): void {
  const { length } = step;
  const value = lowering.lengths.get(length);
  if (value === undefined || length.counts === undefined) return;
  const first = length.counts.first.parts[0]?.text ?? "";
  const earlier = findBinding(path.scope, first)?.extent?.from;
  const start = first === length.name?.text ? earlier : (earlier ?? path.cursor);
  if (start === undefined || !isPossibleSize(lowering, path, step, value)) return;
  const end = advance(lowering, path, start, value, `${titleOf(step)}End`);
  const blame = { name: titleOf(step), at: path.cursor, span: spanOf(step) };
  boundWithin(lowering, path, path.cursor, end, blame);
  reach(lowering, path, end, blame, rest);
  const outer = { mode: path.mode, window: path.window };
  path.mode = "leaf";
  path.window = end;
  lowering.lowerSteps(path, step.body, false);
  const statements = step.body.flatMap((inner) =>
    inner.kind === "statement" ? [inner.statement] : [],
  );
  if (!leavesGaps(statements)) requireUsedUp(lowering, path, titleOf(step), length.span);
  path.mode = outer.mode;
  path.window = outer.window;
  path.cursor = end;
}

/** A size in brackets that nothing decoded so far tells: reports why. */
export function lowerUnknownSize(lowering: Lowering, path: Path, size: SizeOf): void {
  if (size.kind === "expression") requireInteger(lowering, path, size.value);
}
