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

/** The same everywhere, so that what is printed is. */
const MACHINE = {
  localAddresses: ["127.0.0.1"],
  memoryBytes: 16 * 2 ** 30,
  descriptors: 200_000,
  waitingConnections: 65_535,
  ephemeralPorts: 60_000,
};

/** Runs `waybill` with these arguments; paths count from the repository's root. */
export async function runWaybill(
  args: readonly string[],
  { isTerminal = false, environment = {}, input = "" }: Surroundings = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: { write: (text) => out.push(text), isTerminal, columns: 80 },
    err: { write: (text) => err.push(text), isTerminal, columns: 80 },
    readInput: () => Promise.resolve(Buffer.from(input)),
    environment,
    machine: () => MACHINE,
    onSignal: () => undefined,
    untilInterrupted: () => new AbortController().signal,
  };
  const status = await runCommandLine(args, terminal);
  return { status, out: out.join(""), err: err.join("") };
}
