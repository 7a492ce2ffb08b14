// What a command may touch of the process it runs in, so that tests run commands without one. Data and types only.

import type { Machine } from "../runtime/index.ts";

/** Standard output or standard error. */
export interface Output {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Width in columns; 80 where it is not known. */
  readonly columns: number;
}

/** The most bytes a command takes from standard input. */
export const INPUT_BYTES_MAX = 16 * 1024 * 1024;

export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  /** Everything on standard input, up to its end; `undefined` where that is more than `INPUT_BYTES_MAX`. */
  readonly readInput: () => Promise<Uint8Array | undefined>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the machine has, for configurations to be compared with. */
  readonly machine: () => Machine;
  /** Handles a signal of the operating system, from now on. */
  readonly onSignal: (signal: NodeJS.Signals, handle: () => void) => void;
  /** A signal that fires when the user interrupts (Ctrl-C) or nobody reads our output any more. */
  readonly untilInterrupted: () => AbortSignal;
}
