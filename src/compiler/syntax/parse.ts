// Text to tree: the door of the syntax. Names are not resolved here and imports not followed.

import type { Collector } from "../diagnostics/collector.ts";
import type { SourceFile } from "../source/source-file.ts";
import type { FrameFile } from "./ast.ts";
import { indexDocs } from "./docs.ts";
import { FrameParser } from "./grammar/frame-parser.ts";
import { lexFile } from "./lexer.ts";

/** Made at the first use: analysing the grammar takes longer than parsing most files. */
let parser: FrameParser | undefined;

/**
 * The tree of a description; never throws, whatever the text. Where the text has errors, which are reported, the tree
 * holds the statements that do parse.
 */
export function parseFrameFile(file: SourceFile, collector: Collector): FrameFile {
  const lexed = lexFile(file, collector);
  parser ??= new FrameParser();
  return parser.parse(lexed.tokens, { file, collector, docs: indexDocs(lexed, file.text) });
}
