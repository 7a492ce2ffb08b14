import { describe, expect, test } from "vitest";
import { type LoadReport, parseReport } from "../../../bench/proxy/generator.ts";
import { MODES, type Mode } from "../../../bench/proxy/modes.ts";
import { spreadOf, summarize } from "../../../bench/proxy/summary.ts";

const noErrors = { connect: 0, early: 0, misrouted: 0, corrupt: 0, unanswered: 0 };

function mode(name: string): Mode {
  const found = MODES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

function report(changes: Partial<LoadReport>): LoadReport {
  const empty = { mode: "x", seconds: 2, operations: 0, bytes: 0, held: 0, begun: 0, answered: 0 };
  return { ...empty, errors: noErrors, latency: [], cpuNs: [], ...changes };
}

describe("spread", () => {
  test.for([
    [[3], { median: 3, lower: 3, upper: 3, least: 3, most: 3 }],
    [[9, 1, 2], { median: 2, lower: 1.5, upper: 5.5, least: 1, most: 9 }],
    [[4, 1, 2, 9], { median: 3, lower: 1.75, upper: 5.25, least: 1, most: 9 }],
    [[5, 4, 3, 2, 1], { median: 3, lower: 2, upper: 4, least: 1, most: 5 }],
    [[Number.NaN, 5], { median: 5, lower: 5, upper: 5, least: 5, most: 5 }],
    [[], undefined],
    [[Number.NaN], undefined],
  ] as const)("of %j", ([values, expected]) => {
    expect(spreadOf(values)).toEqual(expected);
  });
});

describe("summary", () => {
  test("connections: rate, latency, CPU of each", () => {
    const samples = [1000, 3000, 2000].map((operations, round) => ({
      round,
      report: report({ operations, latency: [[50_000, operations]] }),
      cpu: { seconds: 0.4, split: { user: 0.1 * round, system: 0.3 } },
      loadSeconds: 0.2,
    }));
    const summary = summarize(mode("conn"), samples);
    const { result, p50Us, p99Us, cpu, systemShare, loadCpu, rounds } = summary;
    expect(result).toEqual({ median: 1000, lower: 750, upper: 1250, least: 500, most: 1500 });
    expect(rounds.map((each) => [each.round, each.result, each.p99Us])).toEqual([
      [0, 500, 50],
      [1, 1500, 50],
      [2, 1000, 50],
    ]);
    expect(loadCpu?.median).toBeCloseTo(100);
    expect(p50Us?.median).toBe(50);
    expect(p99Us?.median).toBe(50);
    expect(cpu?.median).toBeCloseTo(200); // 0.4 s of 2000 connections
    expect(cpu?.most).toBeCloseTo(400);
    expect(systemShare).toBeCloseTo(0.75);
  });

  test("bulk: GB/s and seconds a GB, without latency", () => {
    const cpuTime = { seconds: 1.2, split: { user: 0.25, system: 1 } };
    const bulk = { round: 0, report: report({ bytes: 4e9 }), cpu: cpuTime };
    const { result, cpu, p99Us } = summarize(mode("up"), [bulk]);
    expect(result?.median).toBe(2);
    expect(cpu?.median).toBeCloseTo(0.3);
    expect(p99Us).toBeUndefined();
  });

  test("idle: what a held connection adds", () => {
    const memory = { before: 10e6, held: 12e6 };
    const { result, baseMb, cpu } = summarize(mode("idle"), [
      { round: 0, report: report({ held: 1000 }), memory },
    ]);
    expect(result?.median).toBe(2);
    expect(baseMb).toBe(10);
    expect(cpu).toBeUndefined();
  });

  test("good clients beside bad ones", () => {
    const run = (nanoseconds: number, operations: number) =>
      report({ operations, latency: [[nanoseconds, operations]] });
    const beside = {
      alone: run(100_000, 1000),
      beside: run(150_000, 800),
      hostile: { seconds: 2, opened: 4000, ended: 1, failed: 0, answered: 0, open: 300 },
      processors: 0.75,
      memory: { before: 10e6, during: 30e6, after: 11e6 },
    };
    const { result, bad, cpu } = summarize(mode("bad"), [
      { round: 0, report: beside.beside, beside },
    ]);
    expect(result?.median).toBe(1.5);
    expect(cpu).toBeUndefined();
    const medians = Object.entries(bad ?? {}).map(([name, spread]) => [name, spread?.median]);
    expect(Object.fromEntries(medians)).toEqual({
      aloneP99Us: 100,
      aloneRate: 500,
      besideRate: 400,
      cpu: 0.75,
      beforeMb: 10,
      duringMb: 30,
      afterMb: 11,
      opened: 2000,
      open: 300,
    });
  });

  test("nothing done is no result of CPU, and errors add up", () => {
    const failed = report({ errors: { ...noErrors, early: 2, misrouted: 1 } });
    const samples = [failed, failed].map((each, round) => ({
      round,
      report: each,
      cpu: { seconds: 2, split: { user: 1, system: 1 } },
    }));
    const { cpu, p50Us, errors } = summarize(mode("rr64"), samples);
    expect({ cpu, p50Us, errors }).toEqual({ cpu: undefined, p50Us: undefined, errors: 6 });
  });
});

describe("the generator's report", () => {
  const line = JSON.stringify(report({ operations: 7, latency: [[32, 7]] }));

  test("is its last line", () => {
    expect(parseReport(`ready\n${line}\n`)).toMatchObject({ operations: 7, latency: [[32, 7]] });
  });

  test.for(["", "ready\n", "{}", line.replace('"operations":7', '"operations":-1')])(
    "%s is none",
    (output) => expect(() => parseReport(output)).toThrow(),
  );
});
