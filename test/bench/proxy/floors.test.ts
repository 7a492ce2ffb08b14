// Floors: every one is of a mode and peers that exist, and what is reached is judged by the right reference, round by round.
import { describe, expect, test } from "vitest";
import {
  type Engine,
  FLOORS,
  floorTable,
  isInFloors,
  type Lookup,
} from "../../../bench/proxy/floors.ts";
import { MODES } from "../../../bench/proxy/modes.ts";
import { PEERS } from "../../../bench/proxy/peers.ts";
import type { RoundFigures, Summary } from "../../../bench/proxy/summary.ts";

const nothing: Omit<Summary, "rounds"> = {
  result: undefined,
  p50Us: undefined,
  p99Us: undefined,
  cpu: undefined,
  loadCpu: undefined,
  systemShare: undefined,
  baseMb: undefined,
  errors: 0,
};
const ones = { result: 1, p99Us: 1, cpu: 1, baseMb: 70, kept: 1.05 };

/** Of as many rounds as there are figures. */
function summary(...figures: readonly Partial<RoundFigures>[]): Summary {
  return { ...nothing, rounds: figures.map((each, round) => ({ round, ...ones, ...each })) };
}

/** A floor's pairs for one engine, of summaries in its mode. */
function reached(what: string, engine: Engine, peers: Readonly<Record<string, Summary>>) {
  return FLOORS.find((floor) => floor.what === what)?.value(engine, (peer) => peers[peer]);
}

test("every floor looks at modes and peers that there are, and at its own engine", () => {
  const modes = new Set(MODES.map(({ name }) => name));
  const peers = new Set(PEERS.map(({ name }) => name));
  for (const { what, value } of FLOORS) {
    const seen: (readonly [string, string])[] = [];
    const { pairs } =
      value("epoll", (peer, mode) => {
        seen.push([peer, mode]);
        return summary({});
      }) ?? {};
    expect(pairs?.median, what).toBeTypeOf("number");
    expect(seen.filter(([peer, mode]) => !peers.has(peer) || !modes.has(mode))).toEqual([]);
    expect(seen.some(([peer]) => peer.startsWith("epoll"))).toBe(true);
  }
});

test.for([
  ["limit", "conn", true],
  ["uring", "rr16k", true],
  ["epoll", "rr1", true],
  ["uring-2", "up", true],
  ["uring-2", "rr64", false],
  ["direct", "up", false],
  ["go", "conn", false],
  ["haproxy-copy", "rr1", true],
] as const)("%s is looked at in %s: %s", ([peer, mode, expected]) => {
  expect(isInFloors(peer, mode)).toBe(expected);
});

test("the better of HAProxy's two ways counts, and two decimals", () => {
  const summaries: Record<string, Summary> = {
    haproxy: summary({ result: 100, p99Us: 50 }),
    "haproxy-copy": summary({ result: 80, p99Us: 40 }),
    limit: summary({ cpu: 10 }),
    uring: summary({ result: 114.6, p99Us: 40.1, cpu: 9.99 }),
    epoll: summary({ result: 99.4, p99Us: 60, cpu: 11 }),
  };
  const of: Lookup = (peer, mode) => (mode === "conn" ? summaries[peer] : undefined);
  const alone = (value: string) => `${value} – ${value} | ${value}`;
  expect(floorTable(of).slice(2)).toEqual([
    `| conn: rate ÷ HAProxy | ≥ 1.15 | 1.15 ✓ | ${alone("1.15")} | ≥ 1.00 | 0.99 ✗ | ${alone("0.99")} |`,
    `| conn: CPU a connection ÷ limit | < 1.00 | 1.00 ✗ | ${alone("1.00")} | ≤ 1.10 | 1.10 ✓ | ${alone("1.10")} |`,
    `| conn: p99 ÷ HAProxy | ≤ 1.00 | 1.00 ✓ | ${alone("1.00")} |  | 1.50 | ${alone("1.50")} |`,
  ]);
});

describe("pairs", () => {
  const cpus = (...values: readonly number[]) => summary(...values.map((cpu) => ({ cpu })));
  const what = "conn: CPU a connection ÷ limit";

  test("a machine that slows down for both of a pair does not show in their ratio", () => {
    const limit = cpus(10, 20, 10, 10, 20);
    const uring = cpus(9, 18, 18, 9, 18); // the third pair had bad luck
    const { pairs, ofMedians } = reached(what, "uring", { uring, limit }) ?? {};
    expect(pairs?.median).toBeCloseTo(0.9);
    expect([pairs?.lower, pairs?.upper]).toEqual([0.9, 0.9]);
    expect(pairs?.most).toBeCloseTo(1.8);
    expect(ofMedians).toBeCloseTo(1.8);
  });

  test("only rounds that both have are compared", () => {
    const limit: Summary = { ...nothing, rounds: cpus(10, 30, 10).rounds.slice(1) };
    const uring = cpus(1, 30, Number.NaN);
    expect(reached(what, "uring", { uring, limit })?.pairs).toMatchObject({ least: 1, most: 1 });
    expect(reached(what, "uring", { uring: cpus(1), limit })).toBeUndefined();
    expect(reached(what, "uring", { uring })).toBeUndefined();
  });

  test("HAProxy's way is one for all rounds: no round picks the luckier one", () => {
    const rates = (...values: readonly number[]) =>
      summary(...values.map((result) => ({ result })));
    const peers = {
      haproxy: rates(100, 100, 50),
      "haproxy-copy": rates(90, 90, 90),
      epoll: rates(100, 100, 100),
    };
    const { pairs } = reached("conn: rate ÷ HAProxy", "epoll", peers) ?? {};
    expect(pairs).toMatchObject({ least: 1, median: 1, most: 2 });
  });

  test("what is compared with nothing has no ratio of medians", () => {
    const epoll = summary({ result: 0.9 }, { result: 1.1 });
    const value = reached("idle: KB a connection", "epoll", { epoll });
    expect(value?.pairs.median).toBeCloseTo(1);
    expect(value?.ofMedians).toBeUndefined();
  });
});

test("without any of it there is no table", () => {
  expect(floorTable(() => undefined)).toEqual([]);
});
