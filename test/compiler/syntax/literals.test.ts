import { describe, expect, test } from "vitest";
import { decodeHex, decodeNumber, decodeText } from "../../../src/compiler/syntax/literals.ts";

describe("decodeText", () => {
  test.for<[string, number[]]>([
    ['""', []],
    ['"ab"', [0x61, 0x62]],
    ['"\\r\\n\\t\\0\\\\\\""', [13, 10, 9, 0, 0x5c, 0x22]],
    ['"\\x1C\\xff"', [0x1c, 0xff]],
    ['"é"', [0xc3, 0xa9]],
    ['"\\u{e9}\\u{1F600}"', [0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80]],
    ['"😀"', [0xf0, 0x9f, 0x98, 0x80]],
  ])("%s", ([spelling, bytes]) => {
    expect(decodeText(spelling)).toEqual({ bytes: Uint8Array.from(bytes), problems: [] });
  });

  test.for<[string, number]>([
    ['"\\q"', 1],
    ['"a\\x1"', 2],
    ['"a\\xg0"', 2],
    ['"\\u12"', 1],
    ['"\\u{d800}"', 1],
    ['"\\u{110000}"', 1],
  ])("%s is wrong at %d", ([spelling, at]) => {
    expect(decodeText(spelling).problems.map((problem) => problem.at)).toEqual([at]);
  });
});

describe("decodeHex", () => {
  test.for<[string, number[], number]>([
    ['x""', [], 0],
    ['x"7D01"', [0x7d, 1], 0],
    ['x" 7d  01 "', [0x7d, 1], 0],
    ['x"7 D"', [0x7d], 0],
    ['x"7D0"', [0x7d], 1],
    ['x"7z"', [], 1],
  ])("%s", ([spelling, bytes, problems]) => {
    const decoded = decodeHex(spelling);
    expect(decoded.bytes).toEqual(Uint8Array.from(bytes));
    expect(decoded.problems.length).toBe(problems);
  });
});

describe("decodeNumber", () => {
  test.for([
    ["0", { kind: "value", value: 0n }],
    ["007", { kind: "value", value: 7n }],
    ["1_000", { kind: "value", value: 1000n }],
    ["0x7E", { kind: "value", value: 126n }],
    ["0Xff_ff", { kind: "value", value: 65535n }],
    ["0b1010", { kind: "value", value: 10n }],
    ["64KiB", { kind: "value", value: 65536n, unit: "KiB" }],
    ["1MiB", { kind: "value", value: 1048576n, unit: "MiB" }],
    ["2GiB", { kind: "value", value: 2147483648n, unit: "GiB" }],
    ["5s", { kind: "value", value: 5000n, unit: "s" }],
    ["250ms", { kind: "value", value: 250n, unit: "ms" }],
    ["2m", { kind: "value", value: 120000n, unit: "m" }],
    ["1h", { kind: "value", value: 3600000n, unit: "h" }],
    ["95%", { kind: "value", value: 95n, unit: "%" }],
    ["18446744073709551615", { kind: "value", value: 2n ** 64n - 1n }],
    ["18446744073709551616", { kind: "large" }],
    ["9".repeat(1000), { kind: "large" }],
    ["0x", { kind: "malformed" }],
    ["0x_1", { kind: "malformed" }],
    ["0b2", { kind: "malformed" }],
    ["1_000_", { kind: "value", value: 1000n }],
    ["64KB", { kind: "unit", unit: "KB", nearest: "KiB" }],
    ["64kib", { kind: "unit", unit: "kib", nearest: "KiB" }],
    ["5sec", { kind: "unit", unit: "sec", nearest: "s" }],
    ["5zorks", { kind: "unit", unit: "zorks", nearest: undefined }],
  ] as const)("%s", ([spelling, expected]) => {
    expect(decodeNumber(spelling)).toEqual(expected);
  });
});
