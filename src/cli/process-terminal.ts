// The terminal of a real process: its streams and signals. Knows no command.

import type { WriteStream } from "node:tty";
import { thisMachine } from "../runtime/run.ts";
import { EXIT } from "./exit-status.ts";
import { INPUT_BYTES_MAX, type Output, type Terminal } from "./terminal.ts";
import { reasonOf } from "./write-reason.ts";

const COLUMNS_WHERE_UNKNOWN = 80;

/** Call once: it takes over what happens when a reader of our output goes away. */
export function createProcessTerminal(): Terminal {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  return {
    out: outputOf(process.stdout, stop),
    err: outputOf(process.stderr, stop),
    readInput,
    environment: process.env,
    machine: thisMachine,
    onSignal: (signal, handle) => void process.on(signal, handle),
    untilInterrupted: () => {
      // Once: a second Ctrl-C ends the process as it always would.
      process.once("SIGINT", stop).once("SIGTERM", stop);
      return interrupt.signal;
    },
  };
}

/** Writes until the reader goes away (`waybill … | head`): then quietly to nowhere. A full disk is said, and a fault. */
function outputOf(stream: WriteStream, onGone: () => void): Output {
  let isGone = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!isGone && error.code !== "EPIPE") {
      process.exitCode = EXIT.fault;
      if (stream === process.stdout)
        process.stderr.write(`waybill: cannot write standard output: ${reasonOf(error)}\n`);
    }
    isGone = true;
    onGone();
  });
  return {
    write: (text) => {
      if (!isGone) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? COLUMNS_WHERE_UNKNOWN;
    },
  };
}

async function readInput(): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes: Uint8Array = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    length += bytes.length;
    if (length > INPUT_BYTES_MAX) return undefined;
  }
  return Buffer.concat(chunks);
}
