// From arguments to a command and its exit status: the one place that knows the parser of arguments' ways.

import { Command, CommanderError } from "commander";
import { printable } from "../base/printable.ts";
import { compileCommand } from "./commands/compile.ts";
import { demoCommand } from "./commands/demo.ts";
import { explainCommand } from "./commands/explain.ts";
import { fmtCommand } from "./commands/fmt.ts";
import { helpCommand } from "./commands/help.ts";
import { runCommand } from "./commands/run.ts";
import { testCommand } from "./commands/test.ts";
import { validateCommand } from "./commands/validate.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { CommandFailure } from "./failure.ts";
import type { RunWork } from "./run-work.ts";
import type { Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";

/** Characters of an internal error's message that are shown. */
const MESSAGE_MAX = 300;

/** Runs one command to its end. Never throws: whatever happens is on the terminal and in the status. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.ok;
  const program = createProgram(terminal, async (work) => {
    status = await work(terminal);
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    return statusOf(error, terminal);
  }
}

/** One line that asks to report it, on standard error. @returns the status to end with */
export function reportInternalError(error: unknown, terminal: Terminal): ExitStatus {
  const message = error instanceof Error ? error.message : String(error);
  terminal.err.write(
    `waybill: internal error: ${printable(message.replace(/^internal error: /, ""), MESSAGE_MAX)}; this is a bug of ours, please report it\n`,
  );
  return EXIT.internal;
}

function statusOf(error: unknown, terminal: Terminal): ExitStatus {
  // Help and version end this way too; the parser has written what there is to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (!(error instanceof CommandFailure)) return reportInternalError(error, terminal);
  terminal.err.write(`waybill: ${error.message}\n`);
  return error.status;
}

function createProgram(terminal: Terminal, run: RunWork): Command {
  const program = new Command("waybill")
    .description("Routes TCP connections by what their first bytes say.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out.write,
      writeErr: terminal.err.write,
      getOutHelpWidth: () => terminal.out.columns,
      getErrHelpWidth: () => terminal.err.columns,
      outputError: (text, write) => write(text.replace(/^error: /, "waybill: ")),
    });
  const commands = [
    validateCommand(run),
    testCommand(run),
    explainCommand(run),
    compileCommand(run),
    fmtCommand(run),
    runCommand(run),
    demoCommand(run),
    helpCommand(run, () => program),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}
