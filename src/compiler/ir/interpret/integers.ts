// Integers on the wire: fixed, of variable length, and written in digits. Pure: bytes in, numbers out. Uses big integers,
// so that "too large" is decided on the true value.

import { assertNever } from "../../../base/assert.ts";
import type { Op } from "../ir.ts";
import { latin1, nibbles } from "./encoding.ts";

/** The integer that all of `bytes` make. */
export function decodeInteger(
  bytes: Uint8Array,
  order: "big" | "little",
  isSigned: boolean,
): bigint {
  const value = bigEndian(order === "big" ? bytes : bytes.toReversed());
  return isSigned ? BigInt.asIntN(8 * bytes.length, value) : value;
}

/** A variable-length integer, as far as its bytes tell. */
export type Varint =
  | { readonly kind: "value"; readonly value: bigint; readonly length: number }
  /** `length`: the fewest bytes that the whole will have. */
  | { readonly kind: "unfinished"; readonly length: number }
  | { readonly kind: "malformed" };

type Encoding = Extract<Op, { kind: "varint" }>["encoding"];

/** The integer that begins `bytes`, of at most `most` bytes. */
export function decodeVarint(encoding: Encoding, bytes: Uint8Array, most: number): Varint {
  const first = bytes[0];
  if (first === undefined) return { kind: "unfinished", length: 1 };
  switch (encoding) {
    case "varint":
    case "vlq":
      return decodeGroups(encoding, bytes, most);
    case "ber":
      if (first < 0x80) return { kind: "value", value: BigInt(first), length: 1 };
      if (first === 0x80 || first === 0xff) return { kind: "malformed" };
      return decodePrefixed(bytes, first - 0x80, "big", most);
    case "lenenc":
      if (first < 0xfb) return { kind: "value", value: BigInt(first), length: 1 };
      if (first === 0xfc) return decodePrefixed(bytes, 2, "little", most);
      if (first === 0xfd) return decodePrefixed(bytes, 3, "little", most);
      if (first === 0xfe) return decodePrefixed(bytes, 8, "little", most);
      return { kind: "malformed" };
    default:
      return assertNever(encoding);
  }
}

/** 7 bits a byte; the top bit says "more". */
function decodeGroups(encoding: "varint" | "vlq", bytes: Uint8Array, most: number): Varint {
  const last = bytes.findIndex((byte) => byte < 0x80);
  const length = last === -1 ? bytes.length + 1 : last + 1;
  if (length > most) return { kind: "malformed" };
  if (last === -1) return { kind: "unfinished", length };
  const groups = [...bytes.subarray(0, length)].map((byte) => BigInt(byte & 0x7f));
  const highFirst = encoding === "vlq" ? groups : groups.reverse();
  const value = highFirst.reduce((sum, group) => sum * 128n + group, 0n);
  return { kind: "value", value, length };
}

/** A first byte, then `count` bytes of value. */
function decodePrefixed(
  bytes: Uint8Array,
  count: number,
  order: "big" | "little",
  most: number,
): Varint {
  const length = 1 + count;
  if (length > most) return { kind: "malformed" };
  if (bytes.length < length) return { kind: "unfinished", length };
  const value = decodeInteger(bytes.subarray(1, length), order, false);
  return { kind: "value", value, length };
}

/** The integer that all of `bytes` write in digits, or null where they do not. */
export function decodeDigits(
  bytes: Uint8Array,
  base: "dec" | "hex" | "bcd",
  filler: number | null,
): bigint | null {
  switch (base) {
    case "dec":
      return /^[0-9]+$/.test(latin1(bytes)) ? BigInt(latin1(bytes)) : null;
    case "hex":
      return /^[0-9A-Fa-f]+$/.test(latin1(bytes)) ? BigInt(`0x${latin1(bytes)}`) : null;
    case "bcd": {
      const digits = withoutFiller(nibbles(bytes), filler);
      return /^[0-9]+$/.test(digits) ? BigInt(digits) : null;
    }
    default:
      return assertNever(base);
  }
}

function withoutFiller(digits: string, filler: number | null): string {
  if (filler === null) return digits;
  const nibble = filler.toString(16);
  let end = digits.length;
  while (end > 0 && digits[end - 1] === nibble) end--;
  return digits.slice(0, end);
}

function bigEndian(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}
