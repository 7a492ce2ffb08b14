// Whether a computed size is one: never negative, never beyond exact integers. Emits nothing.

import { report } from "../../diagnostics/collector.ts";
import type { Expr } from "../ir.ts";
import { formOfExpr } from "../linear.ts";
import { isNonNegative, type Lowering, type Path, rangeOf } from "./lowering.ts";
import { type Step, spanOf, titleOf } from "./steps.ts";

/** Reports a size that may be negative or leaves the exact integers. */
export function isPossibleSize(lowering: Lowering, path: Path, step: Step, size: Expr): boolean {
  const range = rangeOf(lowering, path, size);
  const isOwn = step.kind === "statement" && step.statement.kind === "size";
  const name = isOwn ? "this part" : titleOf(step);
  if (!Number.isFinite(range.hi)) {
    report(lowering.collector, "overflow", spanOf(step), { what: `the size of ${name}` });
    return false;
  }
  if (range.lo >= 0) return true;
  const form = formOfExpr(size, (slot) => lowering.forms.get(slot));
  if (form !== null && isNonNegative(lowering, path, form)) return true;
  const needed = subtracted(size) ?? -range.lo;
  report(lowering.collector, "negativeSize", spanOf(step), { name, least: range.lo, needed });
  return false;
}

/** 15 of `length - 15`: what the length has to be at least. */
function subtracted(size: Expr): number | undefined {
  const isDifference = size.kind === "binary" && size.operator === "-";
  return isDifference && size.right.kind === "const" ? size.right.value : undefined;
}
