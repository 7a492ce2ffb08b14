import { expect, test } from "vitest";
import { filesCatalog } from "../../../src/compiler/diagnostics/catalog/files.ts";
import { createCollector, sortedDiagnostics } from "../../../src/compiler/diagnostics/collector.ts";
import { renderText } from "../../../src/compiler/diagnostics/render.ts";
import {
  MAX_SOURCE_BYTES,
  MAX_SOURCE_FILES,
  type ReadErrorCode,
  type ReadSource,
} from "../../../src/compiler/source/load.ts";
import { loadFrameFiles } from "../../../src/compiler/syntax/load-files.ts";

const triggered = new Set<string>();

function load(paths: readonly string[], texts: Record<string, string>, reads: string[] = []) {
  const read: ReadSource = (path) => {
    reads.push(path);
    const text = texts[path];
    if (text === undefined) return { kind: "error", code: "missing", message: "no such file" };
    const code = /^!(\S+)/.exec(text)?.[1];
    if (code !== undefined) {
      return { kind: "error", code: code as ReadErrorCode, message: "because" };
    }
    return { kind: "text", text };
  };
  const collector = createCollector();
  const loaded = loadFrameFiles(paths, read, collector);
  const diagnostics = sortedDiagnostics(collector);
  for (const { code } of diagnostics) triggered.add(code);
  return { ...loaded, diagnostics, text: renderText(diagnostics, loaded.sources) };
}

test("imports are followed, each file is read once, and comes after what it imports", () => {
  const reads: string[] = [];
  const { files, order, diagnostics } = load(
    ["dir/a.frame", "dir/c.frame"],
    {
      "dir/a.frame": 'import "./b.frame"; import "proxy"; import "c.frame"; protocol A { }',
      "dir/b.frame": 'import "../dir/c.frame"; import "proxy"; protocol B { }',
      "dir/c.frame": "protocol C { }",
      "library:proxy": 'import "base"; protocol Proxy { }',
      "library:base": "protocol Base { }",
    },
    reads,
  );
  expect(diagnostics).toEqual([]);
  expect(reads.toSorted()).toEqual([
    "dir/a.frame",
    "dir/b.frame",
    "dir/c.frame",
    "library:base",
    "library:proxy",
  ]);
  expect(files.map((file) => file.source.number)).toEqual([0, 1, 2, 3, 4]);
  expect(files.filter((file) => file.isEntry).map((file) => file.source.path)).toEqual([
    "dir/a.frame",
    "dir/c.frame",
  ]);
  for (const [at, number] of order.entries()) {
    for (const imported of files[number]?.imports ?? []) {
      expect(order.indexOf(imported)).toBeLessThan(at);
    }
  }
  expect(order.length).toBe(files.length);
});

test("two spellings of a path are one file", () => {
  const { files } = load(["./a.frame", "a.frame"], { "./a.frame": "", "a.frame": "" });
  expect(files.length).toBe(1);
});

test("a cycle is reported where it closes, and everything is loaded still", () => {
  const { diagnostics, files, text } = load(["a.frame"], {
    "a.frame": 'import "./b.frame";\nprotocol A { }',
    "b.frame": '// two\nimport "./c.frame";\nprotocol B { }',
    "c.frame": 'import "./b.frame";\nprotocol C { }',
  });
  expect(diagnostics.map(({ code }) => code)).toEqual(["WB0806"]);
  expect(text).toBe(
    [
      "c.frame:1:8: error WB0806: the imports form a cycle: b.frame -> c.frame -> b.frame",
      '  1 | import "./b.frame";',
      "    |        ^^^^^^^^^^^",
      "  help: move what both need into a third file that both import",
      "",
    ].join("\n"),
  );
  expect(files.length).toBe(3);
});

test("a file that imports itself", () => {
  const { diagnostics } = load(["a.frame"], { "a.frame": 'import "./a.frame";' });
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "the imports form a cycle: a.frame -> a.frame",
  ]);
});

test.for([
  ["!missing", "WB0801", "there is no file 'x.frame'"],
  ["!unreadable", "WB0802", "the file 'x.frame' cannot be read: because"],
  ["!directory", "WB0803", "'x.frame' is a directory"],
  ["!too-large", "WB0804", "the file 'x.frame' is too large: because"],
  ["!encoding", "WB0805", "the file 'x.frame' is not UTF-8 text"],
] as const)("%s: one finding, for the entry and at the import", ([text, code, message]) => {
  const entry = load(["x.frame"], { "x.frame": text });
  expect(entry.diagnostics.map((found) => [found.code, found.message])).toEqual([[code, message]]);
  expect(entry.text.split("\n")[0]).toBe(`x.frame: error ${code}: ${message}`);
  expect(entry.files[0]?.tree.declarations).toEqual([]);

  const imported = load(["a.frame"], {
    "a.frame": 'import "./x.frame"; import "x.frame"; protocol A { }',
    "x.frame": text,
  });
  expect(imported.diagnostics.map((found) => [found.code, found.span])).toEqual([
    [code, { file: 0, start: 7, end: 18 }],
  ]);
});

test("a reader without a limit of its own is bounded all the same", () => {
  const { diagnostics } = load(["a.frame"], { "a.frame": " ".repeat(MAX_SOURCE_BYTES + 1) });
  expect(diagnostics.map(({ code }) => code)).toEqual(["WB0804"]);
});

test.for(["/etc/passwd", "", "a\\0b"])("import %j is refused", (path) => {
  const { diagnostics } = load(["a.frame"], { "a.frame": `import "${path}";` });
  expect(diagnostics.map(({ code, span }) => [code, span.start])).toEqual([["WB0808", 7]]);
});

test("a chain of imports without end is cut", () => {
  const read: ReadSource = (path) => {
    const number = Number(/\d+/.exec(path)?.[0]);
    return { kind: "text", text: `import "./f${number + 1}.frame";` };
  };
  const collector = createCollector();
  const { files } = loadFrameFiles(["f0.frame"], read, collector);
  expect(files.length).toBe(MAX_SOURCE_FILES);
  const codes = sortedDiagnostics(collector).map(({ code }) => code);
  expect(codes).toEqual(["WB0807"]);
  for (const code of codes) triggered.add(code);
});

test("every code about files is triggered here", () => {
  const codes = Object.values(filesCatalog).map(({ code }) => code as string);
  expect(codes.filter((code) => !triggered.has(code))).toEqual([]);
});
