// How a command says that it cannot go on. Knows no command.

import { EXIT, type ExitStatus } from "./exit-status.ts";

/** Ends a command with one line on standard error and a status. The message has no full stop. */
export class CommandFailure extends Error {
  readonly status: ExitStatus;

  constructor(status: ExitStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/** The command was called wrongly: status 2. */
export function usageFailure(message: string): CommandFailure {
  return new CommandFailure(EXIT.usage, message);
}

/** A file or the machine does not let it: status 1. */
export function inputFailure(message: string): CommandFailure {
  return new CommandFailure(EXIT.fault, message);
}
