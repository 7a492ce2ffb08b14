import { expect, test } from "vitest";
import { equalBytes, hexOf, parseHex } from "../../src/base/bytes.ts";

test.for<[string, number[] | undefined]>([
  ["", []],
  ["00ff", [0, 255]],
  ["7D 01\n7d02", [0x7d, 1, 0x7d, 2]],
  ["7", undefined],
  ["7D0", undefined],
  ["0x7D", undefined],
  ["zz", undefined],
])("parseHex(%j)", ([text, bytes]) => {
  expect(parseHex(text)).toEqual(bytes === undefined ? undefined : Uint8Array.from(bytes));
});

test("hexOf is what parseHex reads", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(parseHex(hexOf(bytes, " "))).toEqual(bytes);
  expect(hexOf(Uint8Array.of(10, 255), ":")).toBe("0a:ff");
});

test("equalBytes looks at length and every byte", () => {
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
});
