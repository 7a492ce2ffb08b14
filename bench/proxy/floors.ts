// What our engines have to reach, and whether they did: ratios within each round decide, by their median.
import { type RoundFigures, type Spread, type Summary, spreadOf } from "./summary.ts";

/** One demand on one engine. */
export interface Floor {
  readonly what: string;
  /** By the engine's name; absent: nothing is asked of it. */
  readonly needed: Readonly<Partial<Record<Engine, Bound>>>;
  readonly value: (engine: Engine, of: Lookup) => Reached | undefined;
}

/** What was reached. */
export interface Reached {
  /** Of the figures of all rounds: where something is compared, of the ratios within each. Its median decides. */
  readonly pairs: Spread;
  /** The ratio of the medians of all rounds; absent where nothing is compared. */
  readonly ofMedians?: number;
}

/** The engines that floors are for, as peers are named. */
export const FLOOR_ENGINES = ["uring", "epoll"] as const;
export type Engine = (typeof FLOOR_ENGINES)[number];

interface Bound {
  readonly sense: "≥" | "≤" | "<";
  readonly limit: number;
}

/** The summary of a peer in a mode, where it was measured. */
export type Lookup = (peer: string, mode: string) => Summary | undefined;

const HAPROXY = ["haproxy", "haproxy-copy"] as const;
const atLeast = (limit: number): Bound => ({ sense: "≥", limit });
const atMost = (limit: number): Bound => ({ sense: "≤", limit });
const below = (limit: number): Bound => ({ sense: "<", limit });
const both = (bound: Bound) => ({ uring: bound, epoll: bound });

type Pick = (figures: RoundFigures) => number;
const result: Pick = (figures) => figures.result;
const cpu: Pick = (figures) => figures.cpu;
const p99: Pick = (figures) => figures.p99Us;

const LOADS = [
  { mode: "conn", uring: 1.15, epoll: 1.0, work: "a connection" },
  { mode: "rr64", uring: 1.15, epoll: 1.0, work: "a message" },
] as const;

/** In the order of the modes. Where HAProxy is compared with, the one of its two ways counts that is better by its median. */
export const FLOORS: readonly Floor[] = [
  ...["up", "down"].flatMap((mode): readonly Floor[] => [
    // What the floor was drawn from copied; with splice HAProxy is half as fast again.
    {
      what: `${mode}: GB/s ÷ HAProxy`,
      needed: both(atLeast(2.1)),
      value: overHaproxy(mode, result, "more"),
    },
    {
      what: `${mode}: GB/s ÷ HAProxy that copies`,
      needed: both(atLeast(2.1)),
      value: over(mode, "haproxy-copy", result),
    },
    { what: `${mode}: GB/s ÷ Go`, needed: both(atLeast(1.0)), value: over(mode, "go", result) },
    {
      what: `${mode}: CPU a GB ÷ limit`,
      needed: both(atMost(1.2)),
      value: over(mode, "limit", cpu),
    },
  ]),
  ...LOADS.flatMap(({ mode, uring, epoll, work }): readonly Floor[] => [
    {
      what: `${mode}: rate ÷ HAProxy`,
      needed: { uring: atLeast(uring), epoll: atLeast(epoll) },
      value: overHaproxy(mode, result, "more"),
    },
    {
      what: `${mode}: CPU ${work} ÷ limit`,
      needed: { uring: below(1.0), epoll: atMost(1.1) },
      value: over(mode, "limit", cpu),
    },
    {
      what: `${mode}: p99 ÷ HAProxy`,
      needed: { uring: atMost(1.0) },
      value: overHaproxy(mode, p99, "less"),
    },
  ]),
  {
    what: "rr16k: rate ÷ HAProxy",
    needed: { uring: atLeast(1.05), epoll: atLeast(1.0) },
    value: overHaproxy("rr16k", result, "more"),
  },
  {
    what: "rr16k: p99 ÷ HAProxy",
    needed: { uring: atMost(1.0) },
    value: overHaproxy("rr16k", p99, "less"),
  },
  {
    what: "rr1: p50 ÷ HAProxy",
    needed: both(atMost(1.0)),
    value: overHaproxy("rr1", result, "less"),
  },
  { what: "idle: KB a connection", needed: both(atMost(1)), value: own("idle", result) },
  {
    what: "idle: MB without connections",
    needed: both(atMost(75)),
    value: own("idle", (figures) => figures.baseMb),
  },
  ...(["up", "down", "conn"] as const).map(
    (mode): Floor => ({
      what: `${mode}: CPU of two workers ÷ one`,
      needed: both(atMost(1.1)),
      value: (engine, of) => quotient(of(`${engine}-2`, mode), of(engine, mode), cpu),
    }),
  ),
  { what: "bad: p99 beside ÷ without", needed: both(atMost(2)), value: own("bad", result) },
  {
    what: "bad: MB after ÷ before",
    needed: both(atMost(1.1)),
    value: own("bad", (figures) => figures.kept),
  },
];

