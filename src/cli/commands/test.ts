// `waybill test`: runs the `test` declarations of descriptions, a line each.

import { Command } from "commander";
import { printable } from "../../base/printable.ts";
import {
  compileFrameFiles,
  createFileReader,
  type FileReader,
  runVectors,
  sortedDiagnostics,
  type VectorResult,
} from "../../compiler/index.ts";
import { painter, usesColour } from "../colour.ts";
import { counted } from "../counted.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { addFindings, createFindings, type Findings, writeFindings } from "../findings.ts";
import type { RunWork } from "../run-work.ts";
import type { Terminal } from "../terminal.ts";

/** Characters of a test's title that are shown. */
const TITLE_MAX = 120;

export function testCommand(run: RunWork): Command {
  return new Command("test")
    .summary("run the tests in .frame files")
    .description("Runs the test declarations of .frame files. Status 1 where one fails.")
    .argument("<file...>", ".frame files")
    .action((files: readonly string[]) => run((terminal) => runTests(files, terminal)));
}

interface Counts {
  passed: number;
  failed: number;
  notRun: number;
}

function runTests(files: readonly string[], terminal: Terminal): ExitStatus {
  const findings = createFindings();
  const counts: Counts = { passed: 0, failed: 0, notRun: 0 };
  const reader = createFileReader();
  for (const file of new Set(files)) testFile(file, reader, findings, counts, terminal);
  const errors = { ...findings, diagnostics: findings.diagnostics.filter(isError) };
  const isApart = counts.passed + counts.failed > 0;
  if (isApart && errors.diagnostics.length > 0) terminal.out.write("\n");
  writeFindings(errors, "text", terminal.out, terminal);
  if (isApart || errors.diagnostics.length > 0) terminal.out.write("\n");
  const parts = [`${counts.passed} passed`, `${counts.failed} failed`];
  if (counts.notRun > 0) parts.push(`${counts.notRun} not run: what they test has errors`);
  terminal.out.write(`${counted(files.length, "file")}: ${parts.join(", ")}\n`);
  return errors.diagnostics.length === 0 ? EXIT.ok : EXIT.fault;
}

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === "error";
}

function testFile(
  file: string,
  reader: FileReader,
  findings: Findings,
  counts: Counts,
  terminal: Terminal,
): void {
  const compilation = compileFrameFiles({ paths: [file], ...reader });
  const results = runVectors(compilation);
  for (const result of results) {
    if (result.hasPassed) counts.passed += 1;
    else counts.failed += 1;
    terminal.out.write(`${lineOf(file, result, terminal)}\n`);
  }
  counts.notRun += compilation.tests.length - results.length;
  addFindings(findings, sortedDiagnostics(compilation.collector), compilation.sources);
}

function lineOf(file: string, { title, of, hasPassed }: VectorResult, terminal: Terminal): string {
  const paint = painter(usesColour(terminal.out, terminal.environment));
  const mark = hasPassed ? paint("green", "ok  ") : paint("red", "FAIL");
  return `${mark}  ${file}  ${of}  ${printable(title, TITLE_MAX)}`;
}
