// Entries as lines: indentation, blank lines, what shares a line and where long lines end.

import type { Comment, Token } from "../syntax/lexer.ts";
import { Mark } from "../syntax/tokens.ts";
import type { Line } from "./align-comments.ts";
import type { Entry, EntryList, Group, GroupKind, LooseComment } from "./entries.ts";
import { hasSpaceBefore, mayBreak, mayWrap } from "./spacing.ts";

/** Lines are at most so many columns wide where there is a place to end them. */
const MAX_COLUMNS = 100;

const INDENT = 2;

/** Statements that go on over several lines stand out from what follows. */
const CONTINUATION = 4;

/** The lines of a file. */
export function printFile(list: EntryList, text: string): Line[] {
  const lines: Line[] = [];
  let isAfterBlock = false;
  for (const [index, entry] of list.entries.entries()) {
    const printed = printEntry(entry, 0, "block", text);
    const isBlock = printed.length > 1 && entry.pieces.some((piece) => piece.kind === "group");
    const isApart = isAfterBlock || isBlock || hasBlank(entry);
    if (index > 0 && isApart) lines.push(BLANK);
    pushLoose(lines, entry.leading, 0, text);
    if (entry.leading.length > 0 && entry.hasBlankBefore) lines.push(BLANK);
    lines.push(...printed);
    isAfterBlock = isBlock;
  }
  pushTail(lines, list, 0, text);
  return lines;
}

const BLANK: Line = { indent: 0, code: "" };

function printList(list: EntryList, indent: number, kind: GroupKind, text: string): Line[] {
  const lines: Line[] = [];
  for (const [index, entry] of list.entries.entries()) {
    if (index > 0 && hasBlank(entry)) lines.push(BLANK);
    pushLoose(lines, entry.leading, indent, text);
    if (entry.leading.length > 0 && entry.hasBlankBefore) lines.push(BLANK);
    lines.push(...printEntry(entry, indent, kind, text));
  }
  pushTail(lines, list, indent, text);
  return lines;
}

/** Whether an empty line stands above the entry and its comments. */
function hasBlank(entry: Entry): boolean {
  return entry.leading[0]?.hasBlankBefore ?? entry.hasBlankBefore;
}

function pushTail(lines: Line[], list: EntryList, indent: number, text: string): void {
  if (lines.length > 0 && list.tail[0]?.hasBlankBefore === true) lines.push(BLANK);
  pushLoose(lines, list.tail, indent, text);
}

function pushLoose(
  lines: Line[],
  loose: readonly LooseComment[],
  indent: number,
  text: string,
): void {
  for (const [index, { comment, hasBlankBefore }] of loose.entries()) {
    if (index > 0 && hasBlankBefore) lines.push(BLANK);
    lines.push({ indent, code: "", comment: commentText(comment, text) });
  }
}

function commentText(comment: Comment, text: string): string {
  return text.slice(comment.start, comment.end).trimEnd();
}

/** On one line where its braces may share it and it fits, otherwise with its braces opened. */
function printEntry(entry: Entry, indent: number, kind: GroupKind, text: string): readonly Line[] {
  if (entry.pieces.length === 0) return [];
  const groups = entry.pieces.flatMap((piece) => (piece.kind === "group" ? [piece.group] : []));
  if (groups.every(mayShareLine)) {
    const lines = layOut(entry, indent, kind, text, true);
    if (groups.length === 0 || lines.every(fits)) return lines;
  }
  return layOut(entry, indent, kind, text, false);
}

function fits(line: Line): boolean {
  return line.indent + [...line.code].length <= MAX_COLUMNS;
}

/** What was written on one line, without braces inside, stays there. */
function mayShareLine(group: Group): boolean {
  const { entries, tail } = group.list;
  if (group.openComment !== undefined || tail.length > 0) return false;
  if (entries.length === 0) return true;
  if (!group.isOneLine) return false;
  return entries.every((entry) => entry.pieces.every((piece) => piece.kind === "token"));
}

/** What is known while the lines of one entry are made. */
interface Layout {
  readonly text: string;
  readonly indent: number;
  readonly kind: GroupKind;
  readonly lines: Line[];
  /** Tokens since the last brace. */
  readonly tokens: Token[];
  code: string;
  codeIndent: number;
  openParens: number;
  /** A comment ended the line: what follows needs a new one. */
  mustEnd: boolean;
}

