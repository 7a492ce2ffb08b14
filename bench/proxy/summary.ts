// From the samples of all rounds to what the tables show: medians with quartiles, least and most, and the figures of each round.
import type { Beside } from "./bad-run.ts";
import type { Disturbance } from "./disturbance.ts";
import type { LoadReport } from "./generator.ts";
import { errorCount } from "./generator.ts";
import { percentileNs } from "./histogram.ts";
import type { Mode } from "./modes.ts";
import type { CpuTime } from "./proc-files.ts";

/** One run of one load. */
export interface Sample {
  /** In which round, from 0. */
  readonly round: number;
  readonly report: LoadReport;
  /** What the relay used meanwhile; absent without a relay. */
  readonly cpu?: RelayCpu;
  /** Seconds of CPU that generator and backends used while it was counted. */
  readonly loadSeconds?: number;
  readonly memory?: Memory;
  /** Of a load beside bad clients; `report` is that of the run beside them. */
  readonly beside?: Beside;
  /** What else the machine did meanwhile. */
  readonly disturbance?: Disturbance;
}

/** CPU of a relay. */
export interface RelayCpu {
  /** Exactly while it was counted. */
  readonly seconds: number;
  /** Of the whole run, in coarse ticks: good for the share of the two over all rounds only. */
  readonly split: CpuTime;
}

/** Resident bytes of the relay. */
export interface Memory {
  readonly before: number;
  /** Of `before`, what no file stands behind. */
  readonly anonymous?: number;
  readonly held: number;
}

/** Of all rounds: the median, what a quarter lies below and above, the least, the most. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
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
  /** What generator and backends used, in the work's unit. */
  readonly loadCpu: Spread | undefined;
  /** Of the CPU time, what the kernel took; 0 to 1. */
  readonly systemShare: number | undefined;
  /** Resident memory without connections, in MB. */
  readonly baseMb: number | undefined;
  /** Of it, what no file stands behind. */
  readonly baseAnonymousMb?: number;
  readonly bad?: BadSummary;
  /** In all rounds together. */
  readonly errors: number;
  /** What ratios within a round are made of. */
  readonly rounds: readonly RoundFigures[];
}

/** One round's figures, in the units of the summary; NaN where there is none. */
export interface RoundFigures {
  readonly round: number;
  readonly result: number;
  readonly p99Us: number;
  readonly cpu: number;
  readonly baseMb: number;
  /** Resident memory after bad clients over that before them. */
  readonly kept: number;
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

/** Between two values, where a share of all (0 to 1) falls between them, in proportion. NaN and infinities are left out. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.filter(Number.isFinite).sort((left, right) => left - right);
  if (sorted.length === 0) return undefined;
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [low = 0, high = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return low + (high - low) * (place - Math.floor(place));
  };
  return { median: at(0.5), lower: at(0.25), upper: at(0.75), least: at(0), most: at(1) };
}

export function summarize(mode: Mode, samples: readonly Sample[]): Summary {
  const hasLatency = mode.load === "conn" || mode.load === "rr";
  const latency = (share: number) =>
    hasLatency
      ? spreadOf(samples.map(({ report }) => percentileNs(report.latency, share) / 1000))
      : undefined;
  const rounds = samples.map((sample) => figuresOf(mode, sample));
  const memories = samples.flatMap(({ memory }) => memory ?? []);
  const base = spreadOf(memories.map(({ before }) => before))?.median;
  const anonymous = spreadOf(memories.flatMap((memory) => memory.anonymous ?? []))?.median;
  return {
    result: spreadOf(rounds.map(({ result }) => result)),
    p50Us: latency(0.5),
    p99Us: latency(0.99),
    cpu: spreadOf(rounds.map(({ cpu }) => cpu)),
    loadCpu: spreadOf(samples.map((sample) => eachUnit(mode, sample, sample.loadSeconds))),
    systemShare: systemShareOf(samples),
    baseMb: base === undefined ? undefined : base / 1e6,
    ...(anonymous === undefined ? {} : { baseAnonymousMb: anonymous / 1e6 }),
    errors: samples.reduce((sum, { report }) => sum + errorCount(report), 0),
    ...(mode.hostile === undefined ? {} : { bad: summarizeBad(samples) }),
    rounds,
  };
}

function figuresOf(mode: Mode, sample: Sample): RoundFigures {
  const { round, report, cpu, memory, beside } = sample;
  return {
    round,
    result: resultOf(mode, sample),
    p99Us: percentileNs(report.latency, 0.99) / 1000,
    cpu: eachUnit(mode, sample, cpu?.seconds),
    baseMb: memory === undefined ? Number.NaN : memory.before / 1e6,
    kept: beside === undefined ? Number.NaN : beside.memory.after / beside.memory.before,
  };
}

/** Of what ticks saw in all rounds together: one alone has too few of them. */
function systemShareOf(samples: readonly Sample[]): number | undefined {
  const splits = samples.flatMap(({ cpu }) => cpu?.split ?? []);
  const system = splits.reduce((sum, split) => sum + split.system, 0);
  const total = splits.reduce((sum, split) => sum + split.user, system);
  return total > 0 ? system / total : undefined;
}

function summarizeBad(samples: readonly Sample[]): BadSummary {
  const of = (value: (beside: Beside) => number) =>
    spreadOf(samples.flatMap(({ beside }) => (beside === undefined ? [] : [value(beside)])));
  return {
    aloneP99Us: of(({ alone }) => percentileNs(alone.latency, 0.99) / 1000),
    aloneRate: of(({ alone }) => alone.operations / alone.seconds),
    besideRate: of(({ beside }) => beside.operations / beside.seconds),
    cpu: of(({ processors }) => processors),
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

/** Units of work that were counted. */
export function workOf({ work }: Pick<Mode, "work">, report: LoadReport): number {
  return report[work.of] / work.size;
}

/** CPU time of one unit of work, in the work's unit; NaN where there is none. */
function eachUnit(mode: Mode, { report }: Sample, seconds: number | undefined): number {
  const units = workOf(mode, report);
  return seconds === undefined || units === 0 ? Number.NaN : seconds / units / mode.work.seconds;
}