/** Whether any floor needs this peer in this mode. */
export function isInFloors(peer: string, mode: string): boolean {
  return looked.has(`${peer} ${mode}`);
}

/** What the floors ask for when all of it is there. */
function whatIsLookedAt(): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const { value } of FLOORS) {
    for (const engine of FLOOR_ENGINES) {
      value(engine, (peer, mode) => {
        seen.add(`${peer} ${mode}`);
        return undefined;
      });
    }
  }
  return seen;
}

const looked = whatIsLookedAt();

function own(mode: string, pick: Pick): Floor["value"] {
  return (engine, of) => {
    const pairs = spreadOf(figuresOf(of(engine, mode)).map(pick));
    return pairs === undefined ? undefined : { pairs };
  };
}

function over(mode: string, reference: string, pick: Pick): Floor["value"] {
  return (engine, of) => quotient(of(engine, mode), of(reference, mode), pick);
}

/**
 * Against the one of HAProxy's two ways whose median is better: one for all rounds, for the better one of each round would
 * be whichever had more luck in it.
 */
function overHaproxy(mode: string, pick: Pick, better: "more" | "less"): Floor["value"] {
  return (engine, of) => {
    const summary = of(engine, mode);
    const references = HAPROXY.flatMap((name) => {
      const median = medianOf(of(name, mode), pick);
      return median === undefined ? [] : [{ name, median: better === "more" ? median : -median }];
    });
    const [best] = references.sort((left, right) => right.median - left.median);
    return best && quotient(summary, of(best.name, mode), pick);
  };
}

/** Undefined where they have no round in common. */
function quotient(
  summary: Summary | undefined,
  reference: Summary | undefined,
  pick: Pick,
): Reached | undefined {
  const bases = new Map(figuresOf(reference).map((each) => [each.round, pick(each)]));
  const ratios = figuresOf(summary).map(
    (each) => pick(each) / (bases.get(each.round) ?? Number.NaN),
  );
  const pairs = spreadOf(ratios);
  const [value, by] = [medianOf(summary, pick), medianOf(reference, pick)];
  if (pairs === undefined || value === undefined || by === undefined) return undefined;
  return { pairs, ofMedians: value / by };
}

function medianOf(summary: Summary | undefined, pick: Pick): number | undefined {
  return spreadOf(figuresOf(summary).map(pick))?.median;
}

function figuresOf(summary: Summary | undefined): readonly RoundFigures[] {
  return summary?.rounds ?? [];
}

/** A Markdown table: what is asked, what was reached, and whether that is enough. Floors nobody was measured for are left out. */
export function floorTable(of: Lookup, floors: readonly Floor[] = FLOORS): readonly string[] {
  const rows = floors.flatMap(({ what, needed, value }) => {
    const values = FLOOR_ENGINES.map((engine) => value(engine, of));
    if (values.every((each) => each === undefined)) return [];
    const cells = FLOOR_ENGINES.flatMap((engine, index) => cellsOf(needed[engine], values[index]));
    return [`| ${[what, ...cells].join(" | ")} |`];
  });
  if (rows.length === 0) return [];
  const heads = ["io_uring", "epoll"].flatMap((engine) => [
    `${engine} needs`,
    "reached",
    "quartiles",
    "of medians",
  ]);
  return [
    `| floor | ${heads.join(" | ")} |`,
    `| --- | ${heads.map(() => "---:").join(" | ")} |`,
    ...rows,
  ];
}

/** What is needed, what was reached, between which quartiles, and what the medians alone would give. */
function cellsOf(bound: Bound | undefined, reached: Reached | undefined): readonly string[] {
  const median = reached?.pairs.median;
  return [
    bound === undefined ? "" : asked(bound),
    bound === undefined ? shown(median) : judged(median, bound),
    reached === undefined ? "" : `${shown(reached.pairs.lower)} – ${shown(reached.pairs.upper)}`,
    shown(reached?.ofMedians),
  ];
}

function asked({ sense, limit }: Bound): string {
  return `${sense} ${limit.toFixed(2)}`;
}

function shown(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(2);
}

/** Compared as it is printed: two decimals are all that such runs give. */
function judged(value: number | undefined, { sense, limit }: Bound): string {
  if (value === undefined) return "not measured";
  const rounded = Number(value.toFixed(2));
  const isReached = { "≥": rounded >= limit, "≤": rounded <= limit, "<": rounded < limit }[sense];
  return `${value.toFixed(2)} ${isReached ? "✓" : "✗"}`;
}
