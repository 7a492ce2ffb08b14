// The ways in which a key's bytes are written anew. Pure: bytes in, bytes out.

import { assertNever } from "../../../base/assert.ts";
import type { Rewrite } from "../ir.ts";
import { latin1, nibbles } from "./encoding.ts";
import { lowerAscii, upperAscii } from "./text.ts";

/** Longest DNS label (RFC 1035, section 3.1); a length above it is a pointer or reserved. */
const LABEL_MAX = 63;

/** The bytes as `how` writes them; `filler` ends packed digits and is null elsewhere. */
export function rewritten(how: Rewrite, filler: number | null, bytes: Uint8Array): Uint8Array {
  switch (how) {
    case "lower":
      return fromLatin1(lowerAscii(latin1(bytes)));
    case "upper":
      return fromLatin1(upperAscii(latin1(bytes)));
    case "copy":
      return bytes;
    case "bcd": {
      const digits = nibbles(bytes);
      const end = filler === null ? -1 : digits.indexOf(filler.toString(16));
      return fromLatin1(end === -1 ? digits : digits.slice(0, end));
    }
    case "dotted":
      return fromLatin1(labelsOf(bytes).map(latin1).join("."));
    case "utf16le":
      return fromUtf16(bytes, 0);
    case "utf16be":
      return fromUtf16(bytes, 1);
    default:
      return assertNever(how);
  }
}

function labelsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const length = bytes[0] ?? 0;
  const isLabel = length > 0 && length <= LABEL_MAX && length < bytes.length;
  if (!isLabel) return [];
  return [bytes.subarray(1, 1 + length), ...labelsOf(bytes.subarray(1 + length))];
}

/** Whole code units, the low byte at `low` of each, as UTF-8; lone surrogates become U+FFFD there. */
function fromUtf16(bytes: Uint8Array, low: 0 | 1): Uint8Array {
  let text = "";
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const [lowByte, highByte] = [bytes[at + low] ?? 0, bytes[at + 1 - low] ?? 0];
    text += String.fromCharCode(highByte * 256 + lowByte);
  }
  return Buffer.from(text, "utf8");
}

function fromLatin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
