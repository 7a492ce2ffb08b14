// Files of keys as rules name them: one entry a line, `#` comments, blanks trimmed. Turns bytes into lines; what an
// entry means is the caller's business. Reads no disk.

import { parseHex } from "../../base/bytes.ts";

/** The largest list file, in bytes. */
export const LIST_FILE_BYTES_MAX = 64 * 1024 * 1024;

/** The most entries of one list file. */
export const LIST_ENTRIES_MAX = 2_000_000;

/** What an injected reader answers; `path` is the one to watch, as the reader resolved it. */
export type ListFile =
  | { readonly kind: "bytes"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: "error"; readonly path: string; readonly reason: string };

/** Reads a list file by the path a rule gives. Never throws; may refuse above `LIST_FILE_BYTES_MAX` by itself. */
export type ReadListFile = (path: string) => ListFile;

/** A line that holds more than blanks and comments. */
export interface ListLine {
  /** From 1. */
  readonly number: number;
  /** Trimmed, comment removed; a view of the file. */
  readonly text: Uint8Array;
}

const LF = 0x0a;
const HASH = 0x23;
const QUOTE = 0x22;
const COMMA = 0x2c;
const LETTER_X = 0x78;
const UTF8_MARK = [0xef, 0xbb, 0xbf];

/** The lines of a file in order. `#` begins a comment at the start of a line or after a blank. */
export function* listLines(bytes: Uint8Array): Generator<ListLine> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let start = UTF8_MARK.every((byte, index) => file[index] === byte) ? UTF8_MARK.length : 0;
  for (let number = 1; start < file.length; number++) {
    const lineFeed = file.indexOf(LF, start);
    const end = lineFeed < 0 ? file.length : lineFeed;
    const text = trimmed(file, start, commentStart(file, start, end));
    if (text.length > 0) yield { number, text };
    start = end + 1;
  }
}

/**
 * The bytes an entry stands for: `x"7D 01"` those bytes, `"a ""b"""` what is quoted (as spreadsheets write it), and
 * anything else itself. `undefined`: an open quote, or digits that are no bytes.
 */
export function entryBytes(text: Uint8Array): Uint8Array | undefined {
  if (text[0] === LETTER_X && text[1] === QUOTE) {
    return text.length > 2 && text.at(-1) === QUOTE
      ? parseHex(Buffer.from(text.subarray(2, -1)).toString("latin1"))
      : undefined;
  }
  if (text[0] !== QUOTE) return text;
  if (text.length < 2 || text.at(-1) !== QUOTE) return undefined;
  const inner = Buffer.from(text.subarray(1, -1)).toString("latin1");
  return /^(?:[^"]|"")*$/.test(inner)
    ? Uint8Array.from(Buffer.from(inner.replaceAll('""', '"'), "latin1"))
    : undefined;
}

/** A line of a map file at its last comma; `undefined` where there is none. */
export function splitMapLine(text: Uint8Array): { key: Uint8Array; pool: Uint8Array } | undefined {
  const comma = text.lastIndexOf(COMMA);
  if (comma < 0) return undefined;
  return { key: trimmed(text, 0, comma), pool: trimmed(text, comma + 1, text.length) };
}

function commentStart(file: Uint8Array, start: number, end: number): number {
  const line = file.subarray(start, end);
  for (let at = line.indexOf(HASH); at >= 0; at = line.indexOf(HASH, at + 1)) {
    if (at === 0 || isBlank(line[at - 1])) return start + at;
  }
  return end;
}

function trimmed(file: Uint8Array, start: number, end: number): Uint8Array {
  let from = start;
  let to = end;
  while (from < to && isBlank(file[from])) from += 1;
  while (to > from && isBlank(file[to - 1])) to -= 1;
  return file.subarray(from, to);
}

/** Space, tab, and the carriage return of files from Windows. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
