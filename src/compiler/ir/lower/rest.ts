// What must still come behind a step: its constant part and what fields already decoded tell. Knows no operation.

import type { Expression } from "../../syntax/ast.ts";
import type { Expr } from "../ir.ts";
import { type Binding, findBinding } from "./bindings.ts";
import { integerOf } from "./expressions.ts";
import { binary, constant, type Lowering, type Path, rangeOf } from "./lowering.ts";
import { createMeasure, type KnownInterval, measureStep, minimumUntil } from "./measure.ts";
import { isAtOffset, type Step, sizeOf } from "./steps.ts";

export interface Rest {
  readonly constant: number;
  /** Sizes told by decoded fields; null where there are none. */
  readonly known: Expr | null;
}

/** Behind so many steps only declared sizes count: keeps long bodies linear. */
const MAX_EXACT_STEPS = 16;

/** Declared smallest sizes of what follows each step; the last entry is 0. */
export function suffixMinimums(
  lowering: Lowering,
  path: Path,
  steps: readonly Step[],
): readonly number[] {
  const measure = createMeasure(lowering.symbols, knownOn(lowering, path));
  const sizes = steps.map((step) => measureStep(measure, step).min);
  const sums = new Array<number>(steps.length + 1).fill(0);
  for (let index = steps.length - 1; index >= 0; index -= 1)
    sums[index] = (sums[index + 1] ?? 0) + (isAtOffset(steps[index]) ? 0 : (sizes[index] ?? 0));
  return sums;
}

/** What must come from step `from` on. */
export function restFrom(
  lowering: Lowering,
  path: Path,
  steps: readonly Step[],
  from: number,
  minimums: readonly number[],
): Rest {
  const measure = createMeasure(lowering.symbols, knownOn(lowering, path));
  // With `decide at key` only what comes up to the last key has to come; a branch or round is never left early.
  if (lowering.decideAt === "key" && !path.isBranch)
    return {
      constant: minimumUntil(measure, steps.slice(from), lowering.keyFields),
      known: null,
    };
  const until = Math.min(steps.length, from + MAX_EXACT_STEPS);
  let fixed = minimums[until] ?? 0;
  let known: Expr | null = null;
  for (let index = from; index < until; index += 1) {
    const step = steps[index];
    if (step === undefined || isAtOffset(step)) continue;
    const size = knownSize(lowering, path, step);
    const least = measureStep(measure, step).min;
    if (size === null) fixed += least;
    else if (size.kind === "const") fixed += size.value;
    else if (rangeOf(lowering, path, size).lo < least) fixed += least;
    else known = known === null ? size : binary("+", known, size);
  }
  return { constant: fixed, known };
}

/** The size of a step where fields decoded so far tell it; null otherwise. Never reports. */
export function knownSize(lowering: Lowering, path: Path, step: Step): Expr | null {
  if (step.kind === "counted") return null;
  if (step.kind === "prefix") return typeSize(lowering, path, step.type);
  if (step.kind === "content") {
    const length = lowering.lengths.get(step.owner);
    return length ?? null;
  }
  const { statement } = step;
  switch (statement.kind) {
    case "literal":
      return constant(statement.bytes.bytes.length);
    case "end":
      // In a frame of known size the end mark is its last bytes: a place, not the next step.
      return path.window === null ? constant(lowering.endMark.length) : null;
    case "bits":
      return statement.at === undefined ? constant(Number(statement.type.slice(1)) / 8) : null;
    case "field":
      if (statement.at !== undefined || statement.until !== undefined) return null;
      return typeSize(lowering, path, statement.type);
    case "block":
    case "repeat": {
      const size = sizeOf(statement);
      if (size?.kind !== "expression") return null;
      if (statement.kind === "block" && statement.at !== undefined) return null;
      return sizeValue(lowering, path, size.value);
    }
    default:
      return null;
  }
}

type FieldType = Extract<Step, { kind: "prefix" }>["type"];

function typeSize(lowering: Lowering, path: Path, type: FieldType): Expr | null {
  switch (type.kind) {
    case "integer":
      return constant(Number(type.name.slice(1)) / 8);
    case "digits":
      return type.sizeBytes === undefined ? null : sizeValue(lowering, path, type.sizeBytes);
    case "bytes":
      return type.size?.kind === "expression" ? sizeValue(lowering, path, type.size.value) : null;
    default:
      return null;
  }
}

function sizeValue(lowering: Lowering, path: Path, expression: Expression): Expr | null {
  const value = integerOf(lowering, path, expression);
  return value.kind === "integer" && value.present.length === 0 ? value.expr : null;
}

/** The intervals of names already lowered, for measuring what follows. */
export function knownOn(lowering: Lowering, path: Path): KnownInterval {
  return (dotted) => {
    const [first = "", ...rest] = dotted.split(".");
    let binding: Binding | undefined = findBinding(path.scope, first);
    for (const part of rest)
      binding = binding?.kind === "group" ? binding.members.get(part) : undefined;
    if (binding?.kind === "integer") return rangeOf(lowering, path, binding.value);
    if (binding?.kind === "bytes" && binding.value !== null)
      return rangeOf(lowering, path, binding.value);
    return undefined;
  };
}
