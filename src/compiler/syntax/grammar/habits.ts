// Help for what people write by the habits of other languages, where the grammar says only what it expected. Words only.

import type { Token } from "../lexer.ts";
import { Identifier, Mark, NumberToken, Reserved, Word } from "../tokens.ts";
import { BYTES_TYPE_WORDS, DIGIT_TYPE_WORDS } from "../words.ts";

/** The two tokens before the place, the one that was found there, and the one behind it. */
type Around = readonly [beforeLast: Token, last: Token, found: Token, next: Token];

const SIZED = new Set<string>([...BYTES_TYPE_WORDS, ...DIGIT_TYPE_WORDS, "block"]);

const MODIFIERS = new Set([
  ...[Word.split, Word.url, Word.nonempty, Word.lower, Word.upper, Word.dotted, Word.trim],
  Reserved.max,
]);

/** A line of help; `undefined` where no habit is recognised. */
export function helpForHabit(expected: string, around: Around): string | undefined {
  const [beforeLast, last, found, next] = around;
  if (last.image === "case" && expected === Mark.colon.LABEL)
    return "values stand without a word before them: 1, 2: …, and else: … for all others";
  if (last.image === "break" && expected === Mark.colon.LABEL)
    return "leave it out: an arm ends where the next one begins";
  if (last.tokenType === NumberToken && /^[KMG]i?B?$/i.test(found.image))
    return `a unit stands directly behind its number: ${last.image}${found.image.charAt(0).toUpperCase()}iB`;
  if (expected === Mark.semicolon.LABEL && /^(?:little|big|le|be)$/i.test(found.image))
    return `the byte order is written endian ${/^b/i.test(found.image) ? "big" : "little"}`;
  if (expected === Identifier.LABEL && last.tokenType === Mark.openParen)
    return "name a field, or the first and the last of several: (first..last)";
  if (expected === Mark.semicolon.LABEL && /^(?:at|offset)$/.test(found.image)) return OFFSET;
  switch (found.tokenType) {
    case Mark.offset:
      return OFFSET;
    case Mark.openParen:
      return helpForCall(beforeLast, last);
    case Mark.openSquare:
      return last.tokenType === Reserved.in
        ? "several values stand in parentheses: in (1, 2, 4..9)"
        : undefined;
    case Mark.range: {
      const isValue = [beforeLast.tokenType, last.tokenType].includes(Mark.assign);
      return isValue ? "a range is written with in: in 5..9" : undefined;
    }
    case Mark.colon:
      // Where a mark is expected, that is the mend.
      return expected.startsWith("'") ? undefined : "leave the ':' out";
    case Mark.assign:
      return expected === Mark.arrow.LABEL && next.tokenType === Mark.greater
        ? "write -> instead of =>"
        : undefined;
    default:
      return undefined;
  }
}

const OFFSET = "an offset stands behind the name of the field: text[16] serial @20;";

/** `bytes(8)`, `name.lower()`, `u8 sum = xor(a..b)` */
function helpForCall(beforeLast: Token, last: Token): string | undefined {
  if (SIZED.has(last.image)) return `a size stands in brackets: ${last.image}[8]`;
  if (MODIFIERS.has(last.tokenType))
    return `it follows the key's source behind a blank, without dots and parentheses: ${last.image}`;
  if (beforeLast.tokenType === Mark.assign)
    return `a checksum is written with check: = check ${last.image}(first..last)`;
  return undefined;
}
