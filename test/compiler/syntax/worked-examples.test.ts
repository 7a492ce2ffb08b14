import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FrameParser } from "../../../src/compiler/syntax/grammar/frame-parser.ts";
import { MAX_SYNTAX_ERRORS } from "../../../src/compiler/syntax/grammar/reporting-parser.ts";
import { parseText, parseValid } from "./parse-text.ts";
import { sketch } from "./sketch.ts";

const text = readFileSync(new URL("worked-examples.frame", import.meta.url), "utf8");

test("the worked examples of the language parse", () => {
  const { declarations } = parseValid(text);
  expect(
    declarations.map((declaration) =>
      "name" in declaration ? declaration.name.text : declaration.kind,
    ),
  ).toEqual([
    "HJ212",
    "stations",
    "test",
    "Star",
    "MQTT",
    "JT808",
    "TLS",
    "SMPP",
    "Dialogues",
    "import",
    "Rest",
    "split",
    "test",
  ]);
});

test("to these trees", async () => {
  const trees = parseValid(text).declarations.map(sketch).join("\n\n");
  await expect(`${trees}\n`).toMatchFileSnapshot("worked-examples.txt");
});

test("chevrotain finds no fault in the grammar", () => {
  expect(() => new FrameParser(true)).not.toThrow();
});

test("line ends make no difference", () => {
  const expected = sketch(parseValid(text).declarations);
  expect(sketch(parseValid(text.replaceAll("\n", "\r\n")).declarations)).toBe(expected);
  expect(sketch(parseValid(text.replaceAll("\n", "\r")).declarations)).toBe(expected);
});

test("10,000 lines parse in well under a second", () => {
  const copies = 1 + Math.ceil(10_000 / text.split("\n").length);
  const large = text.repeat(copies);
  expect(large.split("\n").length).toBeGreaterThan(10_000);
  parseText(large); // the machine warms up
  const start = performance.now();
  expect(parseText(large).diagnostics).toEqual([]);
  // A bound with room for a busy machine; it takes about a tenth.
  expect(performance.now() - start).toBeLessThan(2000);
});

test("10,000 lines with an error each take no longer", () => {
  const large = `protocol P {\n frame {\n${"u16 = = 4;\n".repeat(10_000)} }\n}\n`;
  const start = performance.now();
  expect(parseText(large).diagnostics.length).toBe(MAX_SYNTAX_ERRORS);
  expect(performance.now() - start).toBeLessThan(2000);
});
