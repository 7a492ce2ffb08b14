// Text to tokens. One pass, bounded in tokens and in depth of brackets; comments are kept beside the tokens. Every
// character sequence gives tokens and diagnostics, never an exception. Knows nothing of grammar.

import type { IToken, TokenType } from "chevrotain";
import { type Collector, report } from "../diagnostics/collector.ts";
import { MAX_SOURCE_BYTES } from "../source/load.ts";
import type { SourceFile } from "../source/source-file.ts";
import { mendOf, textQuoteAt } from "./foreign-characters.ts";
import { HexLiteral, Identifier, Mark, NumberToken, TextLiteral, WORD_TOKENS } from "./tokens.ts";

export type Token = IToken;

/** Most tokens of a file: a 10,000-line description has about a tenth of that. */
export const MAX_TOKENS = 1_000_000;

/** After so many characters that mean nothing the file is taken for something else, and not read further. */
const MAX_LEXICAL_ERRORS = 100;

/** Most brackets of any kind that may be open at once: no input overflows the stack of a pass. */
export const MAX_OPEN_BRACKETS = 64;

/** `// …` or `/// …`, `[start, end)` without the line end. */
export interface Comment {
  readonly kind: "line" | "doc";
  readonly start: number;
  readonly end: number;
  /** Nothing but white space stands before it on its line. */
  readonly isOwnLine: boolean;
}

export interface LexedFile {
  /** In order; empty where the file is not a text, or too large or deep to be one. */
  readonly tokens: Token[];
  readonly comments: readonly Comment[];
}

interface Scan {
  readonly file: SourceFile;
  readonly text: string;
  readonly collector: Collector;
  readonly tokens: Token[];
  readonly comments: Comment[];
  at: number;
  /** End of the last token or comment: what lies between decides whether a comment has a line of its own. */
  lastEnd: number;
  openBrackets: number;
  errors: number;
}

/** The tokens and comments of a file; what means nothing is reported and left out. */
export function lexFile(file: SourceFile, collector: Collector): LexedFile {
  const { text } = file;
  const scan: Scan = {
    file,
    text,
    collector,
    tokens: [],
    comments: [],
    at: text.startsWith("\uFEFF") ? 1 : 0,
    lastEnd: 0,
    openBrackets: 0,
    errors: 0,
  };
  if (!isReadableText(scan)) return { tokens: [], comments: [] };
  while (scan.at < text.length) {
    scanOne(scan);
    if (scan.errors > MAX_LEXICAL_ERRORS) return { tokens: [], comments: [] };
    if (scan.openBrackets > MAX_OPEN_BRACKETS) {
      report(collector, "nestedTooDeep", spanOf(scan, scan.at - 1, scan.at), {
        limit: MAX_OPEN_BRACKETS,
        what: "brackets",
      });
      return { tokens: [], comments: [] };
    }
    if (scan.tokens.length + scan.comments.length > MAX_TOKENS) {
      report(collector, "tooManyTokens", spanOf(scan, scan.at - 1, scan.at), { limit: MAX_TOKENS });
      return { tokens: [], comments: [] };
    }
  }
  return { tokens: scan.tokens, comments: scan.comments };
}

/** Sources that readers should not have let through, and texts that hold NUL: another encoding, or no text at all. */
function isReadableText(scan: Scan): boolean {
  const { text, collector, file } = scan;
  if (text.length > MAX_SOURCE_BYTES) {
    const reason = `${text.length} characters, the limit is ${MAX_SOURCE_BYTES}`;
    report(collector, "fileTooLarge", spanOf(scan, 0, 0), { path: file.path, reason });
    return false;
  }
  const nul = text.indexOf("\0");
  if (nul < 0) return true;
  report(collector, "notText", spanOf(scan, nul, nul + 1), {});
  return false;
}

function scanOne(scan: Scan): void {
  const { text, at } = scan;
  const code = text.charCodeAt(at);
  if (code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d) {
    scan.at += 1;
  } else if (isNameStart(code)) {
    if (code === 0x78 && text.charCodeAt(at + 1) === 0x22)
      scanQuoted(scan, at + 1, '"', HexLiteral);
    else scanWord(scan);
  } else if (isDigit(code)) {
    scanNumber(scan);
  } else if (code === 0x22) {
    scanQuoted(scan, at, '"', TextLiteral);
  } else if (code === 0x2f && text.charCodeAt(at + 1) === 0x2f) {
    scanComment(scan);
  } else {
    const spelling = markAt(text, at);
    if (spelling === undefined) scanForeign(scan);
    else addMark(scan, spelling, at + spelling.length);
  }
}

function scanWord(scan: Scan): void {
  const { text } = scan;
  let end = scan.at + 1;
  while (isNamePart(text.charCodeAt(end))) end += 1;
  add(scan, WORD_TOKENS.get(text.slice(scan.at, end)) ?? Identifier, end);
}

