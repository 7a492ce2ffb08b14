// What else the machine did while something was measured: processors' time that none of our processes used.
import { cpus } from "node:os";
import { readFamilySeconds, readMachineTime } from "./proc-files.ts";
import { livePids } from "./process.ts";

/** Shares (0 to 1) of all processors' time. */
export interface Disturbance {
  /** Used by processes that are none of ours. */
  readonly others: number;
  /** Kept back by a hypervisor. */
  readonly stolen: number;
}

interface Moment {
  readonly atMs: number;
  readonly busy: number;
  readonly stolen: number;
  readonly ours: number;
}

/** Runs `work` and watches the machine meanwhile. */
export async function watched<Result>(
  ticksASecond: number,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly disturbance: Disturbance }> {
  const before = await look(ticksASecond);
  const result = await work();
  return { result, disturbance: between(before, await look(ticksASecond), cpus().length) };
}

/** Ticks are coarse: what comes out below nothing is nothing. */
export function between(before: Moment, after: Moment, processors: number): Disturbance {
  const all = (processors * (after.atMs - before.atMs)) / 1000;
  if (all <= 0) return { others: 0, stolen: 0 };
  const others = after.busy - before.busy - (after.ours - before.ours);
  return {
    others: Math.max(0, others / all),
    stolen: Math.max(0, (after.stolen - before.stolen) / all),
  };
}

async function look(ticksASecond: number): Promise<Moment> {
  const atMs = performance.now();
  const own = [...livePids(), "self" as const].map((pid) =>
    readFamilySeconds(pid, ticksASecond).catch(() => 0),
  );
  const { busy, stolen } = await readMachineTime(ticksASecond);
  return {
    atMs,
    busy,
    stolen,
    ours: (await Promise.all(own)).reduce((sum, each) => sum + each, 0),
  };
}
