// The command line run inside the test's own process, with streams that are kept.
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

/** What one run left behind. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** How a run's surroundings differ from a pipe without colours and input. */
export interface Surroundings {
  readonly isTerminal?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array | string;
}

/** Runs `waybill` with these arguments; paths count from the repository's root. */
export async function runWaybill(
  args: readonly string[],
  { isTerminal = false, environment = {}, input = "" }: Surroundings = {},
): Promise<Ran> {
  let out = "";
  let err = "";
  const terminal: Terminal = {
    out: { write: (text) => void (out += text), isTerminal, columns: 80 },
    err: { write: (text) => void (err += text), isTerminal, columns: 80 },
    readInput: () => Promise.resolve(Buffer.from(input)),
    environment,
    untilInterrupted: () => new AbortController().signal,
  };
  const status = await runCommandLine(args, terminal);
  return { status, out, err };
}
