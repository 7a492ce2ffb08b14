// The canonical layout of a description: `waybill fmt`. Works on tokens, so that nothing but white space and superfluous
// separators can change; reports nothing.

import { createCollector } from "../diagnostics/collector.ts";
import type { SourceFile } from "../source/source-file.ts";
import { lexFile } from "../syntax/lexer.ts";
import { joinLines } from "./align-comments.ts";
import { readEntries } from "./entries.ts";
import { printFile } from "./print-entries.ts";

/**
 * The same description, laid out: two spaces a level, a statement a line, comments where they were. Give it a file
 * without syntax errors only; of others, the characters that are no tokens are lost.
 */
export function formatFrameFile(file: SourceFile): string {
  const lexed = lexFile(file, createCollector());
  return joinLines(printFile(readEntries(lexed, file.text), file.text));
}
