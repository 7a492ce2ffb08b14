// What several runs of the compiler found, as one list: each file once, each finding once. Knows no command.

import {
  createSourceFile,
  type Diagnostic,
  type RelatedPlace,
  renderGithub,
  renderJson,
  renderText,
  type SourceFile,
  type Span,
} from "../compiler/findings.ts";
import { usesColour } from "./colour.ts";
import type { Output, Terminal } from "./terminal.ts";

/** How findings are written. */
export const FORMATS = ["text", "json", "github"] as const;

export type Format = (typeof FORMATS)[number];

export interface Findings {
  readonly diagnostics: Diagnostic[];
  readonly sources: SourceFile[];
  readonly known: Set<string>;
}

export function createFindings(): Findings {
  return { diagnostics: [], sources: [], known: new Set() };
}

/** Adds what one compilation found; what an earlier one found at the same place is left out. */
export function addFindings(
  findings: Findings,
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
): void {
  const numbers = sources.map((source) => numberOf(findings, source));
  const moved = (span: Span): Span => ({ ...span, file: numbers[span.file] ?? span.file });
  for (const diagnostic of diagnostics) {
    const span = moved(diagnostic.span);
    const identity = `${diagnostic.code} ${span.file}:${span.start}-${span.end} ${diagnostic.message}`;
    if (findings.known.has(identity)) continue;
    findings.known.add(identity);
    const related = diagnostic.related?.map(
      (place): RelatedPlace => ({ ...place, span: moved(place.span) }),
    );
    findings.diagnostics.push({
      ...diagnostic,
      span,
      ...(related === undefined ? {} : { related }),
    });
  }
}

export function countOf(findings: Findings, severity: Diagnostic["severity"]): number {
  return findings.diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}

/** Writes the findings; with format `text` and none there is nothing to write. */
export function writeFindings(
  findings: Findings,
  format: Format,
  output: Output,
  terminal: Terminal,
): void {
  const { diagnostics, sources } = findings;
  switch (format) {
    case "text":
      output.write(renderText(diagnostics, sources, usesColour(output, terminal.environment)));
      break;
    case "json":
      output.write(renderJson(diagnostics, sources));
      break;
    case "github":
      output.write(renderGithub(diagnostics, sources));
      break;
  }
}

/** Findings of one compilation, for people, on standard error. */
export function writeDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
  terminal: Terminal,
): void {
  const isColoured = usesColour(terminal.err, terminal.environment);
  terminal.err.write(renderText(diagnostics, sources, isColoured));
}

function numberOf(findings: Findings, source: SourceFile): number {
  const known = findings.sources.findIndex(({ path }) => path === source.path);
  if (known >= 0) return known;
  const number = findings.sources.length;
  findings.sources.push(createSourceFile(number, source.path, source.text));
  return number;
}
