// The state words of a generated function: which variables are kept on NEED, where, and how they fit into 32-bit words.

import type { Interval } from "../../ir/interval.ts";
import { isWide } from "./expression.ts";
import { setWord } from "./statements.ts";
import { add, binary, call, declare, index, type Js, js, member, type Statement } from "./tree.ts";
import { WORDS } from "./unpack-scope.ts";

/** A variable and its first state word, an index of `s`. */
export interface SavedVariable {
  readonly name: string;
  readonly word: number;
  readonly interval: Interval;
}

const LOW_WORD = 2 ** 32;
const INT32_MAX = 2 ** 31 - 1;

/** Gives each variable its words from `first` on; `behind` is the first word that is free. */
export function placeVariables(
  variables: readonly { readonly name: string; readonly interval: Interval }[],
  first: number,
): { readonly saved: readonly SavedVariable[]; readonly behind: number } {
  let behind = first;
  const saved = variables.map(({ name, interval }) => {
    const word = behind;
    behind += isWide(interval) ? 2 : 1;
    return { name, word, interval };
  });
  return { saved, behind };
}

/** Declares the variable with what its words held. */
export function restoreStatement({ name, word, interval }: SavedVariable): Statement {
  return declare("let", name, restored(word, interval));
}

function restored(word: number, interval: Interval): Js {
  const low = index(WORDS, word);
  const unsigned = binary(">>>", low, 0);
  if (isWide(interval)) return add(binary("*", index(WORDS, word + 1), LOW_WORD), unsigned);
  return interval.hi > INT32_MAX ? unsigned : low;
}

/** Writes the variable into its words; an `Int32Array` keeps the low 32 bits of what it is given. */
export function saveStatements({ name, word, interval }: SavedVariable): readonly Statement[] {
  const low = setWord(word, name);
  if (!isWide(interval)) return [low];
  const high = call(member("Math", "floor"), binary("/", js(name), LOW_WORD));
  return [low, setWord(word + 1, high)];
}
