// Compiles files of the library for tests, and makes both modules of a protocol: the reference's and the generated one.
import type { UnpackModule } from "../../src/compiler/abi.ts";
import { generateJavaScript } from "../../src/compiler/codegen/javascript/generate.ts";
import { loadUnpackModule } from "../../src/compiler/codegen/javascript/load.ts";
import { type Compilation, compileFrameFiles } from "../../src/compiler/compile.ts";
import { createFileReader } from "../../src/compiler/files.ts";
import type { Program } from "../../src/compiler/ir/ir.ts";
import { LIBRARY_PREFIX } from "../../src/compiler/source/load.ts";

/** Compiles the library's file of that name, as an import finds it. */
export function compileLibraryFile(name: string): Compilation {
  return compileFrameFiles({ paths: [LIBRARY_PREFIX + name], ...createFileReader() });
}

/** The program of a protocol in the library's file of that name. Throws where there is none. */
export function libraryProgram(name: string, protocol: string): Program {
  const compiled = compileLibraryFile(name).protocols.get(protocol);
  if (compiled === undefined) throw new Error(`${name}.frame has no protocol ${protocol}`);
  return compiled.program;
}

/** The module that is generated for a program. */
export function generatedModule(program: Program): UnpackModule {
  return loadUnpackModule(generateJavaScript(program), `${program.protocol}.mjs`);
}
