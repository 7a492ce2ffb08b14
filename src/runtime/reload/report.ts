// Findings and the files they are about. Several readings, each with its own numbering, are put into one.

import type { Diagnostic, SourceFile, Span } from "../../compiler/index.ts";

export interface Report {
  /** Indexed by `Span.file`. */
  readonly sources: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The same findings with files numbered from `first` on. */
export function renumber(report: Report, first: number): Report {
  const moved = (span: Span): Span => ({ ...span, file: span.file + first });
  return {
    sources: report.sources.map((source) => ({ ...source, number: source.number + first })),
    diagnostics: report.diagnostics.map(({ related, ...diagnostic }) => {
      const span = moved(diagnostic.span);
      if (related === undefined) return { ...diagnostic, span };
      const places = related.map((place) => ({ ...place, span: moved(place.span) }));
      return { ...diagnostic, span, related: places };
    }),
  };
}

export function hasErrorsIn(report: Report): boolean {
  return report.diagnostics.some(({ severity }) => severity === "error");
}
