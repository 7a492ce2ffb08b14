import { describe, expect, test } from "vitest";
import { createCollector } from "../../../src/compiler/diagnostics/collector.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import { lexFile } from "../../../src/compiler/syntax/lexer.ts";
import { WORD_TOKENS } from "../../../src/compiler/syntax/tokens.ts";
import * as words from "../../../src/compiler/syntax/words.ts";

function lex(text: string) {
  return lexFile(createSourceFile(0, "test.frame", text), createCollector());
}

function images(text: string): readonly string[] {
  return lex(text).tokens.map(({ image }) => image);
}

describe("tokens", () => {
  test.for<[string, string[]]>([
    ["a..b", ["a", "..", "b"]],
    ["3..5", ["3", "..", "5"]],
    ["a.b", ["a", ".", "b"]],
    ["64KiB;5s 95%", ["64KiB", ";", "5s", "95%"]],
    ["0x7E..0x7F", ["0x7E", "..", "0x7F"]],
    ["a>>8>=b->c", ["a", ">>", "8", ">=", "b", "->", "c"]],
    ["<<==!=<=<", ["<<", "==", "!=", "<=", "<"]],
    ['x"7D 01"x', ['x"7D 01"', "x"]],
    ['x "a" xx"b"', ["x", '"a"', "xx", '"b"']],
    ['"a\\"b" "\\\\"', ['"a\\"b"', '"\\\\"']],
    ["a//b\nc///d\n////e", ["a", "c"]],
    ["_ _a a_1", ["_", "_a", "a_1"]],
    ["\u00a0", []],
    ["", []],
  ])("%j", ([text, expected]) => {
    expect(images(text)).toEqual(expected);
  });

  test("each spans its text", () => {
    const text = 'u16 a @1 = 0x7E; // c\n"\\r\\n" 你';
    const { tokens } = lex(text);
    const spans = tokens.map(({ startOffset, endOffset = 0 }) =>
      text.slice(startOffset, endOffset + 1),
    );
    expect(spans).toEqual(tokens.map(({ image }) => image));
  });
});

test("comments are kept apart, with their kind and whether the line is theirs", () => {
  const text = "// a\nb // c\n/// d\n  //// e\nf /// g";
  expect(
    lex(text).comments.map(({ kind, start, end, isOwnLine }) => [
      text.slice(start, end),
      kind,
      isOwnLine,
    ]),
  ).toEqual([
    ["// a", "line", true],
    ["// c", "line", false],
    ["/// d", "doc", true],
    ["//// e", "line", true],
    ["/// g", "doc", false],
  ]);
});

test("no word has two meanings", () => {
  const all = Object.values(words).flat();
  expect(all.filter((word, index) => all.indexOf(word) !== index)).toEqual([]);
  expect(WORD_TOKENS.size).toBe(all.length);
});
