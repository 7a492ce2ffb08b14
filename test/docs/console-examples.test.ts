// Runs the commands that the documentation shows, in a folder with the files that it shows, and compares what is printed.
// With UPDATE_DOCS=1 it writes the documentation anew instead.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runWaybill } from "../cli/run-waybill.ts";
import { fencesOf, readDocument, writeDocument } from "./fences.ts";

const documents = ["README.md", "docs/language.md"];
const isUpdate = process.env["UPDATE_DOCS"] === "1";

describe.each(documents)("%s", (path) => {
  const fences = fencesOf(readDocument(path));
  const sessions = fences.filter(({ language }) => language === "console");

  test("shows commands", () => {
    expect(sessions.length).toBeGreaterThan(0);
  });

  test.for(sessions.map((session) => [session.line, session] as const))(
    "line %i",
    async ([, session]) => {
      enterFolder(
        fences.flatMap(({ attributes, text }) => {
          const name = attributes.get("file");
          return name === undefined ? [] : [[name, text] as const];
        }),
      );
      let shown = "";
      for (const [, command = ""] of session.text.matchAll(/^\$ (.*)$/gm)) {
        const [program, ...args] = wordsOf(command);
        expect(program).toBe("waybill");
        const { out, err } = await runWaybill(args);
        shown += `$ ${command}\n${out}${err}`;
      }
      if (isUpdate)
        writeDocument(
          path,
          readDocument(path).replace(session.text, () => shown),
        );
      else expect(shown).toBe(session.text);
    },
  );
});

/** Works in a folder of its own until the test ends. */
function enterFolder(files: readonly (readonly [name: string, text: string])[]): void {
  const folder = mkdtempSync(join(tmpdir(), "waybill-docs-"));
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  for (const [name, text] of files) writeFileSync(name, text);
}

/** The words of a command as a shell would see them: blanks separate, double quotes join. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
}
