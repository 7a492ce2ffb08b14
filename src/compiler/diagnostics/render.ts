// Diagnostics as text for a terminal, as JSON for programs, and as annotations for GitHub. Decides nothing: the caller
// gives the order, the files and whether to colour.

import { printable } from "../../base/printable.ts";
import { lineText, positionAt, type SourceFile } from "../source/source-file.ts";
import type { Span } from "../source/span.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { excerptOf } from "./display-line.ts";

/** Indexed by `SourceFile.number`. */
export type SourceFiles = readonly SourceFile[];

/** Words of a message may hold text of the user's file: never more than this of it. */
const MAX_MESSAGE_LENGTH = 500;

const COLOURS = { error: "\x1b[1;31m", warning: "\x1b[1;33m", strong: "\x1b[1m", dim: "\x1b[36m" };
const RESET = "\x1b[0m";

/**
 * For people: place, severity, code and message; the source line with the place underlined; the help. Diagnostics
 * are separated by an empty line; the text ends with a line end unless there are none.
 */
export function renderText(
  diagnostics: readonly Diagnostic[],
  files: SourceFiles,
  useColour = false,
): string {
  const paint = (colour: keyof typeof COLOURS, text: string): string =>
    useColour ? `${COLOURS[colour]}${text}${RESET}` : text;
  const blocks = diagnostics.map((diagnostic) => {
    const { severity, code, span } = diagnostic;
    const head = `${placeOf(span, files)}: ${paint(severity, `${severity} ${code}`)}: ${paint("strong", shown(diagnostic.message))}`;
    const related = (diagnostic.related ?? []).flatMap((place) => [
      `  ${placeOf(place.span, files)}: ${shown(place.message)}`,
      ...sourceLines(place.span, files, (text) => paint("dim", text)),
    ]);
    const lines = [head, ...sourceLines(span, files, (text) => paint(severity, text)), ...related];
    if (diagnostic.help !== "") lines.push(`  ${paint("dim", "help:")} ${shown(diagnostic.help)}`);
    return `${lines.join("\n")}\n`;
  });
  return blocks.join("\n");
}

/** One diagnostic as programs read it. Lines and columns count from 1, columns in code points; the end is exclusive. */
interface JsonDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly related?: readonly object[];
}

/** `{ "diagnostics": […], "errors": n, "warnings": n }`, indented, ending with a line end. */
export function renderJson(diagnostics: readonly Diagnostic[], files: SourceFiles): string {
  const list = diagnostics.map((diagnostic): JsonDiagnostic => {
    const { severity, code, message, help, related } = diagnostic;
    const place = jsonPlace(diagnostic.span, files);
    if (related === undefined) return { ...place, severity, code, message, help };
    const places = related.map((other) => ({
      ...jsonPlace(other.span, files),
      message: other.message,
    }));
    return { ...place, severity, code, message, help, related: places };
  });
  const countOf = (severity: string): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const result = { diagnostics: list, errors: countOf("error"), warnings: countOf("warning") };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}

/** Workflow commands of GitHub Actions, one a line: `::error file=…,line=…,col=…,title=…::message`. */
export function renderGithub(diagnostics: readonly Diagnostic[], files: SourceFiles): string {
  return diagnostics
    .map(({ severity, code, message, help, span }) => {
      const { file, line, column, endLine, endColumn } = jsonPlace(span, files);
      const place = `file=${property(file)},line=${line},col=${column}`;
      const end = endLine === line ? `,endLine=${endLine},endColumn=${endColumn}` : "";
      const text = help === "" ? message : `${message}\nhelp: ${help}`;
      return `::${severity} ${place}${end},title=${property(code)}::${data(text)}\n`;
    })
    .join("");
}

function jsonPlace(span: Span, files: SourceFiles) {
  const file = files[span.file];
  if (file === undefined) return { file: "", line: 1, column: 1, endLine: 1, endColumn: 1 };
  const start = positionAt(file, span.start);
  const end = positionAt(file, Math.max(span.start, span.end));
  const { line, column } = start;
  return { file: file.path, line, column, endLine: end.line, endColumn: end.column };
}

/** `path:line:column`; the path alone where the file has no text (it could not be read). */
function placeOf(span: Span, files: SourceFiles): string {
  const file = files[span.file];
  if (file === undefined) return "waybill";
  if (file.text === "") return shown(file.path);
  const { line, column } = positionAt(file, span.start);
  return `${shown(file.path)}:${line}:${column}`;
}

function sourceLines(
  span: Span,
  files: SourceFiles,
  paint: (text: string) => string,
): readonly string[] {
  const file = files[span.file];
  if (file === undefined || file.text === "") return [];
  const { line } = positionAt(file, span.start);
  const text = lineText(file, line);
  const from = span.start - (file.lineStarts[line - 1] ?? 0);
  const to = Math.min(text.length, from + Math.max(0, span.end - span.start));
  const excerpt = excerptOf(text, from, to);
  const margin = String(line);
  return [
    `  ${margin} | ${excerpt.text}`,
    `  ${" ".repeat(margin.length)} | ${paint(excerpt.underline)}`,
  ];
}

function shown(text: string): string {
  return printable(text, MAX_MESSAGE_LENGTH);
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
