// Tokens and comments as nested entries: a statement, a rule or a member each, with the comments that belong to it.
// Knows brackets and separators, not the grammar: every token and every comment stays in its place.

import type { Comment, LexedFile, Token } from "../syntax/lexer.ts";
import { Mark, Reserved, Word } from "../syntax/tokens.ts";

/** How the inside of braces is laid out: statements one a line, or a list that may share a line. */
export type GroupKind = "block" | "bits" | "cases" | "pairs";

/** `{ … }` */
export interface Group {
  readonly kind: GroupKind;
  /** On the line of the opening brace. */
  readonly openComment: Comment | undefined;
  readonly list: EntryList;
  /** Both braces stand on one line of the source. */
  readonly isOneLine: boolean;
}

export interface EntryList {
  readonly entries: readonly Entry[];
  /** Comments below the last entry. */
  readonly tail: readonly LooseComment[];
}

/** A comment on a line of its own. */
export interface LooseComment {
  readonly comment: Comment;
  readonly hasBlankBefore: boolean;
}

/** A token, with whether a line ended before it in the source; a comment between tokens; braces. */
export type Piece =
  | { readonly kind: "token"; readonly token: Token; readonly isOnNewLine: boolean }
  | { readonly kind: "comment"; readonly comment: Comment }
  | { readonly kind: "group"; readonly group: Group };

export interface Entry {
  readonly leading: readonly LooseComment[];
  readonly hasBlankBefore: boolean;
  readonly pieces: readonly Piece[];
  /** Behind the entry, on its last line. */
  readonly trailing: Comment | undefined;
}

interface Reader {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  token: number;
  comment: number;
  /** Where the last token or comment ended. */
  end: number;
  openBraces: number;
}

/** The entries of a whole file. */
export function readEntries(lexed: LexedFile, text: string): EntryList {
  const { tokens, comments } = lexed;
  return readList({ text, tokens, comments, token: 0, comment: 0, end: 0, openBraces: 0 }, "block");
}

/** Until the closing brace, which is not read, or the end. */
function readList(reader: Reader, kind: GroupKind): EntryList {
  const entries: Entry[] = [];
  for (;;) {
    const leading = readLoose(reader);
    const next = reader.tokens[reader.token];
    if (next === undefined || (next.tokenType === Mark.closeBrace && reader.openBraces > 0)) {
      return { entries, tail: leading };
    }
    const hasBlankBefore = hasBlankLine(reader, next.startOffset);
    const pieces = readPieces(reader, kind);
    const trailing = readTrailing(reader);
    if (pieces.length > 0 || leading.length > 0) {
      entries.push({ leading, hasBlankBefore, pieces, trailing });
    }
  }
}

/** Comments before the next token. */
function readLoose(reader: Reader): LooseComment[] {
  const loose: LooseComment[] = [];
  const next = reader.tokens[reader.token]?.startOffset ?? Number.POSITIVE_INFINITY;
  for (let comment = nextComment(reader, next); comment; comment = nextComment(reader, next)) {
    const hasBlankBefore = hasBlankLine(reader, comment.start);
    takeComment(reader, comment);
    loose.push({ comment, hasBlankBefore });
  }
  return loose;
}

/** The comment behind what was read last, on the same line. */
function readTrailing(reader: Reader): Comment | undefined {
  const next = reader.tokens[reader.token]?.startOffset ?? Number.POSITIVE_INFINITY;
  const comment = nextComment(reader, next);
  if (comment === undefined || comment.isOwnLine) return undefined;
  takeComment(reader, comment);
  return comment;
}

/** One entry, its separator included unless the list prints separators itself. */
function readPieces(reader: Reader, kind: GroupKind): Piece[] {
  const pieces: Piece[] = [];
  const isList = kind === "bits" || kind === "cases";
  for (;;) {
    const token = reader.tokens[reader.token];
    if (token === undefined) return pieces;
    const isClosed = token.tokenType === Mark.closeBrace && reader.openBraces > 0;
    if (isClosed) return pieces;
    const isEnd = token.tokenType === Mark.semicolon || (isList && token.tokenType === Mark.comma);
    // What a list separates is printed by the list; behind a brace a semicolon is superfluous.
    if (isEnd && (isList || pieces.at(-1)?.kind === "group" || pieces.length === 0)) {
      takeToken(reader, token);
      return pieces;
    }
    if (readInnerComment(reader, token, pieces)) continue;
    if (token.tokenType === Mark.openBrace) {
      pieces.push({ kind: "group", group: readGroup(reader, groupKindOf(pieces)) });
      if (!isContinued(reader)) return pieces;
    } else {
      const isOnNewLine = hasLineEnd(reader, token.startOffset) && pieces.length > 0;
      pieces.push({ kind: "token", token, isOnNewLine });
      takeToken(reader, token);
      if (isEnd) return pieces;
    }
  }
}

function readInnerComment(reader: Reader, before: Token, pieces: Piece[]): boolean {
  const comment = nextComment(reader, before.startOffset);
  if (comment === undefined) return false;
  takeComment(reader, comment);
  pieces.push({ kind: "comment", comment });
  return true;
}

function readGroup(reader: Reader, kind: GroupKind): Group {
  const open = reader.tokens[reader.token];
  const start = open?.startOffset ?? reader.end;
  if (open !== undefined) takeToken(reader, open);
  reader.openBraces += 1;
  const openComment = readTrailing(reader);
  const list = readList(reader, kind);
  reader.openBraces -= 1;
  const close = reader.tokens[reader.token];
  if (close !== undefined) takeToken(reader, close);
  const isOneLine = !/[\r\n]/.test(reader.text.slice(start, reader.end));
  return { kind, openComment, list, isOneLine };
}

/** What the words before a brace make of it. */
function groupKindOf(pieces: readonly Piece[]): GroupKind {
  const types = pieces.map((piece) => (piece.kind === "token" ? piece.token.tokenType : undefined));
  if (types.includes(Reserved.bits)) return "bits";
  if (types.at(-1) === Word.unescape) return "pairs";
  if (types.at(-3) === Mark.arrow && types.at(-2) === Word.split) return "pairs";
  const endian = types.indexOf(Word.endian);
  return endian >= 0 && types[endian + 1] === Word.by ? "cases" : "block";
}

/** After a closing brace: `else` goes on, unless it is the last arm of a switch; a superfluous `;` is read. */
function isContinued(reader: Reader): boolean {
  const next = reader.tokens[reader.token];
  if (next?.tokenType === Mark.semicolon || next?.tokenType === Mark.comma) return true;
  if (next?.tokenType !== Reserved.else) return false;
  return reader.tokens[reader.token + 1]?.tokenType !== Mark.colon;
}

function nextComment(reader: Reader, before: number): Comment | undefined {
  const comment = reader.comments[reader.comment];
  return comment !== undefined && comment.start < before ? comment : undefined;
}

function takeComment(reader: Reader, comment: Comment): void {
  reader.comment += 1;
  reader.end = comment.end;
}

function takeToken(reader: Reader, token: Token): void {
  reader.token += 1;
  reader.end = (token.endOffset ?? token.startOffset) + 1;
}

function hasLineEnd(reader: Reader, before: number): boolean {
  return /[\r\n]/.test(reader.text.slice(reader.end, before));
}

function hasBlankLine(reader: Reader, before: number): boolean {
  return /(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)/.test(reader.text.slice(reader.end, before));
}
