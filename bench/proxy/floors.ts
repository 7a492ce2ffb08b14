// What our engines have to reach, and whether they did: computed from the same medians that the tables show.
import type { Summary } from "./summary.ts";

/** One demand on one engine. */
export interface Floor {
  readonly what: string;
  /** By the engine's name; absent: nothing is asked of it. */
  readonly needed: Readonly<Partial<Record<Engine, Bound>>>;
  readonly value: (engine: Engine, of: Lookup) => number | undefined;
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

type Pick = (summary: Summary) => number | undefined;
const result: Pick = (summary) => summary.result?.median;
const cpu: Pick = (summary) => summary.cpu?.median;
const p99: Pick = (summary) => summary.p99Us?.median;

const LOADS = [
  { mode: "conn", uring: 1.15, epoll: 1.0, work: "a connection" },
  { mode: "rr64", uring: 1.15, epoll: 1.0, work: "a message" },
] as const;

/** In the order of the modes. Where HAProxy is compared with, the better of its two ways counts. */
export const FLOORS: readonly Floor[] = [
  ...["up", "down"].flatMap((mode): readonly Floor[] => [
    // What the floor was drawn from copied; with splice HAProxy is half as fast again.
    {
      what: `${mode}: GB/s ÷ HAProxy`,
      needed: both(atLeast(2.1)),
      value: overHaproxy(mode, result),
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
      value: overHaproxy(mode, result),
    },
    {
      what: `${mode}: CPU ${work} ÷ limit`,
      needed: { uring: below(1.0), epoll: atMost(1.1) },
      value: over(mode, "limit", cpu),
    },
    {
      what: `${mode}: p99 ÷ HAProxy`,
      needed: { uring: atMost(1.0) },
      value: overLeast(mode, p99),
    },
  ]),
  {
    what: "rr16k: rate ÷ HAProxy",
    needed: { uring: atLeast(1.05), epoll: atLeast(1.0) },
    value: overHaproxy("rr16k", result),
  },
  { what: "rr16k: p99 ÷ HAProxy", needed: { uring: atMost(1.0) }, value: overLeast("rr16k", p99) },
  { what: "rr1: p50 ÷ HAProxy", needed: both(atMost(1.0)), value: overLeast("rr1", result) },
  { what: "idle: KB a connection", needed: both(atMost(1)), value: own("idle", result) },
  { what: "idle: MB without connections", needed: both(atMost(75)), value: own("idle", base) },
  ...(["up", "down", "conn"] as const).map(
    (mode): Floor => ({
      what: `${mode}: CPU of two workers ÷ one`,
      needed: both(atMost(1.1)),
      value: (engine, of) => quotient(of(`${engine}-2`, mode), of(engine, mode), cpu),
    }),
  ),
  { what: "bad: p99 beside ÷ without", needed: both(atMost(2)), value: own("bad", result) },
  { what: "bad: MB after ÷ before", needed: both(atMost(1.1)), value: own("bad", memoryKept) },
];

function memoryKept({ bad }: Summary): number | undefined {
  const [after, before] = [bad?.afterMb?.median, bad?.beforeMb?.median];
  return after === undefined || before === undefined ? undefined : after / before;
}

function base(summary: Summary): number | undefined {
  return summary.baseMb;
}

function own(mode: string, pick: Pick): Floor["value"] {
  return (engine, of) => picked(of(engine, mode), pick);
}

function over(mode: string, reference: string, pick: Pick): Floor["value"] {
  return (engine, of) => quotient(of(engine, mode), of(reference, mode), pick);
}

/** Against the larger of HAProxy's two. */
function overHaproxy(mode: string, pick: Pick): Floor["value"] {
  return (engine, of) => haproxyQuotient(engine, of, mode, pick, Math.max);
}

/** Against the smaller one. */
function overLeast(mode: string, pick: Pick): Floor["value"] {
  return (engine, of) => haproxyQuotient(engine, of, mode, pick, Math.min);
}

function haproxyQuotient(
  engine: Engine,
  of: Lookup,
  mode: string,
  pick: Pick,
  best: (...values: number[]) => number,
): number | undefined {
  const references = HAPROXY.flatMap((name) => picked(of(name, mode), pick) ?? []);
  const value = picked(of(engine, mode), pick);
  return value === undefined || references.length === 0 ? undefined : value / best(...references);
}

function quotient(
  summary: Summary | undefined,
  reference: Summary | undefined,
  pick: Pick,
): number | undefined {
  const [value, by] = [picked(summary, pick), picked(reference, pick)];
  return value === undefined || by === undefined ? undefined : value / by;
}

function picked(summary: Summary | undefined, pick: Pick): number | undefined {
  return summary === undefined ? undefined : pick(summary);
}

/** A Markdown table: what is asked, what was reached, and whether that is enough. Floors nobody was measured for are left out. */
export function floorTable(of: Lookup, floors: readonly Floor[] = FLOORS): readonly string[] {
  const rows = floors.flatMap(({ what, needed, value }) => {
    const values = FLOOR_ENGINES.map((engine) => value(engine, of));
    if (values.every((each) => each === undefined)) return [];
    const cells = FLOOR_ENGINES.flatMap((engine, index) => {
      const [bound, reached] = [needed[engine], values[index]];
      return bound === undefined ? ["", shown(reached)] : [asked(bound), judged(reached, bound)];
    });
    return [`| ${[what, ...cells].join(" | ")} |`];
  });
  if (rows.length === 0) return [];
  return [
    "| floor | io_uring needs | reached | epoll needs | reached |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...rows,
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
