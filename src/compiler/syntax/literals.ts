// What the spelling of a literal means: bytes of texts, values of numbers. Reports nothing: problems are returned with
// their place in the spelling.

import { suggest } from "../diagnostics/suggest.ts";

/** A piece of a literal that means nothing, `[at, at + length)` in the spelling. */
export interface LiteralProblem {
  readonly at: number;
  readonly length: number;
  readonly reason: string;
}

export interface DecodedBytes {
  readonly bytes: Uint8Array;
  readonly problems: readonly LiteralProblem[];
}

const SIMPLE_ESCAPES: ReadonlyMap<string, number> = new Map([
  ["r", 0x0d],
  ["n", 0x0a],
  ["t", 0x09],
  ["0", 0x00],
  ["\\", 0x5c],
  ['"', 0x22],
]);

/** Bytes of `"text\r\n\x1C\u{e9}"`, quotes included: characters as UTF-8, escapes as they say. */
export function decodeText(spelling: string): DecodedBytes {
  const parts: Uint8Array[] = [];
  const problems: LiteralProblem[] = [];
  const end = spelling.length - 1;
  let plainFrom = 1;
  let at = 1;
  while (at < end) {
    if (spelling[at] !== "\\") {
      at += 1;
      continue;
    }
    parts.push(Buffer.from(spelling.slice(plainFrom, at)));
    const decoded = decodeEscape(spelling, at);
    if (decoded.bytes === undefined) {
      problems.push({ at, length: decoded.length, reason: decoded.reason });
    } else {
      parts.push(decoded.bytes);
    }
    at += decoded.length;
    plainFrom = at;
  }
  parts.push(Buffer.from(spelling.slice(plainFrom, end)));
  // Not a Buffer: nodes of the tree are plain data.
  return { bytes: new Uint8Array(Buffer.concat(parts)), problems };
}

type Escape =
  | { readonly bytes: Uint8Array; readonly length: number }
  | { readonly bytes?: undefined; readonly length: number; readonly reason: string };

function decodeEscape(spelling: string, at: number): Escape {
  const letter = spelling[at + 1] ?? "";
  const simple = SIMPLE_ESCAPES.get(letter);
  if (simple !== undefined) return { bytes: Uint8Array.of(simple), length: 2 };
  if (letter === "x") {
    const digits = /^[0-9a-fA-F]{2}/.exec(spelling.slice(at + 2, at + 4))?.[0];
    if (digits === undefined) return { length: 2, reason: "\\x takes two hexadecimal digits" };
    return { bytes: Uint8Array.of(Number.parseInt(digits, 16)), length: 4 };
  }
  if (letter === "u") {
    const digits = /^\{([0-9a-fA-F]{1,6})\}/.exec(spelling.slice(at + 2, at + 10))?.[1];
    const code = digits === undefined ? -1 : Number.parseInt(digits, 16);
    const isCharacter = code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    if (digits === undefined || !isCharacter) {
      return { length: 2, reason: "\\u takes a Unicode character: \\u{e9}" };
    }
    return { bytes: Buffer.from(String.fromCodePoint(code)), length: digits.length + 4 };
  }
  return { length: 2, reason: `\\${letter} is not an escape` };
}

/** Bytes of `x"7D 01"`, quotes included; spaces between digits are skipped. */
export function decodeHex(spelling: string): DecodedBytes {
  const problems: LiteralProblem[] = [];
  const values: number[] = [];
  let high = -1;
  for (let at = 2; at < spelling.length - 1; at += 1) {
    const character = spelling[at] ?? "";
    if (character === " " || character === "\t") continue;
    const digit = /^[0-9a-fA-F]$/.test(character) ? Number.parseInt(character, 16) : -1;
    if (digit < 0) {
      problems.push({ at, length: 1, reason: "bytes are pairs of hexadecimal digits" });
    } else if (high < 0) {
      high = digit;
    } else {
      values.push(high * 16 + digit);
      high = -1;
    }
  }
  if (high >= 0 && problems.length === 0) {
    const length = spelling.length;
    problems.push({ at: 0, length, reason: "the last byte has one digit only: each takes two" });
  }
  return { bytes: Uint8Array.from(values), problems };
}

/** Bytes or milliseconds of a unit; a percentage counts as it is. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["KiB", 1024n],
  ["MiB", 1024n ** 2n],
  ["GiB", 1024n ** 3n],
  ["ms", 1n],
  ["s", 1000n],
  ["m", 60_000n],
  ["h", 3_600_000n],
  ["%", 1n],
]);

/** What people write instead. */
const OTHER_UNITS: ReadonlyMap<string, string> = new Map([
  ["k", "KiB"],
  ["kb", "KiB"],
  ["mb", "MiB"],
  ["gb", "GiB"],
  ["g", "GiB"],
  ["sec", "s"],
  ["min", "m"],
]);

export type DecodedNumber =
  | { readonly kind: "value"; readonly value: bigint; readonly unit?: string }
  | { readonly kind: "malformed" }
  | { readonly kind: "unit"; readonly unit: string; readonly nearest: string | undefined }
  | { readonly kind: "large" };

/** Longer spellings are too large, whatever they say. */
const MAX_NUMBER_LENGTH = 80;

/** The value of `12`, `1_000`, `0x7E`, `0b1010`, `64KiB`, `5s`, `95%`: below 2^64 with its unit. */
export function decodeNumber(spelling: string): DecodedNumber {
  if (spelling.length > MAX_NUMBER_LENGTH) return { kind: "large" };
  if (/^0[xXbB]/.test(spelling)) {
    const isValid = /^0(?:[xX][0-9a-fA-F][0-9a-fA-F_]*|[bB][01][01_]*)$/.test(spelling);
    return isValid ? numberOf(spelling, 1n) : { kind: "malformed" };
  }
  const parts = /^([0-9][0-9_]*)([A-Za-z][A-Za-z0-9]*|%)?$/.exec(spelling);
  const digits = parts?.[1];
  if (digits === undefined) return { kind: "malformed" };
  const unit = parts?.[2];
  if (unit === undefined) return numberOf(digits, 1n);
  const factor = UNITS.get(unit);
  if (factor === undefined) return { kind: "unit", unit, nearest: nearestUnit(unit) };
  return numberOf(digits, factor, unit);
}

function numberOf(digits: string, factor: bigint, unit?: string): DecodedNumber {
  const value = BigInt(digits.replaceAll("_", "").toLowerCase()) * factor;
  if (value >= 1n << 64n) return { kind: "large" };
  return unit === undefined ? { kind: "value", value } : { kind: "value", value, unit };
}

function nearestUnit(unit: string): string | undefined {
  return OTHER_UNITS.get(unit.toLowerCase()) ?? suggest(unit, UNITS.keys());
}
