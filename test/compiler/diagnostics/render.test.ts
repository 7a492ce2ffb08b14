import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../src/compiler/diagnostics/diagnostic.ts";
import { renderGithub, renderJson, renderText } from "../../../src/compiler/diagnostics/render.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";

const text = "protocol A {\n\tsize = lenght;\n}\n";
const files = [createSourceFile(0, "a.frame", text), createSourceFile(1, "gone.frame", "")];

const unknown: Diagnostic = {
  code: "WB0201",
  severity: "error",
  message: "there is no field 'lenght'",
  span: { file: 0, start: text.indexOf("lenght"), end: text.indexOf("lenght") + 6 },
  help: "did you mean 'length'?",
};

describe("text", () => {
  test("shows place, line, underline and help", () => {
    expect(renderText([unknown], files)).toBe(
      [
        "a.frame:2:9: error WB0201: there is no field 'lenght'",
        "  2 |     size = lenght;",
        "    |            ^^^^^^",
        "  help: did you mean 'length'?",
        "",
      ].join("\n"),
    );
  });

  test("shows related places, and separates findings by an empty line", () => {
    const related = [{ message: "opened here", span: { file: 0, start: 11, end: 12 } }];
    expect(renderText([{ ...unknown, related }, unknown], files)).toBe(
      [
        "a.frame:2:9: error WB0201: there is no field 'lenght'",
        "  2 |     size = lenght;",
        "    |            ^^^^^^",
        "  a.frame:1:12: opened here",
        "  1 | protocol A {",
        "    |            ^",
        "  help: did you mean 'length'?",
        "",
        "a.frame:2:9: error WB0201: there is no field 'lenght'",
        "  2 |     size = lenght;",
        "    |            ^^^^^^",
        "  help: did you mean 'length'?",
        "",
      ].join("\n"),
    );
  });

  test("a file without text has no line to show", () => {
    const missing = { ...unknown, span: { file: 1, start: 0, end: 0 }, help: "" };
    expect(renderText([missing], files)).toBe(
      "gone.frame: error WB0201: there is no field 'lenght'\n",
    );
  });

  test("colours only on demand", () => {
    expect(renderText([unknown], files, false)).not.toContain("\u001b");
    expect(renderText([unknown], files, true)).toContain("\u001b[1;31merror WB0201\u001b[0m");
  });

  test("an underline ends with its line, and an empty place has one caret", () => {
    const whole = { ...unknown, span: { file: 0, start: 9, end: text.length } };
    expect(renderText([whole], files)).toContain("  1 | protocol A {\n    |          ^^^\n");
    const end = { ...unknown, span: { file: 0, start: 12, end: 12 } };
    expect(renderText([end], files)).toContain("  1 | protocol A {\n    |             ^\n");
  });

  test("nothing from a file reaches the terminal as a command", () => {
    const evil = createSourceFile(0, "a\u001b[2J.frame", "x \u001b[31m 你 lenght");
    const span = { file: 0, start: evil.text.indexOf("lenght"), end: evil.text.length };
    expect(renderText([{ ...unknown, span, message: "no '\u001b]0;x\u0007'" }], [evil])).toBe(
      [
        "a\\x1b[2J.frame:1:11: error WB0201: no '\\x1b]0;x\\x07'",
        "  1 | x \\x1b[31m 你 lenght",
        "    |               ^^^^^^",
        "  help: did you mean 'length'?",
        "",
      ].join("\n"),
    );
  });

  test.for([
    ["x".repeat(5000), "y".repeat(5000), "…", "…"],
    ["x".repeat(5000), "", "…", ""],
    ["", "y".repeat(200), "", "…"],
    ["你".repeat(300), "界".repeat(300), "…", "…"],
  ] as const)("of a long line only the part around the place is shown %#", (row) => {
    const [before, after, left, right] = row;
    const long = createSourceFile(0, "l.frame", `${before}lenght${after}`);
    const span = { file: 0, start: before.length, end: before.length + 6 };
    const [, source = "", underline = ""] = renderText([{ ...unknown, span }], [long]).split("\n");
    const columns = [...source].flatMap((character) =>
      /[你界]/.test(character) ? [character, ""] : [character],
    );
    expect(columns.length).toBeLessThan(180);
    expect(columns.slice(underline.indexOf("^"), underline.lastIndexOf("^") + 1).join("")).toBe(
      "lenght",
    );
    expect(source.startsWith(`  1 | ${left}`)).toBe(true);
    expect(source.endsWith("…")).toBe(right === "…");
  });
});

test("json holds every place in full", () => {
  const related = [{ message: "opened here", span: { file: 0, start: 11, end: 12 } }];
  const warning: Diagnostic = { ...unknown, severity: "warning", related };
  expect(JSON.parse(renderJson([unknown, warning], files))).toEqual({
    diagnostics: [
      {
        file: "a.frame",
        line: 2,
        column: 9,
        endLine: 2,
        endColumn: 15,
        severity: "error",
        code: "WB0201",
        message: "there is no field 'lenght'",
        help: "did you mean 'length'?",
      },
      expect.objectContaining({
        severity: "warning",
        related: [
          {
            file: "a.frame",
            line: 1,
            column: 12,
            endLine: 1,
            endColumn: 13,
            message: "opened here",
          },
        ],
      }),
    ],
    errors: 1,
    warnings: 1,
  });
});

test("github annotations are one line each, with its escapes", () => {
  const odd = createSourceFile(0, "a,b:c%.frame", text);
  expect(renderGithub([{ ...unknown, message: "50% of\nit" }], [odd])).toBe(
    "::error file=a%2Cb%3Ac%25.frame,line=2,col=9,endLine=2,endColumn=15,title=WB0201::50%25 of%0Ait%0Ahelp: did you mean 'length'?\n",
  );
});

test("nothing gives nothing", () => {
  expect(renderText([], files)).toBe("");
  expect(renderGithub([], files)).toBe("");
  expect(JSON.parse(renderJson([], files))).toEqual({ diagnostics: [], errors: 0, warnings: 0 });
});
