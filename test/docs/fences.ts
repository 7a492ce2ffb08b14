// Fenced blocks of the documentation, with what their info strings say of them. Knows no language inside.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A block between lines of backquotes. */
export interface Fence {
  /** First word of the info string: `frame`, `yaml`, `console`; empty where there is none. */
  readonly language: string;
  /** Further words without `=`, in order. */
  readonly words: readonly string[];
  /** Further words with `=`: `error=WB0301,WB0307`. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Ends with a line end. */
  readonly text: string;
  /** Line of the opening backquotes, from 1. */
  readonly line: number;
}

/** A file of the repository, by its path from the root. */
export function readDocument(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
}

/** Replaces a file of the repository. */
export function writeDocument(path: string, text: string): void {
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), text);
}

/** The blocks of a Markdown text, in order. */
export function fencesOf(markdown: string): readonly Fence[] {
  const fences: Fence[] = [];
  let open: { readonly info: string; readonly line: number; readonly body: string[] } | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    if (open === undefined) {
      const info = /^```(.*)$/.exec(text)?.[1];
      if (info !== undefined) open = { info, line: index + 1, body: [] };
    } else if (text === "```") {
      fences.push(fenceOf(open));
      open = undefined;
    } else {
      open.body.push(text);
    }
  }
  if (open !== undefined) throw new Error(`the block in line ${open.line} is never closed`);
  return fences;
}

function fenceOf(open: { info: string; line: number; body: readonly string[] }): Fence {
  const [language = "", ...others] = open.info.trim().split(/\s+/);
  return {
    language,
    words: others.filter((word) => !word.includes("=")),
    attributes: new Map(
      others.flatMap((word) => {
        const [name = "", value] = word.split("=", 2);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    text: open.body.map((line) => `${line}\n`).join(""),
    line: open.line,
  };
}
