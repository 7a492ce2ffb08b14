// Parses a text for a test, and finds the places that a test marked in it.

import { createCollector, sortedDiagnostics } from "../../../src/compiler/diagnostics/collector.ts";
import type { Diagnostic } from "../../../src/compiler/diagnostics/diagnostic.ts";
import { renderText } from "../../../src/compiler/diagnostics/render.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import type {
  Declaration,
  FrameFile,
  ProtocolDeclaration,
  ProtocolItem,
  Statement,
} from "../../../src/compiler/syntax/ast.ts";
import { parseFrameFile } from "../../../src/compiler/syntax/parse.ts";

export interface Parsed {
  readonly tree: FrameFile;
  readonly diagnostics: readonly Diagnostic[];
}

/** Tree and findings of a text. */
export function parseText(text: string): Parsed {
  const collector = createCollector();
  const tree = parseFrameFile(createSourceFile(0, "test.frame", text), collector);
  return { tree, diagnostics: sortedDiagnostics(collector) };
}

/** The tree of a text without errors; with errors the test fails and shows them. */
export function parseValid(text: string): FrameFile {
  const { tree, diagnostics } = parseText(text);
  if (diagnostics.length > 0) {
    throw new Error(renderText(diagnostics, [createSourceFile(0, "test.frame", text)]));
  }
  return tree;
}

/** The only declaration of a text. */
export function declarationOf(text: string): Declaration {
  return only(parseValid(text).declarations);
}

/** The only part of `protocol P { text }`. */
export function itemOf(text: string): ProtocolItem {
  const declaration = declarationOf(`protocol P { ${text} }`);
  return only((declaration as ProtocolDeclaration).items);
}

/** The only statement of `protocol P { frame { text } }`. */
export function statementOf(text: string): Statement {
  const item = itemOf(`frame { ${text} }`);
  return only(item.kind === "frame" ? item.body : []);
}

function only<Item>(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined || items.length > 1) throw new Error(`${items.length} instead of one`);
  return first;
}

/** A text with `⟦…⟧` around places: the text without the marks, and the places in order. */
export function unmark(marked: string): { text: string; places: readonly [number, number][] } {
  const places: [number, number][] = [];
  let text = "";
  let start = 0;
  for (const piece of marked.split(/([⟦⟧])/)) {
    if (piece === "⟦") start = text.length;
    else if (piece === "⟧") places.push([start, text.length]);
    else text += piece;
  }
  return { text, places };
}
