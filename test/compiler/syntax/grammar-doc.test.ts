import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MAX_STATEMENT_DEPTH } from "../../../src/compiler/syntax/grammar/block-rules.ts";
import { MAX_EXPRESSION_DEPTH } from "../../../src/compiler/syntax/grammar/tree-heights.ts";
import { MAX_OPEN_BRACKETS, MAX_TOKENS } from "../../../src/compiler/syntax/lexer.ts";
import { Mark, Reserved, Word } from "../../../src/compiler/syntax/tokens.ts";

const grammar = readFileSync(new URL("../../../docs/grammar.md", import.meta.url), "utf8");
const rules = [...grammar.matchAll(/```ebnf\n(.*?)```/gs)].map(([, body = ""]) => body).join("\n");

test("every word and mark of the language stands in the grammar", () => {
  const types = [...Object.values(Reserved), ...Object.values(Word), ...Object.values(Mark)];
  const spellings = types.map((type) => (type.LABEL ?? "").slice(1, -1));
  expect(spellings.filter((spelling) => !rules.includes(`"${spelling}"`))).toEqual([]);
});

test("reserved words are listed", () => {
  const listed = grammar.slice(
    grammar.indexOf("Reserved words"),
    grammar.indexOf("All other words"),
  );
  const words = new Set(listed.match(/\b[a-z][a-z0-9]*\b/g));
  expect(Object.keys(Reserved).filter((word) => !words.has(word))).toEqual([]);
});

test("every rule that is used is defined, and every rule but the first is used", () => {
  const code = rules.replace(/\(\*.*?\*\)/g, "").replace(/"[^"\n]*"|'[^'\n]*'/g, "");
  const defined = [...code.matchAll(/^(\w+)\s*=/gm)].map(([, name]) => name);
  const used = new Set(code.replace(/^\w+\s*=/gm, "").match(/\w+/g));
  const terminals = ["letter", "digit", "digits", "hexdigit", "hexdigits", "character"];
  expect([...used].filter((name) => !defined.includes(name) && !terminals.includes(name))).toEqual(
    [],
  );
  expect(defined.filter((name) => name !== "file" && !used.has(name ?? ""))).toEqual([]);
});

test("limits are those of the parser", () => {
  for (const limit of [MAX_TOKENS, MAX_OPEN_BRACKETS, MAX_STATEMENT_DEPTH, MAX_EXPRESSION_DEPTH]) {
    expect(grammar).toContain(limit.toLocaleString("en-GB"));
  }
});
