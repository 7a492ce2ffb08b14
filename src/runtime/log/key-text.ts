// Bytes of a client as people see them: at most so many, and nothing that moves a cursor or reorders a line.

import { printableCharacter } from "../../base/printable.ts";

/** Bytes of a key that are shown; a longer one ends in `…`. */
export const KEY_TEXT_BYTES_MAX = 128;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * `bytes[offset, offset + length)` as text: UTF-8 where it is, every other byte and every unprintable or
 * bidirectional character as `\xNN`, byte by byte; a backslash as `\x5c`.
 */
export function keyText(bytes: Uint8Array, offset: number, length: number): string {
  const end = offset + Math.min(length, KEY_TEXT_BYTES_MAX);
  const more = length > KEY_TEXT_BYTES_MAX ? "…" : "";
  if (isPlain(bytes, offset, end)) return asciiText(bytes, offset, end) + more;
  let text = "";
  let at = offset;
  while (at < end) {
    const size = sequenceLength(bytes[at] ?? 0);
    const character = decode(bytes.subarray(at, Math.min(at + size, end)));
    text += character === undefined ? escapeByte(bytes[at] ?? 0) : escapeCharacter(character);
    at += character === undefined ? 1 : size;
  }
  return text + more;
}

function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x20 || byte > 0x7e || byte === 0x5c) return false;
  }
  return true;
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}

/** Bytes of the UTF-8 sequence that `first` begins (RFC 3629 §3); 1 where it begins none. */
function sequenceLength(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function escapeCharacter(character: string): string {
  if (character !== "\\" && printableCharacter(character) === character) return character;
  return Array.from(encoder.encode(character), escapeByte).join("");
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
