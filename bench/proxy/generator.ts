// Runs the load generator and reads its report.
import { z } from "zod";
import type { Cells } from "./histogram.ts";
import type { Mode } from "./modes.ts";
import { RunningProcess } from "./process.ts";

/** Beyond the run's own time: its grace for what is under way, the longest hold, and a slow start. */
const SPARE_MS = 75_000;

const reportSchema = z.strictObject({
  mode: z.string(),
  seconds: z.number().positive(),
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
});

/**
 * What the generator saw. `errors`: connections that did not end well, by kind; `begun` and `answered`: all connections, also
 * those that `operations` has not, as their answers came when the time was over.
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
  /** Connections begun a second, answered or not, for `conn` alone; as many as it can where it is absent. */
  readonly rate?: number;
}

/** The generator's last line. Throws when it is no report. */
export function parseReport(output: string): LoadReport {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  return reportSchema.parse(JSON.parse(line));
}

/**
 * Runs one load. A load with a rate ends with `meanwhile`, `milliseconds` at the latest; with the mode `idle` it is called once
 * the connections are open, and they close after it.
 */
export async function generate(
  program: string,
  { load, connections, messageBytes, rate }: Load,
  { port, ports }: Target,
  milliseconds: number,
  meanwhile?: () => Promise<void>,
): Promise<LoadReport> {
  const numbers = [port, ports, connections, Math.round(milliseconds), messageBytes];
  if (rate !== undefined) numbers.push(rate);
  const generator = new RunningProcess({ program, args: [load, ...numbers.map(String)] });
  try {
    if (load === "idle") await generator.untilOutput(/^ready$/m, milliseconds + SPARE_MS);
    await meanwhile?.();
    if (load === "idle" || meanwhile !== undefined) generator.endInput();
    return parseReport(await generator.untilEnd(milliseconds + SPARE_MS));
  } finally {
    await generator.stop();
  }
}

/** How many connections did not end well. */
export function errorCount({ errors }: LoadReport): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}
