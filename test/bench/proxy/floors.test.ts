// Floors: every one is of a mode and peers that exist, and what is reached is judged by the right reference.
import { expect, test } from "vitest";
import { FLOORS, floorTable, type Lookup } from "../../../bench/proxy/floors.ts";
import { MODES } from "../../../bench/proxy/modes.ts";
import { PEERS } from "../../../bench/proxy/peers.ts";
import type { Summary } from "../../../bench/proxy/summary.ts";

const spread = (median: number) => ({ median, least: median, most: median });

function summary(result: number, p99Us: number, cpu: number): Summary {
  return {
    result: spread(result),
    p50Us: spread(1),
    p99Us: spread(p99Us),
    cpu: spread(cpu),
    systemShare: 0.9,
    baseMb: 70,
    bad: {
      aloneP99Us: undefined,
      aloneRate: undefined,
      besideRate: undefined,
      cpu: undefined,
      beforeMb: spread(60),
      duringMb: undefined,
      afterMb: spread(63),
      opened: undefined,
      open: undefined,
    },
    errors: 0,
  };
}

test("every floor looks at modes and peers that there are, and at its own engine", () => {
  const modes = new Set(MODES.map(({ name }) => name));
  const peers = new Set(PEERS.map(({ name }) => name));
  for (const { what, value } of FLOORS) {
    const seen: (readonly [string, string])[] = [];
    const reached = value("epoll", (peer, mode) => {
      seen.push([peer, mode]);
      return summary(1, 1, 1);
    });
    expect(reached, what).toBeTypeOf("number");
    expect(seen.filter(([peer, mode]) => !peers.has(peer) || !modes.has(mode))).toEqual([]);
    expect(seen.some(([peer]) => peer.startsWith("epoll"))).toBe(true);
  }
});

test("the better of HAProxy's two ways counts, and two decimals", () => {
  const summaries: Record<string, Summary> = {
    haproxy: summary(100, 50, 9),
    "haproxy-copy": summary(80, 40, 9),
    limit: summary(1, 1, 10),
    uring: summary(114.6, 40.1, 9.99),
    epoll: summary(99.4, 60, 11),
  };
  const of: Lookup = (peer, mode) => (mode === "conn" ? summaries[peer] : undefined);
  expect(floorTable(of).slice(2)).toEqual([
    "| conn: rate ÷ HAProxy | ≥ 1.15 | 1.15 ✓ | ≥ 1.00 | 0.99 ✗ |",
    "| conn: CPU a connection ÷ limit | < 1.00 | 1.00 ✗ | ≤ 1.10 | 1.10 ✓ |",
    "| conn: p99 ÷ HAProxy | ≤ 1.00 | 1.00 ✓ |  | 1.50 |",
  ]);
});

test("without any of it there is no table", () => {
  expect(floorTable(() => undefined)).toEqual([]);
});
