// Findings that only follow from others: a field that could not be understood makes every use of its name fail too.
// Shown, they would hide what is wrong. Knows no pass.

import { catalog } from "../diagnostics/catalog.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Statement } from "../syntax/ast.ts";
import { bodiesOf } from "./statement-bodies.ts";

/** What a size that could not be computed leads to. */
const FOLLOWING: ReadonlySet<string> = new Set([
  catalog.unboundedFrame.code,
  catalog.needsSizedPart.code,
  catalog.leftOver.code,
  catalog.weakStart.code,
  catalog.placeUnknown.code,
  catalog.listNeedsSearch.code,
]);

/** What is found of one protocol, told apart. */
export interface Surroundings {
  /** Names that the protocol declares somewhere. */
  readonly declared: ReadonlySet<string>;
  /** An imported file is not there: any name may be one of its. */
  readonly lacksFiles: boolean;
  /** The source text that a finding points at. */
  readonly textOf: (diagnostic: Diagnostic) => string;
}

/** The findings of one protocol without those that follow from others; the same where all of them would. */
export function withoutConsequences(
  found: readonly Diagnostic[],
  surroundings: Surroundings,
): readonly Diagnostic[] {
  const isUnknown = ({ code }: Diagnostic): boolean => code === catalog.unknownName.code;
  const known = surroundings.lacksFiles ? found.filter((each) => !isUnknown(each)) : found;
  const causes = known.filter(
    (each) =>
      !FOLLOWING.has(each.code) &&
      !(isUnknown(each) && surroundings.declared.has(surroundings.textOf(each))),
  );
  return causes.some(({ severity }) => severity === "error") ? causes : known;
}

/** Every name that statements declare, at any depth. */
export function declaredNames(statements: readonly Statement[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of statements) {
    if ("name" in statement && statement.name !== undefined) names.add(statement.name.text);
    if (statement.kind === "bits") for (const { name } of statement.members) names.add(name.text);
    for (const body of bodiesOf(statement)) for (const name of declaredNames(body)) names.add(name);
  }
  return names;
}
