// A generated module's text as a live module, without a file and without the module cache: what is compiled is the printed
// text but for its `export` keywords, and it is collected once nothing refers to it.

import { compileFunction } from "node:vm";
import type { UnpackModule } from "../../abi.ts";

/**
 * Runs the text of `generateJavaScript`. `filename` is what stack traces and profiles call it; lines are those of the text.
 * The text is trusted: it must come from the generator.
 */
export function loadUnpackModule(text: string, filename: string): UnpackModule {
  const body = text.replace(/^export (?=const |function )/gm, "");
  const source = `"use strict"; ${body}return { meta, scratch, unpack };\n`;
  return compileFunction(source, [], { filename })() as UnpackModule;
}
