// Which parts may leave bytes unused. Emits nothing, reports nothing.

import type { Statement } from "../../syntax/ast.ts";

/** Whether a part may leave bytes unused: it places fields at offsets. A `rest` uses them up where it stands. */
export function leavesGaps(statements: readonly Statement[]): boolean {
  return statements.some((statement) => "at" in statement && statement.at !== undefined);
}
