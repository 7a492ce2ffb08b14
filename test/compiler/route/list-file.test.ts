import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entryBytes, listLines, splitMapLine } from "../../../src/compiler/route/list-file.ts";
import { readBlocks, readKeys, readMap } from "../../../src/compiler/route/list-values.ts";

const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1");

describe("lines", () => {
  test.for<[string, readonly (readonly [number, string])[]]>([
    ["", []],
    ["\n \t\r\n#\n", []],
    ["a", [[1, "a"]]],
    [
      " a \r\n\r\n b",
      [
        [1, "a"],
        [3, "b"],
      ],
    ],
    [
      "a # one\n#b\nc#d\n#",
      [
        [1, "a"],
        [3, "c#d"],
      ],
    ],
    ["\uFEFFa", [[1, "a"]]],
    ["a\t#b # c", [[1, "a"]]],
    ["a b", [[1, "a b"]]],
  ])("%j", ([file, expected]) => {
    const lines = [...listLines(Buffer.from(file))];
    expect(lines.map((line) => [line.number, text(line.text)])).toEqual(expected);
  });
});

describe("entries", () => {
  test.for<[string, string | undefined]>([
    ["A0001", "A0001"],
    ['"a b"', "a b"],
    ['"say ""no"""', 'say "no"'],
    ['x"7D 01"', "}\u0001"],
    ['x""', ""],
    ["x7D", "x7D"],
    ['"', undefined],
    ['"a', undefined],
    ['"a"b"', undefined],
    ['x"7', undefined],
    ['x"', undefined],
    ['x"7G"', undefined],
  ])("%j stands for %j", ([entry, expected]) => {
    expect(text(entryBytes(Buffer.from(entry)))).toBe(expected);
  });

  test.for<[string, readonly [string, string] | undefined]>([
    ["a,b", ["a", "b"]],
    [" a , b ", ["a", "b"]],
    ["a,b,c", ["a,b", "c"]],
    [",b", ["", "b"]],
    ["ab", undefined],
  ])("map line %j", ([line, expected]) => {
    const parts = splitMapLine(Buffer.from(line));
    expect(parts && [text(parts.key), text(parts.pool)]).toEqual(expected);
  });
});

test("any bytes as a file give values and findings that add up", () => {
  const file = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .array(
        fc.constantFrom("a", "7", ",", "\n", " ", "#", '"', 'x"', "0x1", "10.0.0.1", "::1/128"),
      )
      .map((parts) => Buffer.from(parts.join(""))),
  );
  fc.assert(
    fc.property(file, (bytes) => {
      const lines = [...listLines(bytes)].length;
      const readings = [
        readKeys(bytes, { kind: "bytes", maxBytes: 4 }).findings,
        readKeys(bytes, { kind: "numbers" }).findings,
        readMap(bytes, { kind: "bytes", maxBytes: 4 }).findings,
        readMap(bytes, { kind: "numbers" }).findings,
        readBlocks(bytes).findings,
      ];
      for (const { entries, malformedCount, repeated, tooLong } of readings) {
        const others = (repeated?.count ?? 0) + (tooLong?.count ?? 0);
        expect(entries + malformedCount + others).toBe(lines);
      }
    }),
    { numRuns: 500 },
  );
});
