// A rule as logs and `explain` show it: one line, as written. Knows nothing of its meaning.

import { RULE_TEXT_MAX } from "./outcome.ts";

/** Strings are kept as they are, comments dropped, white space folded; cut at `RULE_TEXT_MAX` characters with `…`. */
export function foldRuleText(source: string): string {
  const folded = source
    .replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\s+/g, (_, text: string | undefined) => text ?? " ")
    .replace(/ {2,}/g, " ")
    .replace(/;?\s*$/, "")
    .trim();
  return folded.length > RULE_TEXT_MAX ? `${folded.slice(0, RULE_TEXT_MAX)}…` : folded;
}
