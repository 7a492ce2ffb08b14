// What may stand in which part: frame-only statements, parts that may leave bytes unused. Emits nothing.

import { report } from "../../diagnostics/collector.ts";
import type { Statement } from "../../syntax/ast.ts";
import type { Lowering } from "./lowering.ts";

/** Whether a part may leave bytes unused: it ends in `rest` or places fields at offsets. */
export function leavesGaps(statements: readonly Statement[]): boolean {
  return statements.some(
    (statement) =>
      statement.kind === "rest" ||
      ("at" in statement && statement.at !== undefined) ||
      (statement.kind === "if" && [...statement.then, ...(statement.else ?? [])].some(isRest)) ||
      (statement.kind === "switch" &&
        [...statement.arms.flatMap((arm) => arm.body), ...(statement.else ?? [])].some(isRest)),
  );
}

function isRest(statement: Statement): boolean {
  return statement.kind === "rest";
}

/** Reports statements that may stand in a frame only. */
export function reportMisplaced(lowering: Lowering, statements: readonly Statement[]): void {
  for (const statement of statements) {
    if (statement.kind !== "start" && statement.kind !== "end" && statement.kind !== "ignore")
      continue;
    report(lowering.collector, "misplaced", statement.span, {
      what: statement.kind,
      mend: `put ${statement.kind} into the frame itself, not into a block or branch`,
    });
  }
}
