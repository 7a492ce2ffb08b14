// Where log lines go: JSON by pino, to standard output without ever waiting for it.

import { type DestinationStream, destination, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Bytes of log that may wait for a slow reader; beyond, lines are lost rather than connections held up. */
const LOG_BYTES_MAX = 8 * 1024 * 1024;
const STANDARD_OUTPUT = 1;
/** Lines are written together: a write for each costs a busy router a seventh of its time. */
const LOG_WRITE_BYTES = 4096;
/** Longest time that a line waits for others. */
const LOG_WRITE_MS = 100;

/** A destination that can be emptied before the process ends. */
export interface LogDestination extends DestinationStream {
  flushSync?(): void;
}

/** Standard output; written in the background, bounded in memory. */
export function standardOutput(): LogDestination {
  return destination({
    fd: STANDARD_OUTPUT,
    sync: false,
    minLength: LOG_WRITE_BYTES,
    maxLength: LOG_BYTES_MAX,
    periodicFlush: LOG_WRITE_MS,
  });
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
