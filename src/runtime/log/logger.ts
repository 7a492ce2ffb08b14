// Where log lines go: JSON by pino, to standard output without ever waiting for it.

import { type DestinationStream, destination, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Bytes of log that may wait for a slow reader; beyond, lines are lost rather than connections held up. */
const LOG_BYTES_MAX = 8 * 1024 * 1024;
const STANDARD_OUTPUT = 1;

/** A destination that can be emptied before the process ends. */
export interface LogDestination extends DestinationStream {
  flushSync?(): void;
}

/** Standard output; written in the background, bounded in memory. */
export function standardOutput(): LogDestination {
  return destination({ fd: STANDARD_OUTPUT, sync: false, maxLength: LOG_BYTES_MAX });
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
