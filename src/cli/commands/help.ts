// `waybill help`: what a command does, or what a diagnostic's code means.

import { Command } from "commander";
import { explainCode, listCodes, suggest } from "../../compiler/index.ts";
import { painter, usesColour } from "../colour.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { usageFailure } from "../failure.ts";
import type { RunWork } from "../run-work.ts";
import type { Terminal } from "../terminal.ts";

/** What looks like a code rather than a command. */
const CODE = /^(?:WB)?\d+$/i;

/** @param program the whole command line, asked when the command runs */
export function helpCommand(run: RunWork, program: () => Command): Command {
  return new Command("help")
    .summary("explain a diagnostic's code, or a command")
    .description(
      "Without an argument, lists the commands. With a code such as WB0203, explains the diagnostic.",
    )
    .argument("[code or command]", "for instance WB0203, or explain")
    .action((topic: string | undefined) => run((terminal) => help(topic, program(), terminal)));
}

function help(topic: string | undefined, program: Command, terminal: Terminal): ExitStatus {
  if (topic === undefined) {
    terminal.out.write(program.helpInformation());
    return EXIT.ok;
  }
  if (CODE.test(topic)) return explainTopic(topic, terminal);
  const command = program.commands.find((each) => each.name() === topic);
  if (command !== undefined) {
    terminal.out.write(command.helpInformation());
    return EXIT.ok;
  }
  throw usageFailure(`there is no command or code '${topic}'${meant(topic, program)}`);
}

function meant(topic: string, program: Command): string {
  const names = program.commands.map((each) => each.name());
  const nearest = suggest(topic, names) ?? nearestCode(topic);
  return nearest === undefined ? "; see waybill help" : `; did you mean '${nearest}'?`;
}

function explainTopic(topic: string, terminal: Terminal): ExitStatus {
  const found = explainCode(topic);
  if (found === undefined) {
    const nearest = nearestCode(topic);
    const mend = nearest === undefined ? "" : `; did you mean ${nearest}?`;
    throw usageFailure(`there is no code '${topic}'${mend}`);
  }
  const paint = painter(usesColour(terminal.out, terminal.environment));
  const head = `${found.code}, ${found.severity === "error" ? "an error" : "a warning"}`;
  terminal.out.write(`${paint("strong", head)}\n\n${found.explanation}\n`);
  return EXIT.ok;
}

/** The code that differs least: one with the same beginning before any other. */
function nearestCode(topic: string): string | undefined {
  const codes = listCodes().map(({ code }) => code);
  const digits = topic.replace(/\D/g, "");
  if (digits === "") return undefined;
  const written = `WB${digits.padStart(4, "0")}`;
  return (
    suggest(
      written,
      codes.filter((code) => code.startsWith(written.slice(0, 4))),
    ) ?? suggest(written, codes)
  );
}
