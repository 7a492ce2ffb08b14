// `waybill compile`: descriptions to modules, or to the intermediate representation for readers.

import { statSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import {
  type Compilation,
  type CompiledProtocol,
  compileFrameFiles,
  createFileReader,
  generateJavaScript,
  positionAt,
  printProgram,
  type Span,
} from "../../compiler/index.ts";
import { choose } from "../choose.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { usageFailure } from "../failure.ts";
import { writeDiagnostics } from "../findings.ts";
import type { RunWork } from "../run-work.ts";
import type { Terminal } from "../terminal.ts";
import { packageVersion } from "../version.ts";
import { writeAtomically } from "../write-atomically.ts";

interface CompileOptions {
  readonly output?: string;
  readonly protocol?: string;
  readonly print?: "ir";
}

export function compileCommand(run: RunWork): Command {
  return new Command("compile")
    .summary("compile a .frame file to a JavaScript module")
    .description(
      "Compiles a protocol to an ES module that imports nothing and exports meta, scratch and unpack.",
    )
    .argument("<file>", "a .frame file")
    .option(
      "-o, --output <path>",
      "write the module there; a folder gets one NAME.mjs for each protocol",
    )
    .option("-p, --protocol <name>", "the protocol, where the file has several")
    .addOption(
      new Option("--print <what>", "print the intermediate representation instead").choices(["ir"]),
    )
    .action((file: string, options: CompileOptions) =>
      run((terminal) => compile(file, options, terminal)),
    );
}

function compile(file: string, options: CompileOptions, terminal: Terminal): ExitStatus {
  const compilation = compileFrameFiles({ paths: [file], ...createFileReader() });
  writeDiagnostics(compilation.diagnostics, compilation.sources, terminal);
  if (compilation.hasErrors) return EXIT.fault;
  const protocols = compilation.entryProtocols.flatMap(
    (name) => compilation.protocols.get(name) ?? [],
  );
  const named = options.protocol;
  const wanted =
    named === undefined ? protocols : [choose("protocol", named, protocols, "--protocol", file)];
  if (options.print === "ir") {
    const texts = wanted.map(({ program }) => printProgram(program));
    writeText(texts.join("\n"), options.output, terminal);
    return EXIT.ok;
  }
  if (options.output !== undefined && isFolder(options.output)) {
    for (const protocol of wanted)
      writeAtomically(join(options.output, `${protocol.name}.mjs`), textOf(compilation, protocol));
    return EXIT.ok;
  }
  const only = choose("protocol", undefined, wanted, "--protocol", file);
  writeText(textOf(compilation, only), options.output, terminal);
  return EXIT.ok;
}

function textOf({ sources }: Compilation, { program }: CompiledProtocol): string {
  const locate = (span: Span): string => {
    const source = sources[span.file];
    return source === undefined ? "" : `${source.path}:${positionAt(source, span.start).line}`;
  };
  return generateJavaScript(program, { version: packageVersion(), locate });
}

function writeText(text: string, path: string | undefined, terminal: Terminal): void {
  if (path === undefined || path === "-") terminal.out.write(text);
  else if (isFolder(path)) throw usageFailure(`${path} is a folder: name a file`);
  else writeAtomically(path, text);
}

function isFolder(path: string): boolean {
  try {
    return path.endsWith("/") || statSync(path).isDirectory();
  } catch {
    // It is not there, or not to be had: writing will say why.
    return false;
  }
}
