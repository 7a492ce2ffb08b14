// `waybill fmt`: lays descriptions out, in place or from standard input to standard output.

import { Command } from "commander";
import {
  createFileReader,
  decodeSource,
  type Formatting,
  formatPath,
  type ReadSource,
} from "../../compiler/index.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { inputFailure, usageFailure } from "../failure.ts";
import { writeDiagnostics } from "../findings.ts";
import type { RunWork } from "../run-work.ts";
import type { Terminal } from "../terminal.ts";
import { writeAtomically } from "../write-atomically.ts";

const STANDARD_INPUT = "-";

interface FmtOptions {
  readonly check?: true;
}

export function fmtCommand(run: RunWork): Command {
  return new Command("fmt")
    .summary("lay out .frame files")
    .description(
      "Rewrites .frame files in the one layout: only white space and superfluous separators change. " +
        "A file with syntax errors is left as it is. '-' reads standard input and writes standard output.",
    )
    .argument("<file...>", ".frame files, or - for standard input")
    .option("--check", "write nothing; status 1 where a file is not laid out so, with its name")
    .action((files: readonly string[], options: FmtOptions) =>
      run((terminal) => fmt(files, options, terminal)),
    );
}

async function fmt(
  files: readonly string[],
  options: FmtOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  if (files.includes(STANDARD_INPUT)) {
    if (files.length > 1) throw usageFailure("'-' stands alone: it cannot be mixed with files");
    return await formatInput(options, terminal);
  }
  const { read } = createFileReader();
  const statuses = files.map((file) => formatFile(file, read, options, terminal));
  return statuses.find((status) => status !== EXIT.ok) ?? EXIT.ok;
}

function formatFile(
  file: string,
  read: ReadSource,
  options: FmtOptions,
  terminal: Terminal,
): ExitStatus {
  const formatting = formatPath(file, read);
  if (formatting.text === undefined) return refuse(formatting, terminal);
  if (formatting.text === formatting.source.text) return EXIT.ok;
  terminal.out.write(`${file}\n`);
  if (options.check === true) return EXIT.fault;
  writeAtomically(file, formatting.text);
  return EXIT.ok;
}

async function formatInput(options: FmtOptions, terminal: Terminal): Promise<ExitStatus> {
  const bytes = await terminal.readInput();
  if (bytes === undefined) throw inputFailure("standard input is too large for a description");
  const formatting = formatPath("<stdin>", () => decodeSource(bytes));
  if (formatting.text === undefined) return refuse(formatting, terminal);
  if (options.check === true) {
    if (formatting.text === formatting.source.text) return EXIT.ok;
    terminal.out.write("<stdin>\n");
    return EXIT.fault;
  }
  terminal.out.write(formatting.text);
  return EXIT.ok;
}

function refuse({ diagnostics, source }: Formatting, terminal: Terminal): ExitStatus {
  writeDiagnostics(diagnostics, [source], terminal);
  return EXIT.fault;
}
