// What a parser says that stopped: what it expected, what it found, and a line of help. Words only: when to say it is
// decided in recovering-parser.ts.

import type { IParserErrorMessageProvider, TokenType } from "chevrotain";
import { suggest } from "../../diagnostics/suggest.ts";
import type { Token } from "../lexer.ts";
import { isReservedWord } from "../tokens.ts";
import { helpForForeignStatement } from "./foreign-words.ts";
import { FOREIGN_TYPES, PLACES } from "./places.ts";

/** Whether an item of a list in braces was expected. */
export function isItemPlace(expected: string): boolean {
  return PLACES.get(expected)?.isItem ?? false;
}

/** Words that begin an item of a list: on a new line they are taken for the next one. */
export function leadingWords(): readonly string[] {
  return [...PLACES.values()].flatMap((place) => (place.isItem ? place.words : []));
}

/** A line of help for a place or a token that was expected. */
export function helpFor(expected: string): string {
  return PLACES.get(expected)?.help ?? `write ${expected} here`;
}

/** For a word at such a place: what was meant, by its spelling or by where it would belong. */
export function helpForWord(expected: string, word: string): string {
  const foreign = expected === "a statement" ? FOREIGN_TYPES.get(word) : undefined;
  if (foreign !== undefined) return `did you mean '${foreign}'?`;
  const statement = expected === "a statement" ? helpForForeignStatement(word) : undefined;
  if (statement !== undefined) return statement;
  for (const [name, place] of PLACES) {
    if (place.isItem && isItemPlace(expected) && place.words.includes(word)) {
      return name === "a statement" && expected === "a part of a protocol"
        ? `'${word}' begins a statement, which stands in frame { … }: is that missing, or a '}' too many above?`
        : `'${word}' begins ${name}: look for a '}' missing or too many above`;
    }
  }
  const nearest = suggest(word, PLACES.get(expected)?.words ?? []);
  return nearest === undefined ? helpFor(expected) : `did you mean '${nearest}'?`;
}

/** A token as messages name it; `undefined`: the end of the file. */
export function describeToken(token: Token | undefined): string {
  if (token === undefined) return "the end of the file";
  if (isReservedWord(token.tokenType)) return `the word '${token.image}'`;
  return token.image.startsWith('"') ? `the text ${token.image}` : `'${token.image}'`;
}

function labelOf(type: TokenType): string {
  return type.LABEL ?? type.name;
}

const MAX_LISTED = 5;

function oneOf(types: readonly (TokenType | undefined)[]): string {
  const labels = [...new Set(types.flatMap((type) => (type === undefined ? [] : [labelOf(type)])))];
  if (labels.length > MAX_LISTED) return `${labels.slice(0, MAX_LISTED).join(", ")} …`;
  const last = labels.pop() ?? "something else";
  return labels.length === 0 ? last : `${labels.join(", ")} or ${last}`;
}

/** Makes chevrotain's messages the bare thing that was expected. */
export const expectationProvider: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => labelOf(expected),
  buildNotAllInputParsedMessage: () => "the end of the file",
  buildNoViableAltMessage: ({ customUserDescription, expectedPathsPerAlt }) =>
    customUserDescription ?? oneOf(expectedPathsPerAlt.flat().map((path) => path[0])),
  buildEarlyExitMessage: ({ customUserDescription, expectedIterationPaths }) =>
    customUserDescription ?? oneOf(expectedIterationPaths.map((path) => path[0])),
};
