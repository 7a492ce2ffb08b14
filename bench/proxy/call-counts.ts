// System calls of a relay for each unit of work, counted by strace in runs of their own: it slows down what it watches.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { generate, type Target } from "./generator.ts";
import type { Mode } from "./modes.ts";
import { outputOf, RunningProcess } from "./process.ts";
import { workOf } from "./summary.ts";

/** Two runs that differ in nothing but their length: what opening and ending take is the same in both and cancels. */
const SHORT_MS = 100;
const LONG_MS = 500;

/** How long counting takes about, for one relay in one mode. */
export const COUNTING_MS = 1_600;

/** Calls by name. */
export type Calls = ReadonlyMap<string, number>;

/** What is watched: a process, and how it is loaded. */
export interface Watched {
  readonly generator: string;
  /** Temporary. */
  readonly folder: string;
  readonly pid: number;
  readonly target: Target;
}

interface Count {
  readonly calls: Calls;
  readonly work: number;
}

/** @returns why calls cannot be counted here, or undefined */
export async function whyNoCounts(): Promise<string | undefined> {
  return (await outputOf("strace", ["-V"])) === undefined ? "strace is not installed" : undefined;
}

/** Calls for each unit of work. Throws where strace may not look at the process or nothing was done. */
export async function countCalls(mode: Mode, watched: Watched): Promise<Calls> {
  const short = await countOnce(mode, watched, SHORT_MS);
  return callsEach(short, await countOnce(mode, watched, LONG_MS));
}

async function countOnce(mode: Mode, watched: Watched, milliseconds: number): Promise<Count> {
  const { generator, folder, pid, target } = watched;
  const file = join(folder, `calls-${pid}`);
  const args = ["-c", "-f", "-o", file, "-p", String(pid)];
  const strace = new RunningProcess({ program: "strace", args });
  try {
    await strace.untilOutput(/attached/);
    const report = await generate(generator, mode, target, { warmUpMs: 0, milliseconds });
    await strace.stop();
    return { calls: parseCalls(await readFile(file, "utf8")), work: workOf(mode, report) };
  } finally {
    await strace.stop();
    await rm(file, { force: true });
  }
}

/** The summary of `strace -c`: a line a call with its number in the fourth column and its name in the last. */
export function parseCalls(summary: string): Calls {
  const calls = new Map<string, number>();
  for (const line of summary.split("\n")) {
    const fields = line.trim().split(/\s+/);
    const [name, count] = [fields.at(-1) ?? "", Number(fields[3])];
    if (/^\d/.test(fields[0] ?? "") && name !== "total" && Number.isInteger(count)) {
      calls.set(name, (calls.get(name) ?? 0) + count);
    }
  }
  return calls;
}

/** What the longer run made more of, by what it did more. Throws where that is nothing. */
export function callsEach(short: Count, long: Count): Calls {
  const work = long.work - short.work;
  if (!(work > 0)) throw new Error("it did nothing while its calls were counted");
  const each = [...long.calls].map(
    ([name, count]) => [name, (count - (short.calls.get(name) ?? 0)) / work] as const,
  );
  return new Map(each.filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a));
}
