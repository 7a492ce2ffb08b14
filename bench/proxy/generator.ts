// Runs the load generator and reads its report.
import { z } from "zod";
import type { Cells } from "./histogram.ts";
import type { Mode } from "./modes.ts";
import { RunningProcess } from "./process.ts";

/** Beyond the run's own time: its grace for what is under way, the longest hold, and a slow start. */
const SPARE_MS = 75_000;

const reportSchema = z.strictObject({
  mode: z.string(),
  /** Of the time that was counted over; 0 where it never came to that. */
  seconds: z.number().nonnegative(),
  operations: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  held: z.int().nonnegative(),
  begun: z.int().nonnegative(),
  answered: z.int().nonnegative(),
  errors: z.strictObject({
    connect: z.int().nonnegative(),
    early: z.int().nonnegative(),
    misrouted: z.int().nonnegative(),
    corrupt: z.int().nonnegative(),
    unanswered: z.int().nonnegative(),
  }),
  latency: z.array(z.tuple([z.int().positive(), z.int().positive()])),
  cpuNs: z.array(z.int().min(-1)),
});

/**
 * What the generator saw. `errors`: connections that did not end well, by kind; `begun` and `answered`: all connections, also
 * those that `operations` has not, as their answers came before or after the time that was counted. `cpuNs`: nanoseconds of CPU
 * over that time, of itself and of the processes it was to watch, in their order; -1 where they cannot be read.
 */
export type LoadReport = Omit<z.output<typeof reportSchema>, "latency"> & {
  readonly latency: Cells;
};

/** Where the load goes: `ports` in a row, one for a relay. */
export interface Target {
  readonly port: number;
  readonly ports: number;
}

/** The load of a mode. */
export interface Load extends Pick<Mode, "load" | "connections" | "messageBytes"> {
  /** Connections begun a second, answered or not, for `conn` alone, without a warm-up; as many as it can where it is absent. */
  readonly rate?: number;
}

/** How long a load lasts. */
export interface Course {
  /** From all connections being open (of `conn`: from the start) to the first that counts. */
  readonly warmUpMs: number;
  /** Counted over. */
  readonly milliseconds: number;
  /** Processes whose CPU is read at both ends of it. */
  readonly pids?: readonly number[];
  /**
   * A load with a rate ends with it, `milliseconds` at the latest; with the mode `idle` it is called once the connections are
   * open, and they close after it.
   */
  readonly meanwhile?: () => Promise<void>;
}

/** The generator's last line. Throws when it is no report. */
export function parseReport(output: string): LoadReport {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  return reportSchema.parse(JSON.parse(line));
}

/** Runs one load. */
export async function generate(
  program: string,
  { load, connections, messageBytes, rate }: Load,
  { port, ports }: Target,
  { warmUpMs, milliseconds, pids = [], meanwhile }: Course,
): Promise<LoadReport> {
  const times = [Math.round(warmUpMs), Math.round(milliseconds)];
  const numbers = [port, ports, connections, ...times, messageBytes, rate ?? 0, ...pids];
  const generator = new RunningProcess({ program, args: [load, ...numbers.map(String)] });
  const limitMs = warmUpMs + milliseconds + SPARE_MS;
  try {
    if (load === "idle") await generator.untilOutput(/^ready$/m, limitMs);
    await meanwhile?.();
    if (load === "idle" || meanwhile !== undefined) generator.endInput();
    return parseReport(await generator.untilEnd(limitMs));
  } finally {
    await generator.stop();
  }
}

/** CPU of one of the processes: 0 the generator, then those that were watched. @returns seconds; undefined where not read */
export function cpuSeconds({ cpuNs }: LoadReport, index: number): number | undefined {
  const nanoseconds = cpuNs[index];
  return nanoseconds === undefined || nanoseconds < 0 ? undefined : nanoseconds / 1e9;
}

/** How many connections did not end well. */
export function errorCount({ errors }: LoadReport): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}
