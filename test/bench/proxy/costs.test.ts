// What strace counted, a unit of work, and the table that it goes to.
import { describe, expect, test } from "vitest";
import { callsEach, parseCalls } from "../../../bench/proxy/call-counts.ts";
import { costTable, isLookedInto } from "../../../bench/proxy/costs.ts";
import { MODES } from "../../../bench/proxy/modes.ts";
import { PEERS } from "../../../bench/proxy/peers.ts";
import type { Summary } from "../../../bench/proxy/summary.ts";

const summaryOfStrace = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ------------------
 52.38    0.000011           5         2           sendto
 47.62    0.000010           5      2000        12 recvfrom
  0.00    0.000000           0         1           epoll_wait
------ ----------- ----------- --------- --------- ------------------
100.00    0.000021           7      2003        12 total
`;

describe("counts", () => {
  test("of strace's summary, with and without errors", () => {
    expect([...parseCalls(summaryOfStrace)]).toEqual([
      ["sendto", 2],
      ["recvfrom", 2000],
      ["epoll_wait", 1],
    ]);
  });

  test("of nothing", () => {
    expect(parseCalls("").size).toBe(0);
  });

  test("opening and ending cancel; the most frequent ones first", () => {
    const short = {
      calls: new Map([
        ["accept4", 64],
        ["recvfrom", 1064],
      ]),
      work: 500,
    };
    const long = {
      calls: new Map([
        ["accept4", 64],
        ["futex", 50],
        ["recvfrom", 3064],
      ]),
      work: 1500,
    };
    expect([...callsEach(short, long)]).toEqual([
      ["recvfrom", 2],
      ["futex", 0.05],
    ]);
  });

  test.for([500, Number.NaN])("a longer run that did no more (%d) is refused", (work) => {
    const count = { calls: new Map<string, number>(), work: 500 };
    expect(() => callsEach(count, { ...count, work })).toThrow("did nothing");
  });
});

describe("table", () => {
  const at = (median: number) => ({
    median,
    lower: median,
    upper: median,
    least: median,
    most: median,
  });
  const summary: Summary = {
    result: at(1),
    p50Us: undefined,
    p99Us: undefined,
    cpu: at(20),
    loadCpu: undefined,
    systemShare: 0.9,
    baseMb: undefined,
    errors: 0,
    rounds: [],
  };
  const tables = MODES.filter(({ name }) => name === "rr64" || name === "rr1").map((mode) => ({
    mode,
    rows: PEERS.map(({ name, title, isOurs }) => ({ name, title, isOurs, summary })),
  }));

  test("both parts of the CPU, the calls, and those that matter by name", () => {
    const calls = new Map([
      [
        "limit rr64",
        new Map([
          ["recvfrom", 2.004],
          ["sendto", 2],
          ["futex", 0.01],
        ]),
      ],
    ]);
    const [, , ...lines] = costTable(tables, calls);
    expect(lines).toHaveLength(5);
    expect(lines.filter((line) => line.includes("limit"))).toEqual([
      "| rr64 | limit (minimal C relay) | 20.0 µs a message | 2.0 | 18.0 | 4.01 | recvfrom 2.00, sendto 2.00 |",
    ]);
    expect(lines.filter((line) => line.includes("io_uring"))).toEqual([
      "| rr64 | Waybill, io_uring | 20.0 µs a message | 2.0 | 18.0 |  |  |",
    ]);
  });

  test("what is hardly ever called is not named", () => {
    const ring = new Map([
      ["io_uring_enter", 0.05],
      ["futex", 0.004],
    ]);
    const table = costTable(tables, new Map([["uring rr64", ring]])).join("\n");
    expect(table).toContain("| 0.05 | io_uring_enter 0.05 |");
  });

  test("without any of it there is none", () => {
    expect(costTable([], new Map())).toEqual([]);
    const [first] = tables;
    const unknown = { ...summary, cpu: undefined };
    const rows = (first?.rows ?? []).map((row) => ({ ...row, summary: unknown }));
    expect(
      costTable(
        tables.map(({ mode }) => ({ mode, rows })),
        new Map(),
      ),
    ).toEqual([]);
  });

  test("who is looked into exists", () => {
    const names = PEERS.filter(({ name }) => MODES.some((mode) => isLookedInto(name, mode.name)));
    expect(names).toHaveLength(5);
    expect(MODES.filter(({ name }) => isLookedInto("limit", name))).toHaveLength(5);
  });
});
