// `waybill validate`: everything that is wrong with descriptions and configurations, in one run.

import { Command, Option } from "commander";
import {
  compileFrameFiles,
  createFileReader,
  runVectors,
  sortedDiagnostics,
} from "../../compiler/index.ts";
import { counted } from "../counted.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import {
  addFindings,
  countOf,
  createFindings,
  FORMATS,
  type Format,
  writeFindings,
} from "../findings.ts";
import type { RunWork } from "../run-work.ts";
import type { Terminal } from "../terminal.ts";

interface ValidateOptions {
  readonly format: Format;
}

export function validateCommand(run: RunWork): Command {
  return new Command("validate")
    .summary("check .frame files and waybill.yaml")
    .argument("<file...>", ".frame files and configurations (.yaml)")
    .addOption(new Option("--format <how>", "how to write it").choices(FORMATS).default("text"))
    .action((files: readonly string[], options: ValidateOptions) =>
      run((terminal) => validate(files, options, terminal)),
    );
}

function validate(
  files: readonly string[],
  options: ValidateOptions,
  terminal: Terminal,
): ExitStatus {
  const findings = createFindings();
  const reader = createFileReader();
  for (const file of new Set(files)) {
    const compilation = compileFrameFiles({ paths: [file], ...reader });
    runVectors(compilation);
    addFindings(findings, sortedDiagnostics(compilation.collector), compilation.sources);
  }
  writeFindings(findings, options.format, terminal.out, terminal);
  const errors = countOf(findings, "error");
  if (options.format === "text")
    terminal.out.write(
      `${counted(files.length, "file")}: ${counted(errors, "error")}, ${counted(countOf(findings, "warning"), "warning")}\n`,
    );
  return errors === 0 ? EXIT.ok : EXIT.fault;
}
