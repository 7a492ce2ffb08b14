// The statements inside a statement. Knows no meaning.

import type { Statement } from "../syntax/ast.ts";

/** The bodies of a block, a repetition, a conditional; none for other statements. */
export function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case "block":
    case "repeat":
      return [statement.body];
    case "if":
      return [statement.then, statement.else ?? []];
    case "switch":
      return [...statement.arms.map((arm) => arm.body), statement.else ?? []];
    default:
      return [];
  }
}
