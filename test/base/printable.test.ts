import { expect, test } from "vitest";
import { columnsOf, printable } from "../../src/base/printable.ts";

test.for([
  ["plain text, 你好", "plain text, 你好"],
  ["\u001b[31mred", "\\x1b[31mred"],
  ["a\r\nb\tc\0", "a\\x0d\\x0ab\\x09c\\x00"],
  ["right \u202e to left", "right \\u{202e} to left"],
  ["zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}"],
  ["half \ud800 pair", "half \\u{d800} pair"],
  ["😀", "😀"],
] as const)("printable(%j)", ([text, shown]) => {
  expect(printable(text)).toBe(shown);
});

test("long texts are cut by code points", () => {
  expect(printable("😀".repeat(5), 3)).toBe("😀😀😀…");
  expect(printable("abc", 3)).toBe("abc");
});

test("columns", () => {
  expect(columnsOf("a")).toBe(1);
  expect(columnsOf("界")).toBe(2);
  expect(columnsOf("\u0301")).toBe(0);
});
