// From the samples of all rounds to what the tables show: medians with least and most, and how noisy the machine was.

import type { Beside } from "./bad-run.ts";
import type { Disturbance } from "./disturbance.ts";
import type { LoadReport } from "./generator.ts";
import { errorCount } from "./generator.ts";
import { percentileNs } from "./histogram.ts";
import type { Mode } from "./modes.ts";
import type { CpuTime } from "./proc-files.ts";

/** One run of one load. */
export interface Sample {
  readonly report: LoadReport;
  /** What the relay used meanwhile; absent without a relay. */
  readonly cpu?: CpuTime;
  readonly memory?: Memory;
  /** Of a load beside bad clients; `report` is that of the run beside them. */
  readonly beside?: Beside;
  /** What else the machine did meanwhile. */
  readonly disturbance?: Disturbance;
}

/** Resident bytes of the relay. */
export interface Memory {
  readonly before: number;
  /** Of `before`, what no file stands behind. */
  readonly anonymous?: number;
  readonly held: number;
}

/** Of all rounds: the median, the least, the most. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** One peer in one mode. Absent: not measured, or without meaning there. */
export interface Summary {
  /** In the mode's unit. */
  readonly result: Spread | undefined;
  readonly p50Us: Spread | undefined;
  readonly p99Us: Spread | undefined;
  /** In the work's unit. */
  readonly cpu: Spread | undefined;
  /** Of the CPU time, what the kernel took; 0 to 1. */
  readonly systemShare: number | undefined;
  /** Resident memory without connections, in MB. */
  readonly baseMb: number | undefined;
  /** Of it, what no file stands behind. */
  readonly baseAnonymousMb?: number;
  readonly bad?: BadSummary;
  /** In all rounds together. */
  readonly errors: number;
}

/** Good clients beside bad ones. */
export interface BadSummary {
  readonly aloneP99Us: Spread | undefined;
  /** Messages a second of the good ones. */
  readonly aloneRate: Spread | undefined;
  readonly besideRate: Spread | undefined;
  /** Processors in use beside them. */
  readonly cpu: Spread | undefined;
  /** Resident MB before, with them, and after they have gone. */
  readonly beforeMb: Spread | undefined;
  readonly duringMb: Spread | undefined;
  readonly afterMb: Spread | undefined;
  /** Bad clients opened in a second, and open at a time. */
  readonly opened: Spread | undefined;
  readonly open: Spread | undefined;
}

/** NaN for an even number of values is avoided: the mean of the two in the middle. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.filter(Number.isFinite).sort((left, right) => left - right);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  if (least === undefined || most === undefined || low === undefined || high === undefined) {
    return undefined;
  }
  return { median: (low + high) / 2, least, most };
}

export function summarize(mode: Mode, samples: readonly Sample[]): Summary {
  const hasLatency = mode.load === "conn" || mode.load === "rr";
  const latency = (share: number) =>
    hasLatency
      ? spreadOf(samples.map(({ report }) => percentileNs(report.latency, share) / 1000))
      : undefined;
  const cpus = mode.load === "idle" ? [] : samples.flatMap((sample) => cpuOf(mode, sample));
  const total = cpus.reduce((sum, { user, system }) => sum + user + system, 0);
  const bases = samples.flatMap(({ memory }) => (memory === undefined ? [] : [memory.before]));
  const base = spreadOf(bases)?.median;
  const anonymous = spreadOf(samples.flatMap(({ memory }) => memory?.anonymous ?? []))?.median;
  return {
    result: spreadOf(samples.map((sample) => resultOf(mode, sample))),
    p50Us: latency(0.5),
    p99Us: latency(0.99),
    cpu: spreadOf(cpus.map(({ user, system }) => user + system)),
    systemShare: total > 0 ? cpus.reduce((sum, { system }) => sum + system, 0) / total : undefined,
    baseMb: base === undefined ? undefined : base / 1e6,
    ...(anonymous === undefined ? {} : { baseAnonymousMb: anonymous / 1e6 }),
    errors: samples.reduce((sum, { report }) => sum + errorCount(report), 0),
    ...(mode.hostile === undefined ? {} : { bad: summarizeBad(samples) }),
  };
}

function summarizeBad(samples: readonly Sample[]): BadSummary {
  const of = (value: (beside: Beside) => number) =>
    spreadOf(samples.flatMap(({ beside }) => (beside === undefined ? [] : [value(beside)])));
  return {
    aloneP99Us: of(({ alone }) => percentileNs(alone.latency, 0.99) / 1000),
    aloneRate: of(({ alone }) => alone.operations / alone.seconds),
    besideRate: of(({ beside }) => beside.operations / beside.seconds),
    cpu: of(({ cpu, cpuSeconds }) => (cpu.user + cpu.system) / cpuSeconds),
    beforeMb: of(({ memory }) => memory.before / 1e6),
    duringMb: of(({ memory }) => memory.during / 1e6),
    afterMb: of(({ memory }) => memory.after / 1e6),
    opened: of(({ hostile }) => hostile.opened / hostile.seconds),
    open: of(({ hostile }) => hostile.open),
  };
}

/** In the mode's unit; NaN where the sample has none. */
function resultOf(mode: Mode, { report, memory, beside }: Sample): number {
  switch (mode.result.kind) {
    case "rate":
      return workOf(mode, report) / report.seconds;
    case "p50":
      return percentileNs(report.latency, 0.5) / 1000;
    case "memory":
      if (memory === undefined || report.held === 0) return Number.NaN;
      return (memory.held - memory.before) / report.held / 1000;
    case "ratio":
      if (beside === undefined) return Number.NaN;
      return percentileNs(report.latency, 0.99) / percentileNs(beside.alone.latency, 0.99);
  }
}

function workOf({ work }: Mode, report: LoadReport): number {
  return report[work.of] / work.size;
}

/** CPU time of one unit of work, in the work's unit. */
function cpuOf(mode: Mode, { report, cpu }: Sample): readonly CpuTime[] {
  const units = workOf(mode, report) * mode.work.seconds;
  return cpu === undefined || units === 0
    ? []
    : [{ user: cpu.user / units, system: cpu.system / units }];
}
