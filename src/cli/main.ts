#!/usr/bin/env node
// The program `waybill`: gives the process to the command line and takes its exit status. Decides nothing.

import { reportInternalError, runCommandLine } from "./command-line.ts";
import { createProcessTerminal } from "./process-terminal.ts";

const terminal = createProcessTerminal();

process.on("uncaughtException", (error) => {
  process.exit(reportInternalError(error, terminal));
});

process.exitCode = await runCommandLine(process.argv.slice(2), terminal);
