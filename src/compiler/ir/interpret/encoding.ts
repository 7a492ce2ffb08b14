// Which bytes are text of an encoding. Pure.

import { assertNever } from "../../../base/assert.ts";
import type { Cond } from "../ir.ts";

/** Whether all bytes are of the encoding; no bytes always are. */
export function matchesEncoding(
  bytes: Uint8Array,
  encoding: Extract<Cond, { kind: "encoding" }>["encoding"],
): boolean {
  switch (encoding) {
    case "ascii":
      return bytes.every((byte) => byte < 0x80);
    case "utf8":
      return isUtf8(bytes);
    case "dec":
      return /^[0-9]*$/.test(latin1(bytes));
    case "hex":
      return /^[0-9A-Fa-f]*$/.test(latin1(bytes));
    case "bcd":
      return /^[0-9]*f*$/.test(nibbles(bytes));
    default:
      return assertNever(encoding);
  }
}

/** Whether the bytes are well-formed UTF-8 by RFC 3629. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** One character a byte, of the same number. */
export function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** One lower-case hexadecimal character a nibble, the high one first. */
export function nibbles(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
