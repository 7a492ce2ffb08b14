// How the parser of arguments hands over to a command. Types only.

import type { ExitStatus } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";

/** Runs a command's work; the status it gives becomes that of the whole run. */
export type RunWork = (
  work: (terminal: Terminal) => ExitStatus | Promise<ExitStatus>,
) => Promise<void>;
