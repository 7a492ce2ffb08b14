// Where log lines go: JSON, one object a line, to standard output without ever waiting for it.

import sonicBoom from "sonic-boom";

/** What may be asked for, from everything to nothing. */
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Bytes of log that may wait for a slow reader; beyond, lines are lost rather than connections held up. */
const LOG_BYTES_MAX = 8 * 1024 * 1024;
const STANDARD_OUTPUT = 1;
/** Lines are written together: a write for each costs a busy router a seventh of its time. */
const LOG_WRITE_BYTES = 4096;
/** Longest time that a line waits for others. */
const LOG_WRITE_MS = 100;

/** Something that takes lines, and can be emptied before the process ends. */
export interface LogDestination {
  /** @param line with its line feed */
  write(line: string): void;
  flushSync?(): void;
}

/** What a line tells besides its text; `undefined` leaves no trace. Plain data, or an error. */
type LogFields = object;

/** Standard output; written in the background, bounded in memory. */
export function standardOutput(): LogDestination {
  const stream = new sonicBoom.SonicBoom({
    fd: STANDARD_OUTPUT,
    sync: false,
    minLength: LOG_WRITE_BYTES,
    maxLength: LOG_BYTES_MAX,
    periodicFlush: LOG_WRITE_MS,
  });
  let isBroken = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has gone is no reason to end: the router's work are connections.
    if (error.code !== "EPIPE") throw error;
    isBroken = true;
  });
  const destination = {
    write: (line: string) => {
      if (!isBroken) stream.write(line);
    },
    flushSync: () => {
      if (!isBroken) stream.flushSync();
    },
  };
  process.once("exit", destination.flushSync);
  return destination;
}

export function createLogger(level: LogLevel, destination: LogDestination): Logger {
  return new Logger(level, destination);
}

/** Each method takes fields and a text, or a text alone. */
export class Logger {
  level: LogLevel;
  readonly #destination: LogDestination;

  constructor(level: LogLevel, destination: LogDestination) {
    this.level = level;
    this.#destination = destination;
  }

  debug(fields: LogFields | string, text?: string): void {
    this.#write("debug", fields, text);
  }

  info(fields: LogFields | string, text?: string): void {
    this.#write("info", fields, text);
  }

  warn(fields: LogFields | string, text?: string): void {
    this.#write("warn", fields, text);
  }

  error(fields: LogFields | string, text?: string): void {
    this.#write("error", fields, text);
  }

  fatal(fields: LogFields | string, text?: string): void {
    this.#write("fatal", fields, text);
  }

  #write(level: LogLevel, fields: LogFields | string, text: string | undefined): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.level)) return;
    const time = new Date().toISOString();
    const line =
      typeof fields === "string"
        ? { level, time, msg: fields }
        : { level, time, ...fields, msg: text };
    this.#destination.write(`${JSON.stringify(line, withErrors)}\n`);
  }
}

/** Errors have no enumerable properties: their type, message and stack are what there is to know. */
function withErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { type: name, message, stack, cause };
}
