// The import finder: what it must find, and what only looks like an import.
import { expect, test } from "vitest";
import { importsOf } from "./imports.ts";

const found: readonly (readonly [source: string, specifier: string])[] = [
  ['import { a } from "./a.ts";', "./a.ts"],
  ['import {\n  a,\n  type B,\n} from "./a.ts";', "./a.ts"],
  ['import type { A } from "../a.ts";', "../a.ts"],
  ['import a from "a";', "a"],
  ['import a, { type B } from "a";', "a"],
  ['import * as a from "node:net";', "node:net"],
  ['import type * as a from "node:net";', "node:net"],
  ['import "./effect.ts";', "./effect.ts"],
  ['export { a } from "./a.ts";', "./a.ts"],
  ['export type {\n  A,\n} from "./a.ts";', "./a.ts"],
  ['export * from "./a.ts";', "./a.ts"],
  ['export * as a from "./a.ts";', "./a.ts"],
  ['const a = await import("koffi");', "koffi"],
  ["const a = await import(`koffi`);", "koffi"],
  ['const a = await import(\n  "koffi"\n);', "koffi"],
  ['const a = await import("./a.json", { with: { type: "json" } });', "./a.json"],
  ['let a: import("./a.ts").A;', "./a.ts"],
  ['const a = require("koffi");', "koffi"],
];

test.for(found)("finds %j", ([source, specifier]) => {
  expect(importsOf(source).map((item) => item.specifier)).toEqual([specifier]);
});

test.for([
  '// import { a } from "./a.ts";',
  'const text = "import { a } from b";',
  'export const from = "x";',
  "export function load() {\n  return 1;\n}",
  "await import(path);",
  "await import(`./$" + "{name}.ts`);",
  'const words = ["import", "from"];',
  'reimport("x");',
])("finds nothing in %j", (source) => {
  expect(importsOf(source)).toEqual([]);
});

test("gives all, in order, with their lines", () => {
  const source =
    '// a file\nimport { a } from "a"; // why\n\nimport {\n  b,\n} from "b";\nawait import("c");\n';
  expect(importsOf(source)).toEqual([
    { specifier: "a", line: 2 },
    { specifier: "b", line: 4 },
    { specifier: "c", line: 7 },
  ]);
});
