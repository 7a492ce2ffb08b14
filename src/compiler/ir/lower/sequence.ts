// Walks a body's steps: those whose sizes are known already are waited for and bounded together (one run), the others one by
// one. This order fixes the commit points. Knows which statement goes where, not what they do.

import { assertNever } from "../../../base/assert.ts";
import type { Expr, Position } from "../ir.ts";
import { lowerBits } from "./bits.ts";
import { lowerCounted, lowerPartInSpine, lowerSizedBlock, lowerUnknownSize } from "./blocks.ts";
import { lowerIf, lowerSwitch } from "./branches.ts";
import { lowerCheckStatement } from "./checks.ts";
import { decideWhenReady } from "./decide.ts";
import { lowerFixedField, lowerLiteral } from "./fields.ts";
import { advance, type Lowering, type Path } from "./lowering.ts";
import { lowerEnd, lowerEndian, lowerPad, lowerRest, lowerSize } from "./places.ts";
import { lowerPrefix } from "./prefixes.ts";
import { reach } from "./reach.ts";
import { lowerRepeat } from "./repeats.ts";
import { knownSize, type Rest, restFrom, suffixMinimums } from "./rest.ts";
import { isPossibleSize } from "./sizes.ts";
import { declaredNames, isAtOffset, type Step, spanOf, titleOf } from "./steps.ts";
import { lowerAtOffset, lowerUntil } from "./unsized.ts";

interface Sized {
  readonly step: Step;
  readonly size: Expr;
}

/** Lowers steps in order; `isFrame`: they are the frame's own, where the header ends. */
export function lowerSteps(
  lowering: Lowering,
  path: Path,
  steps: readonly Step[],
  isFrame: boolean,
): void {
  for (const name of declaredNames(steps)) path.scope.own.add(name);
  const minimums = suffixMinimums(lowering, path, steps);
  for (let index = 0; index < steps.length && !lowering.isDecided; ) {
    const run = takeRun(lowering, path, steps, index);
    const next = index + Math.max(1, run.length);
    if (isFrame && index > 0) endHeader(lowering, path, steps, index, next);
    const rest = restFrom(lowering, path, steps, next, minimums);
    if (run.length > 0) lowerRun(lowering, path, run, rest);
    else {
      const step = steps[index];
      if (step !== undefined) lowerStep(lowering, path, step, rest);
    }
    index = next;
    decideWhenReady(lowering, path);
  }
}

/** The longest run of steps from `from` whose sizes are told by what is decoded before them. */
function takeRun(
  lowering: Lowering,
  path: Path,
  steps: readonly Step[],
  from: number,
): readonly Sized[] {
  const run: Sized[] = [];
  for (let index = from; index < steps.length; index += 1) {
    const step = steps[index];
    if (step === undefined) break;
    const size = knownSize(lowering, path, step);
    if (size === null || mustStandAlone(lowering, path, step)) break;
    run.push({ step, size });
    if (lowering.decideAt === "key" && path.mode === "spine" && endsEarlyRun(lowering, step, size))
      break;
  }
  return run;
}

/** With `decide at key` nothing behind a field that a key needs is waited for with it. */
function endsEarlyRun(lowering: Lowering, step: Step, size: Expr): boolean {
  return size.kind !== "const" || lowering.keyFields.has(titleOf(step));
}

/** With `decide at key` a block is walked as its bytes come, not waited for. */
function mustStandAlone(lowering: Lowering, path: Path, step: Step): boolean {
  if (lowering.decideAt === "frame" || path.mode === "leaf") return false;
  const owner = step.kind === "statement" ? step.statement : undefined;
  const content = step.kind === "content" ? step.owner : owner;
  return content?.kind === "block" || content?.kind === "repeat";
}

/**
 * The header ends where the frame's length is known: before the run that reaches the frame's end, or before the first
 * search or repetition. `size = …` ends it by itself.
 */
function endHeader(
  lowering: Lowering,
  path: Path,
  steps: readonly Step[],
  index: number,
  next: number,
): void {
  if (!lowering.headerEndsByItself || !path.resync) return;
  const step = steps[index];
  const isWalk =
    step?.kind === "statement" &&
    ((step.statement.kind === "field" && step.statement.until !== undefined) ||
      step.statement.kind === "repeat");
  const behind = steps.slice(next);
  const isLast =
    step?.kind !== "prefix" &&
    behind.every((later) => isAtOffset(later) || knownSize(lowering, path, later) !== null) &&
    !(step?.kind === "statement" && ["size", "if", "switch"].includes(step.statement.kind));
  const isVarint =
    step?.kind === "statement" &&
    step.statement.kind === "field" &&
    step.statement.type.kind === "varint";
  if (isWalk || (isLast && !isVarint)) path.resync = false;
}

