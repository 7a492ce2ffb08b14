#!/usr/bin/env node
// The program `waybill`: gives the process to the command line and takes its exit status. Decides nothing.

import { keepNurseriesSmall } from "../base/heap.ts";
import { tooFewDescriptors } from "./descriptor-floor.ts";
import { EXIT } from "./exit-status.ts";

/** Time that a finished command may take to end by itself. */
const LINGER_MS = 1000;

const fault = tooFewDescriptors();
if (fault !== undefined) {
  process.stderr.write(`waybill: ${fault}\n`);
  process.exit(EXIT.fault);
}

if (process.argv[2] === "run") {
  // Nothing is read yet: what this one asks for will be done anyway, and by itself it would end the process.
  process.on("SIGHUP", () => undefined);
  // A router stays: what loading its code takes for a moment, it would keep.
  keepNurseriesSmall();
}
const { reportInternalError, runCommandLine } = await import("./command-line.ts");
const { createProcessTerminal } = await import("./process-terminal.ts");

const terminal = createProcessTerminal();

process.on("uncaughtException", (error) => {
  process.exit(reportInternalError(error, terminal));
});

const status = await runCommandLine(process.argv.slice(2), terminal);
process.exitCode ||= status; // output that could not be written is a fault already
// Output that is still under way goes out; what else keeps the process alive does so for a moment only.
setTimeout(() => process.exit(), LINGER_MS).unref();
