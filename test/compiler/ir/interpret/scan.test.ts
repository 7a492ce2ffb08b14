// The search for delimiters, in a window and in a stream: where the first mark stands, what is missing until one may.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Scan, scanStream, scanWindow } from "../../../../src/compiler/ir/interpret/scan.ts";
import { ascii } from "../../../support/ir-build.ts";

const found = (at: number, length: number): Scan => ({ kind: "found", at, length });
const missing = (bytes: number): Scan => ({ kind: "undecided", missing: bytes });
const absent: Scan = { kind: "absent" };

const crlf = ["\r\n"];
const lineEnds = ["\r\n", "\n"];
const nested = ["abcd", "c"];

const windows: readonly (readonly [string, readonly string[], number, Scan])[] = [
  ["", crlf, 9, absent],
  ["ab\r\n", crlf, 9, found(2, 2)],
  ["\r\n", crlf, 0, found(0, 2)],
  ["a\r\n", crlf, 0, absent],
  ["ab\r\n", crlf, 2, found(2, 2)],
  ["ab\r\n", crlf, 1, absent],
  ["ab\r", crlf, 9, absent],
  ["a\nb\r\n", lineEnds, 9, found(1, 1)],
  ["a\r\n\n", lineEnds, 9, found(1, 2)],
  ["xabc", nested, 9, found(3, 1)],
  ["xabcd", nested, 9, found(1, 4)],
];

test.for(windows)("window %j for %j within %i", ([text, marks, max, result]) => {
  expect(scanWindow(ascii(text), marks.map(ascii), max)).toEqual(result);
});

const streams: readonly (readonly [string, readonly string[], number, Scan])[] = [
  ["", crlf, 9, missing(2)],
  ["ab", crlf, 9, missing(2)],
  ["ab\r", crlf, 9, missing(1)],
  ["ab\rc", crlf, 9, missing(2)],
  ["ab\r\r", crlf, 9, missing(1)],
  ["ab\r\n", crlf, 9, found(2, 2)],
  // A mark may begin 2 bytes in at most: behind that, one that has begun may still be finished.
  ["ab", crlf, 2, missing(2)],
  ["ab\r", crlf, 2, missing(1)],
  ["abc", crlf, 2, missing(1)],
  ["abcd", crlf, 2, absent],
  ["abc\r", crlf, 2, absent],
  ["\n", lineEnds, 9, found(0, 1)],
  ["a", lineEnds, 9, missing(1)],
  ["a\r", lineEnds, 9, missing(1)],
  ["a\rb", lineEnds, 9, missing(1)],
  // The earlier place decides before the later one, and is waited for.
  ["xabc", nested, 9, missing(0)],
  ["xabce", nested, 9, found(3, 1)],
  ["aab", ["aabc"], 9, missing(1)],
  ["aaa", ["aabc"], 9, missing(2)],
];

test.for(streams)("stream %j for %j within %i", ([text, marks, max, result]) => {
  expect(scanStream(ascii(text), marks.map(ascii), max)).toEqual(result);
});

describe("in streams of a few letters", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 14 });
  const mark = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 });
  const marks = fc
    .uniqueArray(mark, { minLength: 1, maxLength: 3 })
    .filter((all) =>
      all.every((one) => all.every((other) => one === other || !other.startsWith(one))),
    );
  const max = fc.nat(9);

  test("once decided, more bytes change nothing", () => {
    fc.assert(
      fc.property(text, text, marks, max, (head, tail, all, most) => {
        const early = scanStream(ascii(head), all.map(ascii), most);
        fc.pre(early.kind !== "undecided");
        expect(scanStream(ascii(head + tail), all.map(ascii), most)).toEqual(early);
      }),
    );
  });

  test("what is found is the first, as the definition says it", () => {
    fc.assert(
      fc.property(text, marks, max, (whole, all, most) => {
        const result = scanStream(ascii(whole), all.map(ascii), most);
        fc.pre(result.kind !== "undecided");
        const places = all.map((each) => whole.indexOf(each)).filter((at) => at >= 0 && at <= most);
        const first = Math.min(...places);
        expect(result.kind === "found" ? result.at : Infinity).toBe(first);
      }),
    );
  });

  test("no continuation shorter than what is missing ends with a mark that was found", () => {
    fc.assert(
      fc.property(text, text, marks, max, (head, tail, all, most) => {
        const early = scanStream(ascii(head), all.map(ascii), most);
        const late = scanStream(ascii(head + tail), all.map(ascii), most);
        fc.pre(early.kind === "undecided" && late.kind === "found");
        expect(late.at + late.length - head.length).toBeGreaterThanOrEqual(early.missing);
      }),
    );
  });
});
