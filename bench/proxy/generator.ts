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
  errors: z.strictObject({
    connect: z.int().nonnegative(),
    early: z.int().nonnegative(),
    misrouted: z.int().nonnegative(),
    corrupt: z.int().nonnegative(),
    unanswered: z.int().nonnegative(),
  }),
  latency: z.array(z.tuple([z.int().positive(), z.int().positive()])),
});

/** What the generator saw. `errors`: connections that did not end well, by kind. */
export type LoadReport = Omit<z.output<typeof reportSchema>, "latency"> & {
  readonly latency: Cells;
};

/** Where the load goes: `ports` in a row, one for a relay. */
export interface Target {
  readonly port: number;
  readonly ports: number;
}

/** The generator's last line. Throws when it is no report. */
export function parseReport(output: string): LoadReport {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  return reportSchema.parse(JSON.parse(line));
}

/** Runs one load. `whileHeld` is called once the idle connections of the mode `idle` are open. */
export async function generate(
  program: string,
  { load, connections, messageBytes }: Pick<Mode, "load" | "connections" | "messageBytes">,
  { port, ports }: Target,
  milliseconds: number,
  whileHeld?: () => Promise<void>,
): Promise<LoadReport> {
  const numbers = [port, ports, connections, Math.round(milliseconds), messageBytes];
  const generator = new RunningProcess({ program, args: [load, ...numbers.map(String)] });
  try {
    if (load === "idle") {
      await generator.untilOutput(/^ready$/m, milliseconds + SPARE_MS);
      await whileHeld?.();
      generator.endInput();
    }
    return parseReport(await generator.untilEnd(milliseconds + SPARE_MS));
  } finally {
    await generator.stop();
  }
}

/** How many connections did not end well. */
export function errorCount({ errors }: LoadReport): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}
