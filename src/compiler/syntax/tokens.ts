// The kinds of tokens as chevrotain knows them. The lexer makes the tokens; patterns are its business.

import { createToken, Lexer, type TokenType } from "chevrotain";
import {
  BYTES_TYPE_WORDS,
  CLAUSE_WORDS,
  COMPOSITE_TYPE_WORDS,
  DIGIT_TYPE_WORDS,
  INTEGER_TYPE_WORDS,
  STATEMENT_WORDS,
  VARINT_TYPE_WORDS,
} from "./words.ts";

/** A token kind; `label` is what messages call it: "expected a name". */
function kind(name: string, label: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, label, categories, pattern: Lexer.NA });
}

/** A name; every statement word is one too. */
export const Identifier = kind("Identifier", "a name");

export const TextLiteral = kind("TextLiteral", "a text in double quotes");
export const HexLiteral = kind("HexLiteral", "bytes");
export const NumberToken = kind("Number", "a number");

export const IntegerType = kind("IntegerType", "an integer type such as u16");
export const VarintType = kind("VarintType", "a varint type");
export const DigitType = kind("DigitType", "a digit type");
export const BytesType = kind("BytesType", "a bytes or text type");

export const ArithmeticOperator = kind("ArithmeticOperator", "an operator");
export const ComparisonOperator = kind("ComparisonOperator", "a comparison");

function words<const Spelling extends string>(
  spellings: readonly Spelling[],
  categories: TokenType[],
): Record<Spelling, TokenType> {
  const made = spellings.map((word): [Spelling, TokenType] => [
    word,
    kind(`Word_${word}`, `'${word}'`, categories),
  ]);
  // fromEntries forgets which keys there are; they are exactly the spellings.
  return Object.fromEntries(made) as Record<Spelling, TokenType>;
}

/** Reserved words, by spelling. */
export const Reserved = {
  ...words(INTEGER_TYPE_WORDS, [IntegerType]),
  ...words(VARINT_TYPE_WORDS, [VarintType]),
  ...words(DIGIT_TYPE_WORDS, [DigitType]),
  ...words(BYTES_TYPE_WORDS, [BytesType]),
  ...words(COMPOSITE_TYPE_WORDS, []),
  ...words(CLAUSE_WORDS, []),
} as const;

const TYPE_TOKENS = new Set(
  [
    ...INTEGER_TYPE_WORDS,
    ...VARINT_TYPE_WORDS,
    ...DIGIT_TYPE_WORDS,
    ...BYTES_TYPE_WORDS,
    ...COMPOSITE_TYPE_WORDS,
  ].map((word) => Reserved[word]),
);

/** Whether a token of that kind begins a type. */
export function isTypeWord(type: TokenType): boolean {
  return TYPE_TOKENS.has(type);
}

/** Words that are names where they have no meaning, by spelling. */
export const Word = words(STATEMENT_WORDS, [Identifier]);

function mark(name: string, spelling: string, categories: TokenType[] = []): TokenType {
  return kind(name, `'${spelling}'`, categories);
}

/** Punctuation and operators. */
export const Mark = {
  openBrace: mark("OpenBrace", "{"),
  closeBrace: mark("CloseBrace", "}"),
  openParen: mark("OpenParen", "("),
  closeParen: mark("CloseParen", ")"),
  openSquare: mark("OpenSquare", "["),
  closeSquare: mark("CloseSquare", "]"),
  semicolon: mark("Semicolon", ";"),
  colon: mark("Colon", ":"),
  comma: mark("Comma", ","),
  dot: mark("Dot", "."),
  range: mark("Range", ".."),
  arrow: mark("Arrow", "->"),
  offset: mark("Offset", "@"),
  assign: mark("Assign", "="),
  equal: mark("Equal", "==", [ComparisonOperator]),
  notEqual: mark("NotEqual", "!=", [ComparisonOperator]),
  lessOrEqual: mark("LessOrEqual", "<=", [ComparisonOperator]),
  greaterOrEqual: mark("GreaterOrEqual", ">=", [ComparisonOperator]),
  less: mark("Less", "<", [ComparisonOperator]),
  greater: mark("Greater", ">", [ComparisonOperator]),
  shiftLeft: mark("ShiftLeft", "<<", [ArithmeticOperator]),
  shiftRight: mark("ShiftRight", ">>", [ArithmeticOperator]),
  plus: mark("Plus", "+", [ArithmeticOperator]),
  minus: mark("Minus", "-", [ArithmeticOperator]),
  times: mark("Times", "*", [ArithmeticOperator]),
  divide: mark("Divide", "/", [ArithmeticOperator]),
  modulo: mark("Modulo", "%", [ArithmeticOperator]),
  bitAnd: mark("BitAnd", "&", [ArithmeticOperator]),
  bitOr: mark("BitOr", "|", [ArithmeticOperator]),
} as const;

/** Kinds by the spelling of a word; what is not here is an `Identifier`. */
export const WORD_TOKENS: ReadonlyMap<string, TokenType> = new Map(
  Object.entries({ ...Reserved, ...Word }),
);

/** All kinds, as the parser's vocabulary. */
export const VOCABULARY: readonly TokenType[] = [
  Identifier,
  TextLiteral,
  HexLiteral,
  NumberToken,
  IntegerType,
  VarintType,
  DigitType,
  BytesType,
  ArithmeticOperator,
  ComparisonOperator,
  ...Object.values(Mark),
  ...WORD_TOKENS.values(),
];

/** Whether a token of that kind can never be a name. */
export function isReservedWord(type: TokenType): boolean {
  return type.name.startsWith("Word_") && !(type.CATEGORIES ?? []).includes(Identifier);
}
