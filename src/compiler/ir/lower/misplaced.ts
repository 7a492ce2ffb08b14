// What may stand in which part: frame-only statements, parts that may leave bytes unused. Emits nothing.

import { report } from "../../diagnostics/collector.ts";
import type { Statement } from "../../syntax/ast.ts";
import type { Lowering } from "./lowering.ts";

/** Whether a part may leave bytes unused: it places fields at offsets. A `rest` uses them up where it stands. */
export function leavesGaps(statements: readonly Statement[]): boolean {
  return statements.some((statement) => "at" in statement && statement.at !== undefined);
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
