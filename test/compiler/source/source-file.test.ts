import { describe, expect, test } from "vitest";
import {
  createSourceFile,
  lineText,
  positionAt,
} from "../../../src/compiler/source/source-file.ts";

const file = createSourceFile(3, "a.frame", "one\r\ntwo\rthree\n\n\t界😀x");

describe("positionAt", () => {
  test.for([
    [0, 1, 1],
    [3, 1, 4],
    [4, 1, 5], // between CR and LF: still the first line
    [5, 2, 1],
    [9, 3, 1],
    [15, 4, 1],
    [16, 5, 1],
    [17, 5, 2], // a tab is one column
    [18, 5, 3],
    [20, 5, 4], // an emoji is two code units and one column
    [21, 5, 5],
    [999, 5, 5],
    [-1, 1, 1],
  ] as const)("offset %d is line %d, column %d", ([offset, line, column]) => {
    expect(positionAt(file, offset)).toEqual({ line, column });
  });
});

test("lineText is without line ends, and empty beyond the last", () => {
  expect([1, 2, 3, 4, 5, 6, 0].map((line) => lineText(file, line))).toEqual([
    "one",
    "two",
    "three",
    "",
    "\t界😀x",
    "",
    "",
  ]);
});

test("an empty text has one line", () => {
  const empty = createSourceFile(0, "e.frame", "");
  expect(empty.lineStarts).toEqual([0]);
  expect(positionAt(empty, 0)).toEqual({ line: 1, column: 1 });
});
