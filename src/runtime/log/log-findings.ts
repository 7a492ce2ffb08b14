// Findings about the configuration as log lines: one each, with the place and the mend.

import { type Diagnostic, positionAt, type SourceFile } from "../../compiler/findings.ts";
import type { Logger } from "./logger.ts";

/** Findings written of one reading; the rest is only counted. `validate` shows them all. */
const FINDINGS_MAX = 50;

/** Errors at level `error`, warnings at `warn`. */
export function logFindings(
  logger: Logger,
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
): void {
  for (const { severity, code, message, span, help } of diagnostics.slice(0, FINDINGS_MAX)) {
    const source = sources[span.file];
    const line = {
      code,
      place: source === undefined ? undefined : placeOf(source, span.start),
      help,
    };
    if (severity === "error") logger.error(line, message);
    else logger.warn(line, message);
  }
  const left = diagnostics.length - FINDINGS_MAX;
  if (left > 0) logger.warn({ left }, "more findings: run waybill validate");
}

function placeOf(source: SourceFile, offset: number): string {
  if (source.text === "") return source.path;
  const { line, column } = positionAt(source, offset);
  return `${source.path}:${line}:${column}`;
}
