// From arguments to a command and its exit status: the one place that knows the parser of arguments' ways.

import { Command, CommanderError } from "commander";
import { printable } from "../base/printable.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { CommandFailure } from "./failure.ts";
import type { RunWork } from "./run-work.ts";
import type { Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";

/** Characters of an internal error's message that are shown. */
const MESSAGE_MAX = 300;

/** The commands, in the order of the help. Only the one that is called is loaded: a router keeps in memory what it was started with. */
const COMMANDS: Readonly<
  Record<string, (run: RunWork, program: () => Command) => Promise<Command>>
> = {
  validate: async (run) => (await import("./commands/validate.ts")).validateCommand(run),
  test: async (run) => (await import("./commands/test.ts")).testCommand(run),
  explain: async (run) => (await import("./commands/explain.ts")).explainCommand(run),
  compile: async (run) => (await import("./commands/compile.ts")).compileCommand(run),
  fmt: async (run) => (await import("./commands/fmt.ts")).fmtCommand(run),
  run: async (run) => (await import("./commands/run.ts")).runCommand(run),
  demo: async (run) => (await import("./commands/demo.ts")).demoCommand(run),
  help: async (run, program) => (await import("./commands/help.ts")).helpCommand(run, program),
};

/** Runs one command to its end. Never throws: whatever happens is on the terminal and in the status. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.ok;
  try {
    const program = await createProgram(args[0], terminal, async (work) => {
      status = await work(terminal);
    });
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

/** @param called the first argument: a command's name, or something that is answered with all of them */
async function createProgram(
  called: string | undefined,
  terminal: Terminal,
  run: RunWork,
): Promise<Command> {
  const program = new Command("waybill")
    .description("Routes TCP connections by what their first bytes say.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out.write,
      writeErr: terminal.err.write,
      getOutHelpWidth: () => terminal.out.columns,
      getErrHelpWidth: () => terminal.err.columns,
      outputError: (text, write) => write(text.replace(/^error: /, "waybill: ")),
    });
  // What the help lists, and what a misspelt name is compared with, is all of them.
  const isOne = called !== undefined && called !== "help" && Object.hasOwn(COMMANDS, called);
  const names = isOne ? [called] : Object.keys(COMMANDS);
  const commands = await Promise.all(
    names.flatMap((name) => COMMANDS[name]?.(run, () => program) ?? []),
  );
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}
