// Property 10: formatting is idempotent and does not change what a description means.
import { describe, expect, test } from "vitest";
import { compileFrameFiles } from "../../src/compiler/compile.ts";
import { formatFrameFile } from "../../src/compiler/format/format.ts";
import { printProgram } from "../../src/compiler/ir/print.ts";
import { createSourceFile } from "../../src/compiler/source/source-file.ts";
import { compileDescription, descriptionPaths, readRepository } from "../support/descriptions.ts";

describe.for(descriptionPaths().map((path) => [path] as const))("%s", ([path]) => {
  const source = readRepository(path);
  const text = source.kind === "text" ? source.text : "";
  const formatted = formatFrameFile(createSourceFile(0, path, text));

  test("10: fmt is idempotent", () => {
    expect(text.length).toBeGreaterThan(0);
    expect(formatFrameFile(createSourceFile(0, path, formatted))).toBe(formatted);
  });

  test("10: fmt does not change the meaning", () => {
    const before = compileDescription(path);
    const after = compileFrameFiles({
      paths: [path],
      read: (asked) => (asked === path ? { kind: "text", text: formatted } : readRepository(asked)),
      readList: (asked) => ({ kind: "error", path: asked, reason: "there are no lists here" }),
    });
    expect(after.hasErrors).toBe(before.hasErrors);
    expect([...after.protocols.keys()]).toEqual([...before.protocols.keys()]);
    for (const [name, { program }] of before.protocols) {
      const other = after.protocols.get(name);
      expect(other === undefined ? "" : printProgram(other.program)).toBe(printProgram(program));
    }
  });
});
