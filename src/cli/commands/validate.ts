// `waybill validate`: everything that is wrong with descriptions and configurations, in one run.

import { extname } from "node:path";
import { Command, Option } from "commander";
import {
  compileFrameFiles,
  createFileReader,
  runVectors,
  sortedDiagnostics,
} from "../../compiler/index.ts";
import {
  createLoader,
  type Estimate,
  formatSize,
  type Prepared,
  prepare,
} from "../../runtime/index.ts";
import { counted, grouped } from "../counted.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { usageFailure } from "../failure.ts";
import {
  addFindings,
  countOf,
  createFindings,
  type Findings,
  FORMATS,
  type Format,
  writeFindings,
} from "../findings.ts";
import type { RunWork } from "../run-work.ts";
import type { Terminal } from "../terminal.ts";

interface ValidateOptions {
  readonly format: Format;
}

/** What was checked besides findings. */
interface Checked {
  readonly findings: Findings;
  /** Descriptions that were compiled with their tests. */
  readonly described: Set<string>;
  tests: number;
  /** Of each configuration without errors. */
  readonly estimates: { readonly file: string; readonly estimate: Estimate }[];
}

const CONFIGURATION_ENDINGS: ReadonlySet<string> = new Set([".yaml", ".yml"]);

/** Without an ending: most likely a folder, which is then said. */
const DESCRIPTION_ENDINGS: ReadonlySet<string> = new Set([".frame", ""]);

export function validateCommand(run: RunWork): Command {
  return new Command("validate")
    .summary("check .frame files and waybill.yaml")
    .description(
      "Checks descriptions (.frame) with their tests, and configurations (.yaml) with every file they name. " +
        "Status 1 where something is an error; warnings alone are no reason to stop.",
    )
    .argument("<file...>", ".frame files and configurations")
    .addOption(new Option("--format <how>", "how to write it").choices(FORMATS).default("text"))
    .action((files: readonly string[], options: ValidateOptions) =>
      run((terminal) => validate(files, options, terminal)),
    );
}

async function validate(
  files: readonly string[],
  { format }: ValidateOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  const checked: Checked = {
    findings: createFindings(),
    described: new Set(),
    tests: 0,
    estimates: [],
  };
  const unknown = files.find((file) => !isDescription(file) && !isConfiguration(file));
  if (unknown !== undefined)
    throw usageFailure(`${unknown} is neither a description (.frame) nor a configuration (.yaml)`);
  for (const file of new Set(files)) {
    if (isConfiguration(file)) await checkConfiguration(file, checked, terminal);
    else checkDescription(file, checked);
  }
  const { findings } = checked;
  writeFindings(findings, format, terminal.out, terminal);
  const errors = countOf(findings, "error");
  if (format === "text") writeSummary(new Set(files).size, checked, terminal);
  return errors === 0 ? EXIT.ok : EXIT.fault;
}

function isConfiguration(file: string): boolean {
  return CONFIGURATION_ENDINGS.has(extname(file));
}

function isDescription(file: string): boolean {
  return DESCRIPTION_ENDINGS.has(extname(file));
}

function checkDescription(file: string, checked: Checked): void {
  if (checked.described.has(file)) return;
  checked.described.add(file);
  const compilation = compileFrameFiles({ paths: [file], ...createFileReader() });
  checked.tests += runVectors(compilation).length;
  addFindings(checked.findings, sortedDiagnostics(compilation.collector), compilation.sources);
}

async function checkConfiguration(
  file: string,
  checked: Checked,
  terminal: Terminal,
): Promise<void> {
  const { report, prepared } = await prepare(file, createLoader(), terminal.machine());
  addFindings(checked.findings, report.diagnostics, report.sources);
  if (prepared === undefined) return;
  checked.estimates.push({ file, estimate: prepared.estimate });
  // Compiled a second time for their tests; what is found again is not shown again.
  for (const path of describedIn(prepared)) checkDescription(path, checked);
}

function describedIn({ configuration }: Prepared): ReadonlySet<string> {
  const routers = configuration.listeners.map(({ router }) => router);
  return new Set(routers.flatMap((router) => (router.kind === "frame" ? [router.path] : [])));
}

function writeSummary(files: number, { findings, tests, estimates }: Checked, terminal: Terminal) {
  if (findings.diagnostics.length > 0) terminal.out.write("\n");
  for (const { file, estimate } of estimates) terminal.out.write(estimateText(file, estimate));
  const parts = [
    counted(countOf(findings, "error"), "error"),
    counted(countOf(findings, "warning"), "warning"),
  ];
  if (tests > 0) parts.push(`${counted(tests, "test")} run`);
  terminal.out.write(`${counted(files, "file")}: ${parts.join(", ")}\n`);
}

function estimateText(file: string, { memoryBytes, descriptors, pools }: Estimate): string {
  const lines = [
    `${file}: at worst`,
    `  ${formatSize(memoryBytes)} of memory while connections are undecided`,
    `  ${grouped(descriptors)} descriptors`,
    ...pools.map(
      ({ pool, portsPerBackend }) =>
        `  ${grouped(portsPerBackend)} ports for each backend of ${pool}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
