// Which brace was never closed. Knows tokens and indentation only.

import type { Token } from "../lexer.ts";
import { Mark } from "../tokens.ts";

/**
 * The opening brace most likely to lack its partner: the innermost one that a brace with less indentation closes,
 * otherwise the last of those still open at the end. `undefined`: all are closed.
 */
export function findUnclosedBrace(tokens: readonly Token[], text: string): Token | undefined {
  const open: Token[] = [];
  let suspect: Token | undefined;
  for (const token of tokens) {
    if (token.tokenType === Mark.openBrace) open.push(token);
    if (token.tokenType !== Mark.closeBrace) continue;
    const opener = open.pop();
    if (opener === undefined || suspect !== undefined) continue;
    const isFirst =
      text.slice(lineStartOf(text, token.startOffset), token.startOffset).trim() === "";
    if (
      isFirst &&
      indentationAt(text, token.startOffset) < indentationAt(text, opener.startOffset)
    ) {
      suspect = opener;
    }
  }
  return open.length === 0 ? undefined : (suspect ?? open.at(-1));
}

function lineStartOf(text: string, offset: number): number {
  return Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;
}

/** Blanks that begin the line of `offset`. */
function indentationAt(text: string, offset: number): number {
  let at = lineStartOf(text, offset);
  const start = at;
  while (text[at] === " " || text[at] === "\t") at += 1;
  return at - start;
}
