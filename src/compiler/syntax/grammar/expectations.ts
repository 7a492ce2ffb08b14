// What a parser says that stopped: what it expected, what it found, and a line of help. Words only: when to say it is
// decided in recovery.ts.

import type { IParserErrorMessageProvider, TokenType } from "chevrotain";
import { suggest } from "../../diagnostics/suggest.ts";
import type { Token } from "../lexer.ts";
import { isReservedWord } from "../tokens.ts";
import {
  BYTES_TYPE_WORDS,
  COMPOSITE_TYPE_WORDS,
  DIGIT_TYPE_WORDS,
  INTEGER_TYPE_WORDS,
  VARINT_TYPE_WORDS,
} from "../words.ts";

/** Places where the grammar has many ways on, by what people call them; `words` are what may begin one. */
const PLACES: ReadonlyMap<string, { readonly help: string; readonly words: readonly string[] }> =
  new Map([
    [
      "a declaration",
      {
        help: "a file holds import, const, enum, checksum, protocol, router and test",
        words: ["import", "const", "enum", "checksum", "protocol", "router", "test"],
      },
    ],
    [
      "a part of a protocol",
      {
        help: "a protocol holds frame, key, max, decide, endian, drop, prefix, variant, layer, dialog, server and stream",
        words: [
          "frame",
          "key",
          "max",
          "decide",
          "endian",
          "drop",
          "prefix",
          "variant",
          "layer",
          "dialog",
          "server",
          "stream",
        ],
      },
    ],
    [
      "a statement",
      {
        help: "a field begins with its type, then comes its name: u16 length;",
        words: [
          ...INTEGER_TYPE_WORDS,
          ...VARINT_TYPE_WORDS,
          ...DIGIT_TYPE_WORDS,
          ...BYTES_TYPE_WORDS,
          ...COMPOSITE_TYPE_WORDS,
          ...["start", "end", "between", "ignore", "drop", "size", "max", "endian", "pad"],
          ...["rest", "if", "switch", "repeat", "check"],
        ],
      },
    ],
    [
      "a rule",
      {
        help: 'a router holds rules: when station == "A01" -> north; otherwise -> main;',
        words: ["when", "map", "otherwise"],
      },
    ],
    [
      "a line of a test",
      {
        help: 'a test holds bytes "…"; client "10.1.2.3"; and expect …;',
        words: ["bytes", "client", "expect"],
      },
    ],
    [
      "a parameter",
      {
        help: "a checksum holds width, poly, init, xorout, reflect in and reflect out",
        words: ["width", "poly", "init", "xorout", "reflect"],
      },
    ],
    ["a step of a dialogue", { help: "a step is on FRAME reply … then FRAME;", words: ["on"] }],
    ["a value", { help: "a value is a number, a text, bytes or the name of a field", words: [] }],
    ["a field's type", { help: "for instance u16, dec[4], text[16] or bytes[length]", words: [] }],
    [
      "a key's source",
      {
        help: "a key is taken from a field, a search (list where … take …) or headers(field) take …",
        words: [],
      },
    ],
    [
      "what to expect",
      {
        help: 'for instance expect station == "A01"; expect frame; expect reject at crc; expect need 7;',
        words: [],
      },
    ],
    [
      "a test of the key",
      {
        help: "a key is tested by ==, !=, <, in, not in, like, prefix or suffix",
        words: ["in", "like", "prefix", "suffix"],
      },
    ],
  ]);

/** Whether that is a place with many ways on, rather than a single token. */
export function isPlace(expected: string): boolean {
  return PLACES.has(expected);
}

/** Words that begin a declaration, a statement or a rule: on a new line they are taken for the next one. */
export function leadingWords(): readonly string[] {
  return [...PLACES.values()].flatMap((place) => place.words).filter((word) => !isInfix(word));
}

/** Listed at a place, but known to continue one too. */
function isInfix(word: string): boolean {
  return ["in", "like", "prefix", "suffix"].includes(word);
}

/** A line of help for a place or a token that was expected. */
export function helpFor(expected: string): string {
  return PLACES.get(expected)?.help ?? `write ${expected} here`;
}

/** For a word at such a place: help with the nearest of the words that may begin one. */
export function helpForWord(expected: string, word: string): string {
  const place = PLACES.get(expected);
  const nearest = suggest(word, place?.words ?? []);
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