/** Digits with whatever letters follow: whether that is a number is decided where its value is needed. */
function scanNumber(scan: Scan): void {
  const { text } = scan;
  let end = scan.at + 1;
  while (isNamePart(text.charCodeAt(end))) end += 1;
  if (text[end] === "%") end += 1;
  add(scan, NumberToken, end);
}

/** `quoteAt` is the opening quote; a text ends with its line at the latest. */
function scanQuoted(scan: Scan, quoteAt: number, close: string, type: TokenType): void {
  const { text, at } = scan;
  let end = quoteAt + 1;
  while (end < text.length && text[end] !== close && !isLineEnd(text.charCodeAt(end))) {
    const code = text.charCodeAt(end);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) {
      const spelling = `\\x${code.toString(16).padStart(2, "0").toUpperCase()}`;
      scan.errors += 1;
      report(scan.collector, "controlCharacter", spanOf(scan, end, end + 1), { escape: spelling });
    }
    end += code === 0x5c && !isLineEnd(text.charCodeAt(end + 1)) && end + 1 < text.length ? 2 : 1;
  }
  if (text[end] === close) {
    add(scan, type, end + 1);
    return;
  }
  scan.errors += 1;
  report(scan.collector, "unterminatedText", spanOf(scan, at, end), {});
  // With the quote it lacks, so that the rest of the statement still parses.
  add(scan, type, end, `${text.slice(at, end)}"`);
}

function scanComment(scan: Scan): void {
  const { text, at } = scan;
  let end = at;
  while (end < text.length && !isLineEnd(text.charCodeAt(end))) end += 1;
  const isDoc = text[at + 2] === "/" && text[at + 3] !== "/";
  const isOwnLine = scan.lastEnd === 0 || /[\r\n]/.test(text.slice(scan.lastEnd, at));
  scan.comments.push({ kind: isDoc ? "doc" : "line", start: at, end, isOwnLine });
  scan.lastEnd = end;
  scan.at = end;
}

/** What no part of the language uses; where the intended token is plain it is put in its place. */
function scanForeign(scan: Scan): void {
  const { text, at } = scan;
  scan.errors += 1;
  const closingQuote = textQuoteAt(text, at);
  if (closingQuote !== undefined) {
    report(scan.collector, "wrongQuotes", spanOf(scan, at, at + 1), { quote: text.charAt(at) });
    scanQuoted(scan, at, closingQuote, TextLiteral);
    return;
  }
  const mend = mendOf(text, at);
  const end = at + mend.length;
  const character = text.slice(at, end);
  report(scan.collector, "unexpectedCharacter", spanOf(scan, at, end), {
    character,
    mend: mend.help,
  });
  if (mend.mark !== undefined) addMark(scan, mend.mark, end);
  else if (mend.word !== undefined)
    add(scan, WORD_TOKENS.get(mend.word) ?? Identifier, end, mend.word);
  else scan.at = mend.comment === undefined ? end : commentEnd(text, end, mend.comment);
}

/** Where a foreign comment ends; one that is never closed is taken to end with its line. */
function commentEnd(text: string, from: number, close: "line" | "*/"): number {
  const closed = close === "line" ? -1 : text.indexOf(close, from);
  if (closed >= 0) return closed + close.length;
  let end = from;
  while (end < text.length && !isLineEnd(text.charCodeAt(end))) end += 1;
  return end;
}

function addMark(scan: Scan, spelling: string, end: number): void {
  const type = MARKS.get(spelling);
  if (type === undefined) return;
  if (spelling === "{" || spelling === "(" || spelling === "[") scan.openBrackets += 1;
  else if (spelling === "}" || spelling === ")" || spelling === "]") {
    scan.openBrackets = Math.max(0, scan.openBrackets - 1);
  }
  add(scan, type, end, spelling);
}

function add(scan: Scan, type: TokenType, end: number, image?: string): void {
  scan.tokens.push({
    image: image ?? scan.text.slice(scan.at, end),
    startOffset: scan.at,
    endOffset: end - 1,
    tokenType: type,
    tokenTypeIdx: type.tokenTypeIdx ?? 0,
  });
  scan.lastEnd = end;
  scan.at = end;
}

const MARKS: ReadonlyMap<string, TokenType> = new Map(
  Object.values(Mark).map((type) => [(type.LABEL ?? "").slice(1, -1), type]),
);

/** The longest punctuation mark there, or `undefined`. */
function markAt(text: string, at: number): string | undefined {
  const two = text.slice(at, at + 2);
  // `&&` and `||` are not two marks but the `and` and `or` of other languages.
  if (two === "&&" || two === "||" || two === "/*") return undefined;
  if (MARKS.has(two)) return two;
  const one = text.charAt(at);
  return MARKS.has(one) ? one : undefined;
}

function spanOf(scan: Scan, start: number, end: number) {
  return { file: scan.file.number, start, end };
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code);
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}
