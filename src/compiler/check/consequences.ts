// Findings that only follow from others: a field that could not be understood makes every use of its name fail too.
// Shown, they would hide what is wrong. Knows no pass.

import { catalog } from "../diagnostics/catalog.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Name, Statement } from "../syntax/ast.ts";
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

/** What a field that can have no value leads to: nothing fits into it, nor into the frame. */
const FOLLOWING_NO_VALUE: ReadonlySet<string> = new Set([
  catalog.beyondMax.code,
  catalog.emptyFrame.code,
]);

/** What is found of one protocol, told apart. */
export interface Surroundings {
  /** Names that the protocol declares somewhere, with the offset in its file where each is declared first. */
  readonly declared: ReadonlyMap<string, number>;
  /** Whether a finding lies in a frame, where a name stands behind its declaration. */
  readonly isInFrame: (diagnostic: Diagnostic) => boolean;
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
  const isLost = (each: Diagnostic): boolean => {
    const declaredAt = surroundings.declared.get(surroundings.textOf(each));
    if (declaredAt === undefined) return false;
    return declaredAt < each.span.start || !surroundings.isInFrame(each);
  };
  // What only uses a field that could not be understood, then what only follows from a size.
  const lost = known.filter((each) => !(isUnknown(each) && isLost(each)));
  // What asks for a known size says why there is no bound: a maximum alone would not mend it.
  const lacksSize = lost.some(({ code }) => code === catalog.needsSizedPart.code);
  const own = lost.filter(({ code }) => !lacksSize || code !== catalog.unboundedFrame.code);
  const hasNoValue = own.some(({ code }) => code === catalog.guardNeverHolds.code);
  const causes = own.filter(
    ({ code }) => !FOLLOWING.has(code) && !(hasNoValue && FOLLOWING_NO_VALUE.has(code)),
  );
  const hasError = (some: readonly Diagnostic[]): boolean =>
    some.some(({ severity }) => severity === "error");
  return [causes, own].find(hasError) ?? known;
}

/** Every name that statements declare, at any depth, with the offset where it is declared first. */
export function declaredNames(statements: readonly Statement[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const note = ({ text, span }: Name): void => {
    names.set(text, Math.min(span.start, names.get(text) ?? span.start));
  };
  const visit = (body: readonly Statement[]): void => {
    for (const statement of body) {
      if ("name" in statement && statement.name !== undefined) note(statement.name);
      // Members of a named group go by the group's name.
      if (statement.kind === "bits" && statement.name === undefined)
        for (const { name } of statement.members) note(name);
      for (const inner of bodiesOf(statement)) visit(inner);
    }
  };
  visit(statements);
  return names;
}