function layOut(
  entry: Entry,
  indent: number,
  kind: GroupKind,
  text: string,
  isInline: boolean,
): Line[] {
  const layout: Layout = {
    text,
    indent,
    kind,
    lines: [],
    tokens: [],
    code: "",
    codeIndent: indent,
    openParens: 0,
    mustEnd: false,
  };
  for (const [index, piece] of entry.pieces.entries()) {
    if (piece.kind === "token") addToken(layout, entry, index, piece.isOnNewLine);
    else if (piece.kind === "comment") addComment(layout, piece.comment);
    else if (isInline) addInlineGroup(layout, piece.group);
    else addGroup(layout, piece.group);
  }
  if (kind === "bits" || kind === "cases") layout.code += ",";
  if (entry.trailing !== undefined) addComment(layout, entry.trailing);
  else if (layout.code !== "") endLine(layout);
  return layout.lines;
}

function addToken(layout: Layout, entry: Entry, index: number, isOnNewLine: boolean): void {
  const piece = entry.pieces[index];
  if (piece?.kind !== "token") return;
  const { token } = piece;
  const { tokens } = layout;
  const before = tokens.at(-1);
  tokens.push(token);
  const isClosing = token.tokenType === Mark.closeParen || token.tokenType === Mark.closeSquare;
  const isKept = before !== undefined && isOnNewLine && mayBreak(before, token, layout.openParens);
  const isLong =
    before !== undefined &&
    mayWrap(before, token, layout.openParens) &&
    layout.codeIndent + [...layout.code].length + 1 + unbrokenWidth(entry, index) > MAX_COLUMNS;
  if (layout.mustEnd || isKept || isLong) {
    if (layout.code !== "") endLine(layout);
    const open = layout.openParens - (isClosing ? 1 : 0);
    layout.codeIndent = layout.indent + continuationOf(layout, Math.max(0, open));
    layout.mustEnd = false;
  } else if (layout.code !== "") {
    const afterBrace = tokens.length === 1;
    if (afterBrace || hasSpaceBefore(tokens, tokens.length - 1, layout.kind)) layout.code += " ";
  }
  layout.code += token.image;
  if (token.tokenType === Mark.openParen || token.tokenType === Mark.openSquare) {
    layout.openParens += 1;
  } else if (isClosing) {
    layout.openParens = Math.max(0, layout.openParens - 1);
  }
}

/** Columns from a token to the next place where its line may end: its separator, or all that is left of the rule. */
function unbrokenWidth(entry: Entry, index: number): number {
  const piece = entry.pieces[index];
  if (piece?.kind !== "token") return 0;
  if (piece.token.tokenType !== Mark.arrow) return [...piece.token.image].length + 1;
  const rest = entry.pieces.slice(index).flatMap((next) => (next.kind === "token" ? [next] : []));
  // Spaces between them, but none before the semicolon.
  return rest.reduce((width, { token }) => width + [...token.image].length + 1, -2);
}

/** How far a further line of the entry stands in. */
function continuationOf(layout: Layout, openParens: number): number {
  if (layout.openParens > 0) return INDENT * openParens;
  // What follows a closing brace, such as else, is a beginning of its own.
  return layout.tokens.length === 1 && layout.lines.length > 0 ? 0 : CONTINUATION;
}

function addComment(layout: Layout, comment: Comment): void {
  if (comment.isOwnLine && layout.code !== "") endLine(layout);
  endLine(layout, commentText(comment, layout.text));
  layout.mustEnd = true;
}

function endLine(layout: Layout, comment?: string): void {
  const { code, codeIndent: indent } = layout;
  layout.lines.push(comment === undefined ? { indent, code } : { indent, code, comment });
  layout.code = "";
}

/** `{`, its entries, and `}` as the beginning of the next line. */
function addGroup(layout: Layout, group: Group): void {
  const { indent, text } = layout;
  beginGroup(layout);
  layout.code += "{";
  const { openComment } = group;
  endLine(layout, openComment === undefined ? undefined : commentText(openComment, text));
  layout.lines.push(...printList(group.list, indent + INDENT, group.kind, text));
  layout.code = "}";
  layout.codeIndent = indent;
  layout.tokens.length = 0;
}

function addInlineGroup(layout: Layout, group: Group): void {
  beginGroup(layout);
  layout.code += inlineGroup(group, layout.text);
  layout.tokens.length = 0;
}

/** Behind what stands before the brace, or on a line of its own below a comment. */
function beginGroup(layout: Layout): void {
  if (layout.mustEnd) layout.codeIndent = layout.indent;
  layout.mustEnd = false;
  if (layout.code !== "") layout.code += " ";
}

function inlineGroup(group: Group, text: string): string {
  const { entries } = group.list;
  if (entries.length === 0) return "{}";
  const parts = entries.map((entry) =>
    layOut(entry, 0, group.kind, text, true)
      .map((line) => line.code)
      .join(" "),
  );
  const isList = group.kind === "bits" || group.kind === "cases";
  const inside = parts.join(" ");
  return `{ ${isList ? inside.replace(/,$/, "") : inside} }`;
}
