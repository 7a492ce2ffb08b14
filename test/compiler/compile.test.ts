// The pipeline as a whole: what is said of files that are imported rather than named.
import { expect, test } from "vitest";
import { compileFrameFiles } from "../../src/compiler/compile.ts";
import type { ReadSource } from "../../src/compiler/source/load.ts";

const weak = `protocol Weak { frame { start "*"; u8 id; } key id = id; }`;
const texts: Readonly<Record<string, string>> = {
  "library:weak": weak,
  "weak.frame": weak,
  "own.frame": `import "./weak.frame"; router r on Weak { otherwise -> main; }`,
  "user.frame": `import "weak"; router r on Weak { otherwise -> main; }`,
};

const read: ReadSource = (path) => {
  const text = texts[path];
  return text === undefined
    ? { kind: "error", code: "missing", message: "not there" }
    : { kind: "text", text };
};

test.for([
  ["user.frame", [], "the library's warnings are not the importer's"],
  ["library:weak", ["WB0317"], "they are for who names the library's file"],
  ["own.frame", ["WB0317"], "and for who imports a file of their own"],
] as const)("%s: %s: %s", ([path, codes]) => {
  const compilation = compileFrameFiles({
    paths: [path],
    read,
    readList: (list) => ({ kind: "error", path: list, reason: "there are no lists here" }),
  });
  expect(compilation.diagnostics.map(({ code }) => code)).toEqual(codes);
  expect(compilation.hasErrors).toBe(false);
  expect([...compilation.protocols.keys()]).toEqual(["Weak"]);
});
