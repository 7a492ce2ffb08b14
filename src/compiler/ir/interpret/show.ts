// How decoded values read for people: in `explain`, traces and test failures. Pure.

import { assertNever } from "../../../base/assert.ts";
import type { FieldValue } from "../ir.ts";
import { isUtf8, nibbles } from "./encoding.ts";

/** The value of a field that is not an integer, from its bytes. */
export function showBytes(kind: Exclude<FieldValue["kind"], "integer">, bytes: Uint8Array): string {
  switch (kind) {
    case "text":
      return showText(bytes);
    case "bytes":
    case "bcd":
      return nibbles(bytes);
    case "text16le":
      return showText16(bytes, "utf-16le");
    case "text16be":
      return showText16(bytes, "utf-16be");
    default:
      return assertNever(kind);
  }
}

/**
 * Text that is safe on a terminal: valid UTF-8 as it is, but for control characters and `\`; otherwise printable ASCII.
 * Every other byte is written `\xNN`, a backslash `\\`.
 */
export function showText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) return escapeBytes(bytes);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return escapeControls(text, (character) => Buffer.from(character, "utf8"));
}

function showText16(bytes: Uint8Array, encoding: "utf-16le" | "utf-16be"): string {
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    return escapeControls(text, (character) => Buffer.from(character, "utf8"));
  } catch {
    return escapeBytes(bytes);
  }
}

// C0, DEL and C1: what moves a terminal's cursor or begins an escape sequence.
const CONTROLS = /[\p{Cc}\\]/gu;

function escapeControls(text: string, bytesOf: (character: string) => Uint8Array): string {
  return text.replace(CONTROLS, (character) =>
    character === "\\" ? "\\\\" : [...bytesOf(character)].map(escapeByte).join(""),
  );
}

function escapeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    if (byte === 0x5c) return "\\\\";
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : escapeByte(byte);
  }).join("");
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
