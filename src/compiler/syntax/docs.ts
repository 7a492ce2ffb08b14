// Which `///` comments belong to which declaration. Knows tokens and comments, no grammar.

import type { Comment, LexedFile, Token } from "./lexer.ts";

/** Documentation by the place of the token it belongs to, in UTF-16 offsets. */
export interface DocIndex {
  /** Lines above the token that starts there. */
  readonly before: ReadonlyMap<number, readonly string[]>;
  /** Lines on the same line after the token that ends there (exclusive). */
  readonly after: ReadonlyMap<number, readonly string[]>;
}

/** `///` on a line of its own belongs to the next token, behind something to what it stands behind. */
export function indexDocs(lexed: LexedFile, text: string): DocIndex {
  const before = new Map<number, string[]>();
  const after = new Map<number, string[]>();
  let next = 0;
  for (const comment of lexed.comments) {
    if (comment.kind !== "doc") continue;
    while (startOf(lexed.tokens[next]) < comment.start) next += 1;
    const previous = lexed.tokens[next - 1];
    const line = docLine(comment, text);
    if (comment.isOwnLine || previous === undefined)
      addLine(before, startOf(lexed.tokens[next]), line);
    else addLine(after, (previous.endOffset ?? 0) + 1, line);
  }
  return { before, after };
}

function startOf(token: Token | undefined): number {
  return token?.startOffset ?? Number.POSITIVE_INFINITY;
}

function addLine(lines: Map<number, string[]>, at: number, line: string): void {
  const known = lines.get(at);
  if (known === undefined) lines.set(at, [line]);
  else known.push(line);
}

/** Without the slashes, one space after them and trailing white space. */
function docLine(comment: Comment, text: string): string {
  return text
    .slice(comment.start + 3, comment.end)
    .replace(/^ /, "")
    .trimEnd();
}
