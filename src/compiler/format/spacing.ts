// Where spaces stand between two tokens of a line, and where a line may end. Looks at neighbours only.

import type { Token } from "../syntax/lexer.ts";
import {
  HexLiteral,
  Identifier,
  isReservedWord,
  isTypeWord,
  Mark,
  NumberToken,
  Reserved,
  TextLiteral,
  Word,
} from "../syntax/tokens.ts";
import type { GroupKind } from "./entries.ts";

const TIGHT_BEFORE = new Set([
  Mark.semicolon,
  Mark.comma,
  Mark.closeParen,
  Mark.closeSquare,
  Mark.dot,
  Mark.range,
  Mark.colon,
]);

const TIGHT_AFTER = new Set([Mark.openParen, Mark.openSquare, Mark.dot, Mark.range, Mark.offset]);

/** Words that are names elsewhere, but before a parenthesis are not called. */
const NOT_CALLED = new Set([Word.any, Word.if, Word.switch, Word.when, Word.repeat, Word.size]);

/** Whether a space stands between `tokens[index - 1]` and `tokens[index]`, inside braces of that kind. */
export function hasSpaceBefore(
  tokens: readonly Token[],
  index: number,
  within: GroupKind,
): boolean {
  const before = tokens[index - 1];
  const token = tokens[index];
  if (before === undefined || token === undefined) return false;
  const type = token.tokenType;
  if (TIGHT_BEFORE.has(type) || TIGHT_AFTER.has(before.tokenType)) return false;
  if (before.tokenType === Mark.colon) return within !== "bits";
  if (type === Mark.openParen) return !isName(before) || NOT_CALLED.has(before.tokenType);
  if (type === Mark.openSquare) return isIndexOfPiece(tokens, index);
  if (type === Mark.minus && isGluedName(tokens, index)) return false;
  if (before.tokenType === Mark.minus) {
    return !isGluedName(tokens, index - 1) && endsOperand(tokens[index - 2]);
  }
  return true;
}

/** `split " " [1]` and `url path [-1]` as against `args[1]` and `text[16]`. */
function isIndexOfPiece(tokens: readonly Token[], index: number): boolean {
  const type = tokens[index - 1]?.tokenType;
  if (type === TextLiteral || type === HexLiteral) return true;
  return type === Word.path && tokens[index - 2]?.tokenType === Word.url;
}

/** Whether the minus at `index` is part of a pool's name: `-> north-2`. */
function isGluedName(tokens: readonly Token[], index: number): boolean {
  if (!isGlued(tokens[index - 1], tokens[index])) return false;
  let first = index - 1;
  while (isNamePart(tokens[first]) && isGlued(tokens[first - 1], tokens[first])) first -= 1;
  const start = isNamePart(tokens[first]) ? first : first + 1;
  const before = tokens[start - 1]?.tokenType;
  return before === Mark.arrow || before === Word.pool;
}

function isNamePart(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return isName(token) || token.tokenType === NumberToken || token.tokenType === Mark.minus;
}

function isGlued(left: Token | undefined, right: Token | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return (left.endOffset ?? 0) + 1 === right.startOffset;
}

function isName(token: Token): boolean {
  const type = token.tokenType;
  return type === Identifier || (type.CATEGORIES ?? []).includes(Identifier);
}

/** Whether what ends with this token is a value, so that a minus behind it subtracts. */
function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  const type = token.tokenType;
  if (isReservedWord(type)) return isTypeWord(type);
  return (
    isName(token) ||
    [NumberToken, TextLiteral, HexLiteral, Mark.closeParen, Mark.closeSquare].includes(type)
  );
}

/** Whether a line end of the source between the two is kept: in lists, and where a condition goes on. */
export function mayBreak(before: Token, token: Token, openParens: number): boolean {
  if (isLiteral(before) && isLiteral(token)) return true;
  if (openParens > 0 && [Mark.openParen, Mark.comma].includes(before.tokenType)) return true;
  if (openParens > 0 && token.tokenType === Mark.closeParen) return true;
  return [Reserved.and, Reserved.or, Reserved.else].includes(token.tokenType);
}

/** Whether a line that has become too long may end between the two. */
export function mayWrap(before: Token, token: Token, openParens: number): boolean {
  if (token.tokenType === Mark.arrow || (isLiteral(before) && isLiteral(token))) return true;
  return openParens > 0 && before.tokenType === Mark.comma;
}

function isLiteral(token: Token): boolean {
  return token.tokenType === TextLiteral || token.tokenType === HexLiteral;
}
