// What the YAML library found wrong, said where it can be mended: at what was opened rather than where its end was missed.

import { type Document, isNode, visit, type YAMLParseError } from "yaml";

/** How to mend it, where that is known. */
type YamlMend = "address" | "quote" | "bracket" | "blank";

export interface YamlFault {
  readonly reason: string;
  /** Offsets in the text, the end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly mend: YamlMend | undefined;
}

/** The fault in the reader's words and at its cause. */
export function yamlFault(error: YAMLParseError, document: Document, text: string): YamlFault {
  const [at, behind] = error.pos;
  const found = { reason: plainReason(error.message), start: at, end: Math.max(behind, at + 1) };
  if (error.code === "MISSING_CHAR" && found.reason.startsWith("missing closing")) {
    const start = openedAt(document, text, at, `"'`);
    if (start !== undefined)
      return { reason: "this quote is never closed", start, end: start + 1, mend: "quote" };
  }
  if (error.code === "BAD_INDENT" && /^flow (?:map|sequence)/.test(found.reason)) {
    const start = openedAt(document, text, at, "[{");
    if (start !== undefined)
      return {
        reason: `this ${text[start]} is never closed`,
        start,
        end: start + 1,
        mend: "bracket",
      };
  }
  if (BARE_ADDRESS.test(lineAround(text, at))) return { ...found, mend: "address" };
  if (error.code === "MULTILINE_IMPLICIT_KEY" && BARE_COLON.test(lineAround(text, at)))
    return { ...found, reason: "there is no blank behind this key's colon", mend: "blank" };
  return { ...found, mend: undefined };
}

/** `[::1]:9000` without quotes. */
const BARE_ADDRESS = /(?:^|[\s,[])\[[0-9a-f.]*:[0-9a-f:.]*\]:/i;

/** `name:devices` */
const BARE_COLON = /^[\s-]*[\w-]+:\S/;

/** Where the outermost text or list begins, with one of `marks`, that was read up to `end`. */
function openedAt(
  document: Document,
  text: string,
  end: number,
  marks: string,
): number | undefined {
  let start: number | undefined;
  visit(document, (_, node) => {
    if (!isNode(node) || start !== undefined) return;
    const [from, to] = node.range ?? [0, 0];
    if (to === end && from < end && marks.includes(text[from] ?? " ")) start = from;
  });
  return start;
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? text.length : end);
}

/** The library's words as part of a sentence, without its advice to programmers. */
function plainReason(message: string): string {
  const [line = ""] = message.split("\n");
  const text = line.split(";")[0] ?? "";
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
