// Properties of every generated text: it is laid out as the formatter would, holds nothing that allocates or throws, and
// runs the same as a file and in memory.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { generateJavaScript } from "../../../../src/compiler/codegen/javascript/generate.ts";
import { loadUnpackModule } from "../../../../src/compiler/codegen/javascript/load.ts";
import type { Op } from "../../../../src/compiler/ir/ir.ts";
import {
  at,
  awaitTo,
  calc,
  frame,
  from,
  load,
  math,
  programOf,
} from "../../../support/ir-build.ts";
import { starProgram } from "../../../support/ir-programs.ts";
import { samplePrograms } from "../../../support/ir-samples.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const biome = fileURLToPath(new URL("node_modules/.bin/biome", `file://${root}`));

/** Routines that run once, when a module is loaded. */
const makers = new Set(["crcTable", "crcTable2", "hexValues"]);

/** What costs time or memory at each call, or leaves by other ways than a verdict. */
const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a closure", /=>/],
  ["an exception", /\b(?:try|catch|throw)\b/],
  ["a new object", /\bnew\b/],
  ["an object or array literal", /(?:[=(,:?]|\breturn)\s*[[{]/],
  ["a view", /DataView|\.(?:slice|subarray|read\w+|toString|concat|from)\b/],
  ["an import", /\b(?:import|require)\b/],
];

/** The functions of a module by name, each up to its closing brace. */
function functionsOf(text: string): readonly (readonly [name: string, code: string])[] {
  return [...text.matchAll(/^(?:export )?function (\w+)\(.*?\) \{\n[\s\S]*?^\}$/gm)].map(
    ([code, name = ""]) => [name, code.replace(/\/\/.*$|\bcase \d+: \{$|\bdefault: \{$/gm, "")],
  );
}

describe.for(samplePrograms)("$name", ({ name, program, frames }) => {
  const text = generateJavaScript(program);

  test("is as Biome would lay it out", () => {
    const options = { cwd: root, input: text, encoding: "utf8" } as const;
    expect(text).toBe(execFileSync(biome, ["format", "--stdin-file-path=generated.mjs"], options));
  });

  test("allocates nothing and never throws", () => {
    const functions = functionsOf(text);
    expect(functions.map(([each]) => each)).toContain("unpack");
    const found = functions
      .filter(([each]) => !makers.has(each))
      .flatMap(([each, code]) =>
        forbidden.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${each}: ${what}`),
      );
    expect(found).toEqual([]);
  });

  test("is the same each time, and another module each time it is loaded", () => {
    expect(generateJavaScript(program)).toBe(text);
    const [first, second] = [1, 2].map(() => loadUnpackModule(text, `${name}.mjs`));
    expect(first?.unpack).not.toBe(second?.unpack);
    expect(first?.meta).toEqual(second?.meta);
  });

  test("runs as a file as it does in memory", async () => {
    const path = `../../../golden/${name.toLowerCase()}.mjs`;
    const file: unknown = await import(path);
    const loaded = loadUnpackModule(text, `${name}.mjs`);
    const { meta, scratch, unpack } = file as typeof loaded;
    expect(meta).toEqual(loaded.meta);
    expect(scratch).toEqual(loaded.scratch);
    for (const bytes of frames.map((each) => Buffer.from(each))) {
      const words = new Int32Array(meta.words);
      const others = new Int32Array(meta.words);
      const verdict = unpack(bytes, 0, bytes.length, words);
      expect(verdict).toBe(loaded.unpack(bytes, 0, bytes.length, others));
      expect(words).toEqual(others);
    }
  });
});

describe("what may not be in generated code", () => {
  test.for<readonly [string, string]>([
    ["a closure", "const f = (x) => x;"],
    ["an exception", "throw error;"],
    ["a new object", "const b = new Map();"],
    ["an object or array literal", "return { a };"],
    ["an object or array literal", "f([1]);"],
    ["a view", "buf.subarray(1)"],
    ["a view", "buf.readUInt32BE(1)"],
  ])("%s is seen in %j", ([what, code]) => {
    expect(forbidden.filter(([, pattern]) => pattern.test(code)).map(([each]) => each)).toContain(
      what,
    );
  });
});

describe("what a description may say", () => {
  test.for([
    "quotes \" and ' and `",
    "two\nlines */ // end",
    "\u2028 separators \u2029 and \u0000",
    "export const meta = 1;\nexport function unpack() {}",
  ])("names and rules such as %j stay data", (words) => {
    const program = { ...starProgram(), protocol: words, source: words };
    const reasons = program.reasons.map((each) => ({ ...each, rule: words, field: words }));
    const text = generateJavaScript(
      { ...program, reasons },
      { version: words, locate: () => words },
    );
    const { meta } = loadUnpackModule(text, "words.mjs");
    expect(meta.protocol).toBe(words);
    expect(meta.reasons.map(({ rule, field }) => [rule, field])).toEqual(
      reasons.map(() => [words, words]),
    );
  });

  test.for(["class", "end", "s", "present", "unpack", "byte", "reject", "need", "Math", "meta"])(
    "a field may be called %s",
    (name) => {
      const slots = [
        { name, lo: 0, hi: 255, role: "integer" },
        { name: "size", lo: 1, hi: 256, role: "position" },
      ] as const;
      const body: readonly Op[] = [
        awaitTo(at(1)),
        load(0, at(0), 1),
        calc(1, math(0, "+", 1)),
        awaitTo(from(1)),
        frame(from(1)),
      ];
      const { unpack } = loadUnpackModule(
        generateJavaScript(programOf({ slots, body })),
        "names.mjs",
      );
      expect(unpack(Buffer.from([2, 7, 7]), 0, 3, new Int32Array(8))).toBe(3);
    },
  );
});

test("code says where a field was declared, and with what type", () => {
  const text = generateJavaScript(starProgram(), { locate: () => "star.frame:7" });
  expect(text).toContain("// length: u32 at 1 (star.frame:7)\n");
  expect(text).toContain("// station: text[16] at 19 (star.frame:7)\n");
});
