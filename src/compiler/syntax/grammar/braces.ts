// Which brace was never closed. Knows tokens and indentation only.

import { lineStartAt, type SourceFile } from "../../source/source-file.ts";
import type { Token } from "../lexer.ts";
import { Mark } from "../tokens.ts";

/**
 * The opening brace most likely to lack its partner: the innermost one that a brace with less indentation closes,
 * otherwise the last of those still open at the end. `undefined`: all are closed.
 */
export function findUnclosedBrace(tokens: readonly Token[], file: SourceFile): Token | undefined {
  const open: Token[] = [];
  let suspect: Token | undefined;
  for (const token of tokens) {
    if (token.tokenType === Mark.openBrace) open.push(token);
    if (token.tokenType !== Mark.closeBrace) continue;
    const opener = open.pop();
    if (opener === undefined || suspect !== undefined) continue;
    const indentation = indentationAt(file, token);
    const isFirst = lineStartAt(file, token.startOffset) + indentation === token.startOffset;
    if (isFirst && indentation < indentationAt(file, opener)) suspect = opener;
  }
  return open.length === 0 ? undefined : (suspect ?? open.at(-1));
}

/** Blanks that begin the line of the token. */
function indentationAt(file: SourceFile, token: Token): number {
  const start = lineStartAt(file, token.startOffset);
  let at = start;
  while (file.text[at] === " " || file.text[at] === "\t") at += 1;
  return at - start;
}
