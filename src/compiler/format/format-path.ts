// One file for `waybill fmt`: read, parsed by itself (imports are not followed) and laid out. Writes nothing.

import { createCollector, hasErrors, sortedDiagnostics } from "../diagnostics/collector.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { ReadSource } from "../source/load.ts";
import { createSourceFile, type SourceFile } from "../source/source-file.ts";
import { reportUnread } from "../syntax/load-files.ts";
import { parseFrameFile } from "../syntax/parse.ts";
import { formatFrameFile } from "./format.ts";

/** What became of one file. */
export interface Formatting {
  readonly source: SourceFile;
  readonly diagnostics: readonly Diagnostic[];
  /** The new text; `undefined` where the file cannot be read or has errors: it must be left as it is. */
  readonly text: string | undefined;
}

/** Formats the text that `read` gives for `path`. Never throws. */
export function formatPath(path: string, read: ReadSource): Formatting {
  const collector = createCollector();
  const result = read(path);
  const source = createSourceFile(0, path, result.kind === "text" ? result.text : "");
  if (result.kind === "text") parseFrameFile(source, collector);
  else reportUnread(collector, { file: 0, start: 0, end: 0 }, path, result.code, result.message);
  const diagnostics = sortedDiagnostics(collector);
  return { source, diagnostics, text: hasErrors(collector) ? undefined : formatFrameFile(source) };
}