function lowerRun(lowering: Lowering, path: Path, run: readonly Sized[], rest: Rest): void {
  const places: Position[] = [path.cursor];
  let end = path.cursor;
  for (const { step, size } of run) {
    if (!isPossibleSize(lowering, path, step, size)) return;
    end = advance(lowering, path, end, size, `${titleOf(step)}End`);
    places.push(end);
  }
  const blamed = blamedOf(path, run);
  const step = run[blamed]?.step;
  if (step === undefined) return;
  const blame = { name: titleOf(step), at: places[blamed] ?? path.cursor, span: spanOf(step) };
  reach(lowering, path, end, blame, rest);
  for (const [index, { step, size }] of run.entries()) {
    const from = places[index] ?? path.cursor;
    path.cursor = from;
    lowerSized(lowering, path, step, from, places[index + 1] ?? end, size);
  }
  path.cursor = end;
}

/**
 * Whose fault it is where a run does not fit. A part of known size ends before the last step; a frame grows too long by the
 * last step whose size came from the client, not by what stands behind that.
 */
function blamedOf(path: Path, run: readonly Sized[]): number {
  const sent = run.findLastIndex(({ size }) => size.kind !== "const");
  return path.window !== null || sent < 0 ? run.length - 1 : sent;
}

/** A step whose bytes [from, to) are present or, in a spine part, waited for. */
function lowerSized(
  lowering: Lowering,
  path: Path,
  step: Step,
  from: Position,
  to: Position,
  size: Expr,
): void {
  if (step.kind === "prefix") return lowerPrefix(lowering, path, step, from);
  if (step.kind === "counted") return;
  const statement = step.kind === "statement" ? step.statement : step.owner;
  switch (statement.kind) {
    case "literal":
      return lowerLiteral(lowering, path, statement.bytes.bytes, from, "literal", statement.span);
    case "end":
      return lowerLiteral(lowering, path, lowering.endMark, from, "end", statement.span);
    case "bits":
      return lowerBits(lowering, path, statement, from);
    case "field":
      return lowerFixedField(lowering, path, statement, from, to, size);
    case "block":
    case "repeat":
      return lowerSizedBlock(lowering, path, statement, from, to);
    default:
      return;
  }
}

function lowerStep(lowering: Lowering, path: Path, step: Step, rest: Rest): void {
  if (step.kind === "counted") return lowerCounted(lowering, path, step, rest);
  if (step.kind === "prefix") return lowerPrefix(lowering, path, step, path.cursor, rest);
  if (step.kind === "content") {
    const { owner } = step;
    if (owner.kind === "repeat" || owner.kind === "block") {
      const size = knownSize(lowering, path, step);
      if (size !== null) lowerPartInSpine(lowering, path, step, size, rest);
    }
    return;
  }
  const { statement } = step;
  switch (statement.kind) {
    case "start":
      return;
    case "end":
      return lowerEnd(lowering, path, statement.span, rest);
    case "size":
      return lowerSize(lowering, path, statement);
    case "endian":
      return lowerEndian(lowering, path, statement);
    case "pad":
      return lowerPad(lowering, path, statement, rest);
    case "rest":
      return lowerRest(lowering, path, statement);
    case "field":
      if (statement.at !== undefined) return lowerAtOffset(lowering, path, step);
      return lowerUntil(lowering, path, statement, rest);
    case "bits":
      return lowerAtOffset(lowering, path, step);
    case "block": {
      if (statement.at !== undefined) return lowerAtOffset(lowering, path, step);
      const size = knownSize(lowering, path, step);
      if (size !== null) return lowerPartInSpine(lowering, path, step, size, rest);
      return lowerUnknownSize(lowering, path, statement.size);
    }
    case "if":
      return lowerIf(lowering, path, statement, rest);
    case "switch":
      return lowerSwitch(lowering, path, statement, rest);
    case "repeat": {
      const size = knownSize(lowering, path, step);
      if (size !== null) return lowerPartInSpine(lowering, path, step, size, rest);
      if (statement.extent.kind === "filling")
        return lowerUnknownSize(lowering, path, statement.extent.size);
      return lowerRepeat(lowering, path, statement, rest);
    }
    case "check":
      return lowerCheckStatement(lowering, path, statement);
    case "literal":
    case "max":
    case "drop":
    case "ignore":
    case "between":
      return;
    default:
      return assertNever(statement);
  }
}
