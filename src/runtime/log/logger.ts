// Where log lines go: JSON by pino, to standard output without ever waiting for it.

import { type DestinationStream, type Logger, pino } from "pino";
import { LogOutput, type LostLines } from "./log-output.ts";

export type { Logger } from "pino";

const STANDARD_OUTPUT = 1;

/** A destination that can be emptied before the process ends. */
export interface LogDestination extends DestinationStream {
  flush?(): Promise<void>;
  flushSync?(): void;
}

/** Standard output; written in the background, bounded in memory. What is left when the process ends goes out then. */
export function standardOutput(onLost: LostLines): LogDestination {
  const output = new LogOutput({ fd: STANDARD_OUTPUT, onLost });
  process.once("exit", () => output.flushSync());
  return output;
}

export function createLogger(level: string, stream: LogDestination): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}
