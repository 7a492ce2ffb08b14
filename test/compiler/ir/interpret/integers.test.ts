// Integers on the wire: fixed, variable and in digits; malformed ones; and a check against an encoder.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeDigits,
  decodeInteger,
  decodeVarint,
  type Varint,
} from "../../../../src/compiler/ir/interpret/integers.ts";
import { ascii } from "../../../support/ir-build.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

test.for([
  ["ff", "big", false, 255n],
  ["ff", "big", true, -1n],
  ["01 02", "big", false, 258n],
  ["01 02", "little", false, 513n],
  ["80 00 00", "big", true, -8388608n],
  ["00 00 80", "little", true, -8388608n],
  ["7f ff ff", "big", true, 8388607n],
  ["ff ff ff ff", "big", false, 4294967295n],
  ["ff ff ff ff", "little", true, -1n],
  ["00 1f ff ff ff ff ff ff", "big", false, 9007199254740991n],
  ["ff ff ff ff ff ff ff ff", "big", false, 18446744073709551615n],
  ["80 00 00 00 00 00 00 00", "big", true, -9223372036854775808n],
] as const)("%s %s, signed: %s", ([bytes, order, isSigned, value]) => {
  expect(decodeInteger(hex(bytes), order, isSigned)).toBe(value);
});

const value = (of: bigint, length: number): Varint => ({ kind: "value", value: of, length });
const unfinished = (length: number): Varint => ({ kind: "unfinished", length });
const malformed: Varint = { kind: "malformed" };

const varints: readonly (readonly ["varint" | "vlq" | "ber" | "lenenc", string, number, Varint])[] =
  [
    ["varint", "", 4, unfinished(1)],
    ["varint", "00", 4, value(0n, 1)],
    ["varint", "7f", 4, value(127n, 1)],
    ["varint", "80", 4, unfinished(2)],
    ["varint", "80 01", 4, value(128n, 2)],
    ["varint", "c1 02 ff", 4, value(321n, 2)],
    ["varint", "ff ff ff 7f", 4, value(268435455n, 4)],
    ["varint", "ff ff ff", 4, unfinished(4)],
    ["varint", "ff ff ff ff", 4, malformed],
    ["varint", "ff", 1, malformed],
    ["varint", "80 80 00", 4, value(0n, 3)],
    ["varint", "ff ff ff ff ff ff ff ff ff 01", 10, value(18446744073709551615n, 10)],
    ["vlq", "81 00", 4, value(128n, 2)],
    ["vlq", "82 41", 4, value(321n, 2)],
    ["vlq", "80 80 01", 4, value(1n, 3)],
    ["vlq", "ff ff", 2, malformed],
    ["ber", "", 5, unfinished(1)],
    ["ber", "7f", 5, value(127n, 1)],
    ["ber", "81", 5, unfinished(2)],
    ["ber", "81 80", 5, value(128n, 2)],
    ["ber", "82 01", 5, unfinished(3)],
    ["ber", "82 01 02", 5, value(258n, 3)],
    ["ber", "82 00 02", 5, value(2n, 3)],
    ["ber", "85", 5, malformed],
    ["ber", "80", 5, malformed],
    ["ber", "ff", 200, malformed],
    ["lenenc", "fa", 9, value(250n, 1)],
    ["lenenc", "fb", 9, malformed],
    ["lenenc", "fc 01", 9, unfinished(3)],
    ["lenenc", "fc 01 02", 9, value(513n, 3)],
    ["lenenc", "fd 01 02 03", 9, value(197121n, 4)],
    ["lenenc", "fe 01 00 00 00 00 00 00 00", 9, value(1n, 9)],
    ["lenenc", "fe", 4, malformed],
    ["lenenc", "ff", 9, malformed],
  ];

test.for(varints)("%s %s of at most %i bytes", ([encoding, bytes, most, decoded]) => {
  expect(decodeVarint(encoding, hex(bytes), most)).toEqual(decoded);
});

describe("any number, encoded, is decoded; any proper part of it is unfinished", () => {
  const numbers = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

  test.for(["varint", "vlq"] as const)("%s", (encoding) => {
    fc.assert(
      fc.property(numbers, (number) => {
        const bytes = encodeGroups(encoding, number);
        expect(decodeVarint(encoding, bytes, 10)).toEqual(value(number, bytes.length));
        const part = bytes.subarray(0, -1);
        expect(decodeVarint(encoding, part, 10)).toEqual(unfinished(part.length + 1));
      }),
    );
  });
});

test.for([
  ["dec", "0101", null, 101n],
  ["dec", "", null, null],
  ["dec", "12a", null, null],
  ["dec", "-1", null, null],
  ["dec", " 1", null, null],
  ["dec", "1\n", null, null],
  ["dec", "123456789012345678901234567890", null, 123456789012345678901234567890n],
  ["hex", "1C80", null, 0x1c80n],
  ["hex", "1c80", null, 0x1c80n],
  ["hex", "0x1c", null, null],
  ["hex", "", null, null],
  ["hex", "g", null, null],
  ["bcd", "\x12\x34", null, 1234n],
  ["bcd", "\x12\x3f", null, null],
  ["bcd", "\x12\x3f", 15, 123n],
  ["bcd", "\x1f\xff", 15, 1n],
  ["bcd", "\xff", 15, null],
  ["bcd", "\x1f\x2f", 15, null],
  ["bcd", "\x1a", 10, 1n],
  ["bcd", "", 15, null],
] as const)("digits %s %j filler %s", ([base, text, filler, number]) => {
  expect(decodeDigits(ascii(text), base, filler)).toBe(number);
});

function encodeGroups(encoding: "varint" | "vlq", number: bigint): Uint8Array {
  const groups = [Number(number % 128n)];
  for (let rest = number / 128n; rest > 0n; rest /= 128n) groups.push(Number(rest % 128n));
  if (encoding === "vlq") groups.reverse();
  return Uint8Array.from(groups, (group, index) =>
    index < groups.length - 1 ? group + 128 : group,
  );
}
