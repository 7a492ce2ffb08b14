// Holds the house rules that a compiler does not: who imports whom, and how files are named, opened and bounded.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importsOf } from "./support/imports.ts";
import { importFault, layerOf, layers } from "./support/layers.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const sourceFiles = filesBelow("src");
const allFiles = [...sourceFiles, ...filesBelow("test"), ...filesBelow("protocols")];

const maxLines = 500;
const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)+$/;
const emptyNames = /(?:^|[/-])(?:utils?|helpers?|common|managers?|misc)(?:[/.-]|$)/;

describe("the rules see the tree", () => {
  test("all of it", () => {
    const known = [
      "src/base/assert.ts",
      "src/compiler/abi.ts",
      "src/compiler/index.ts",
      "src/compiler/ir/ir.ts",
      "src/compiler/syntax/ast.ts",
      "src/runtime/router.ts",
      "src/cli/main.ts",
    ];
    expect(known.filter((file) => !sourceFiles.includes(file))).toEqual([]);
    expect(sourceFiles.length).toBeGreaterThan(150);
  });

  test("its imports", () => {
    const imports = sourceFiles.flatMap((file) => importsOf(read(file)));
    expect(imports.length).toBeGreaterThan(sourceFiles.length);
    expect(importsOf(read("src/compiler/syntax/ast.ts"))).toContainEqual({
      specifier: "./ast/statements.ts",
      line: expect.any(Number),
    });
  });

  test("every layer of the table holds a file", () => {
    const inhabited = new Set(sourceFiles.map((file) => layerOf(file)?.name));
    expect(layers.map(({ name }) => name).filter((name) => !inhabited.has(name))).toEqual([]);
  });

  test("and layers see only layers of the table", () => {
    const names = new Set(layers.map(({ name }) => name));
    expect(layers.flatMap(({ sees }) => sees).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("a running router", () => {
  test("loads no parser, no schema and no YAML", () => {
    const loaded = loadedBy([
      "src/cli/main.ts",
      "src/cli/command-line.ts",
      "src/cli/process-terminal.ts",
      "src/cli/commands/run.ts",
      "src/runtime/engine/linux/main/linux-engine.ts",
      "src/runtime/engine/linux/worker/worker.ts",
    ]);
    expect(loaded).toContain("src/runtime/router.ts");
    expect(loaded).toContain("pino");
    const heavy = ["chevrotain", "zod", "yaml", "src/compiler/index.ts"];
    expect(heavy.filter((name) => loaded.has(name))).toEqual([]);
    expect(loadedBy(["src/cli/commands/validate.ts"])).toContain("chevrotain");
  });
});

describe("imports", () => {
  test("every file is in a layer", () => {
    expect(sourceFiles.filter((file) => layerOf(file) === undefined)).toEqual([]);
  });

  test("go only where the table allows", () => {
    const faults = sourceFiles.flatMap((file) =>
      importsOf(read(file)).flatMap(({ specifier, line }) => {
        const fault = importFault(file, specifier);
        return fault === undefined ? [] : [`${file}:${line} imports ${specifier}: ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  test.for<readonly [file: string, specifier: string, fault: RegExp]>([
    ["src/compiler/syntax/parser.ts", "../ir/ir.ts", /layer syntax must not see ir/],
    ["src/compiler/compile.ts", "../runtime/router.ts", /layer compile must not see router/],
    ["src/runtime/router.ts", "../compiler/ir/ir.ts", /layer router must not see ir/],
    ["src/runtime/pool/pool.ts", "../engine/portable/engine.ts", /must not see engine\/portable/],
    ["src/cli/main.ts", "../runtime/router.ts", /layer cli must not see router/],
    ["src/base/assert.ts", "../compiler/abi.ts", /^$/],
    ["src/compiler/secret/x.ts", "./y.ts", /src\/compiler\/secret\/x.ts is in no known layer/],
    ["src/compiler/ir/ir.ts", "../secret/y.ts", /src\/compiler\/secret\/y.ts is in no known layer/],
    ["src/runtime/pool/pool.ts", "koffi", /engine\/linux/],
    ["src/runtime/routing/inspect.ts", "node:net", /routing core/],
    ["src/compiler/check/names.ts", "node:fs/promises", /injected reader/],
  ])("%s may not import %s", ([file, specifier, fault]) => {
    expect(importFault(file, specifier) ?? "").toMatch(fault);
  });

  test.for([
    ["src/compiler/ir/lower.ts", "../syntax/ast.ts"],
    ["src/compiler/ir/passes/fold.ts", "../ir.ts"],
    ["src/runtime/routing/inspect.ts", "../../compiler/abi.ts"],
    ["src/cli/commands/validate.ts", "../../compiler/index.ts"],
    ["src/runtime/engine/linux/ring.ts", "node:net"],
    ["src/compiler/source/disk-reader.ts", "node:fs"],
  ] as const)("%s may import %s", ([file, specifier]) => {
    expect(importFault(file, specifier) ?? "").not.toMatch(
      /must not see|only|injected|routing core/,
    );
  });
});

describe("files", () => {
  test("are named in kebab-case", () => {
    const misnamed = allFiles.filter((file) => !kebabCase.test(file.split("/").at(-1) ?? ""));
    expect(misnamed).toEqual([]);
  });

  test("and folders too", () => {
    const folders = allFiles.flatMap((file) => file.split("/").slice(0, -1));
    expect(folders.filter((folder) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(folder))).toEqual([]);
  });

  test("have names that say what is inside", () => {
    expect(allFiles.filter((file) => emptyNames.test(file))).toEqual([]);
  });

  test(`of src have at most ${maxLines} lines`, () => {
    const lines = (file: string) => read(file).split("\n").length - 1;
    expect(sourceFiles.filter((file) => lines(file) > maxLines)).toEqual([]);
  });

  test("of src open with a comment that tells their role", () => {
    const opening = (file: string) => read(file).replace(/^#!.*\n/, "");
    expect(sourceFiles.filter((file) => !/^\/[/*]/.test(opening(file)))).toEqual([]);
  });

  test.for(["utils/a.ts", "src/helpers/a.ts", "string-utils.ts", "pool-manager.ts", "common.ts"])(
    "%s would be refused",
    (file) => expect(file).toMatch(emptyNames),
  );

  test.for(["src/commonality.ts", "src/pool/pool.ts", "src/managed-by-hand.ts"])(
    "%s would not",
    (file) => expect(file).not.toMatch(emptyNames),
  );
});

function filesBelow(folder: string): readonly string[] {
  return readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function read(file: string): string {
  return readFileSync(`${root}/${file}`, "utf8");
}

/** Files and packages that are loaded with these files: what they import themselves, types and later imports left out. */
function loadedBy(files: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    if (!file.startsWith("src/")) continue;
    const text = read(file).replace(/^(?:import|export) type [^;]*;/gm, "");
    for (const [, specifier = ""] of text.matchAll(/^(?:import|export|\}) ?[^;"']*?"([^"]+)";/gm)) {
      waiting.push(specifier.startsWith(".") ? join(dirname(file), specifier) : specifier);
    }
  }
  return loaded;
}
