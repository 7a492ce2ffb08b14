// Compiles every example of the documentation: right ones have no findings, mistakes exactly the codes they name.
import { describe, expect, test } from "vitest";
import {
  compileFrameFiles,
  createCollector,
  createSourceFile,
  formatPath,
  readLibrary,
  renderText,
  runVectors,
  sortedDiagnostics,
} from "../../src/compiler/index.ts";
import { Reserved, Word } from "../../src/compiler/syntax/tokens.ts";
import { loadConfiguration } from "../../src/runtime/config/load-configuration.ts";
import { type Fence, fencesOf, readDocument } from "./fences.ts";
import { expectedCodes, wholeDescription } from "./frame-examples.ts";
import { wholeConfiguration } from "./yaml-examples.ts";

const documents = ["README.md", "docs/language.md", "docs/configuration.md"];

/** Words of constructs that are not compiled yet. */
const later = [
  ...["layer", "parts", "feeds", "dialog", "turns", "reply", "consume", "replay", "backend"],
  ...["expects", "done", "then", "server", "stream", "order", "between", "unescape"],
];

/** Lists that rules in the examples name. */
const lists: ReadonlyMap<string, string> = new Map([
  [".txt", "A0001\n"],
  [".csv", "A0001,main\n"],
]);

describe.each(documents)("%s", (path) => {
  const fences = fencesOf(readDocument(path));
  const frames = fences.filter(({ language }) => /^frame(?:-part)?$/.test(language));
  const yaml = fences.filter(({ language }) => language === "yaml");

  test("has examples, and no block of a language nobody checks", () => {
    const known = ["frame", "frame-part", "yaml", "console", "json", "js", "sh", "text"];
    expect(frames.length + yaml.length).toBeGreaterThan(0);
    expect(fences.filter(({ language }) => !known.includes(language))).toEqual([]);
  });

  test.for(frames.map((fence) => [fence.line, fence] as const))("line %i", ([, fence]) => {
    const found = findingsOf(wholeDescription(fence, frames));
    const codes = found.errors.map(({ code }) => code);
    expect(codes.sort(), found.text).toEqual([...expectedCodes(fence)].sort());
    const warnings = found.warnings.map(({ code }) => code);
    const named = fence.attributes.get("warning")?.split(",") ?? [];
    // A part may lack what would use it; a whole file shows how it is done.
    const isWhole = fence.language === "frame" && expectedCodes(fence).length === 0;
    if (isWhole || named.length > 0) expect(warnings, found.text).toEqual(named);
  });

  const whole = frames.filter(
    (fence) => fence.language === "frame" && expectedCodes(fence).length === 0,
  );
  test.for(whole.map((fence) => [fence.line, fence] as const))(
    "line %i is laid out as fmt does",
    ([, { text }]) => {
      expect(formatPath("x.frame", () => ({ kind: "text", text })).text).toBe(text);
    },
  );

  test.for(yaml.map((fence) => [fence.line, fence] as const))("line %i", ([, fence]) => {
    const source = createSourceFile(0, "waybill.yaml", wholeConfiguration(fence));
    const collector = createCollector();
    loadConfiguration(source, { localAddresses: [] }, collector);
    const diagnostics = sortedDiagnostics(collector);
    const codes = diagnostics.map(({ code }) => code);
    expect(codes, renderText(diagnostics, [source])).toEqual(expectedCodes(fence));
  });
});

describe("the examples", () => {
  const fences = documents.flatMap((path) => fencesOf(readDocument(path)));

  test("show every word of the language that is compiled", () => {
    const frames = fences.filter(({ language }) => language.startsWith("frame"));
    const code = frames.map(({ text }) => text.replace(/"[^"\n]*"|\/\/.*/g, "")).join("\n");
    const shown = new Set(code.match(/[A-Za-z_]\w*/g));
    const words = [...Object.keys(Reserved), ...Object.keys(Word)];
    expect(words.filter((word) => !shown.has(word) && !later.includes(word))).toEqual([]);
  });

  test("show mistakes", () => {
    const codes = fences.flatMap((fence: Fence) => expectedCodes(fence));
    expect(new Set(codes).size).toBeGreaterThan(4);
  });
});

function findingsOf(text: string) {
  const compilation = compileFrameFiles({
    paths: ["example.frame"],
    read: (path) =>
      path === "example.frame"
        ? { kind: "text", text }
        : readLibrary(path.replace(/^library:/, "")),
    readList: (path) => ({
      kind: "bytes",
      path,
      bytes: Buffer.from(lists.get(path.slice(-4)) ?? ""),
    }),
  });
  runVectors(compilation);
  const diagnostics = sortedDiagnostics(compilation.collector);
  return {
    errors: diagnostics.filter(({ severity }) => severity === "error"),
    warnings: diagnostics.filter(({ severity }) => severity === "warning"),
    text: renderText(diagnostics, compilation.sources),
  };
}
