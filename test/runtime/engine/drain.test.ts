// In which order, and when, a drain ends connections.
import { describe, expect, test } from "vitest";
import { Drain } from "../../../src/runtime/engine/drain.ts";

interface One {
  readonly name: string;
  touchedMs: number;
  isBusy: boolean;
}

function one(name: string, touchedMs: number, isBusy = false): One {
  return { name, touchedMs, isBusy };
}

function start(ones: readonly One[], startMs: number, graceMs: number) {
  const ended: [name: string, atMs: number][] = [];
  let nowMs = startMs;
  const drain = new Drain(ones, startMs, graceMs, {
    touchedMs: ({ touchedMs }) => touchedMs,
    hasBytesOnTheirWay: ({ isBusy }) => isBusy,
    end: ({ name }) => ended.push([name, nowMs]),
  });
  return {
    ended,
    /** Steps every 10 ms. */
    until(endMs: number) {
      for (; nowMs <= endMs; nowMs += 10) drain.step(nowMs);
      return ended;
    },
  };
}

describe("a drain", () => {
  test("ends them evenly, those that have been silent the longest first", () => {
    const ones = [one("b", 5000), one("a", 1000), one("d", 9000), one("c", 7000)];
    expect(start(ones, 10_000, 8000).until(20_000)).toEqual([
      ["a", 12_000],
      ["b", 14_000],
      ["c", 16_000],
      ["d", 18_000],
    ]);
  });

  test("puts off whose bytes are on their way", () => {
    const slow = one("slow", 0, true);
    const drain = start([slow, one("idle", 1000)], 10_000, 8000);
    expect(drain.until(15_000)).toEqual([]);
    slow.isBusy = false;
    expect(drain.until(15_300)).toEqual([["slow", expect.toSatisfy((ms) => ms <= 15_260)]]);
  });

  test("puts off who has moved a byte within a second", () => {
    const lively = one("lively", 13_500);
    const drain = start([lively, one("later", 20_000)], 10_000, 8000);
    expect(drain.until(14_490)).toEqual([]);
    expect(drain.until(14_750)).toEqual([["lively", expect.toSatisfy((ms) => ms >= 14_500)]]);
  });

  test("of a short grace that is an eighth", () => {
    const ones = [one("a", 9990), one("b", 9990)];
    expect(start(ones, 10_000, 400).until(10_400)).toEqual([
      ["a", 10_200],
      ["b", 10_400],
    ]);
  });

  test("ends everybody with its grace", () => {
    const ones = [one("slow", 0, true), one("lively", 17_990)];
    expect(start(ones, 10_000, 8000).until(18_000)).toEqual([
      ["slow", 18_000],
      ["lively", 18_000],
    ]);
  });

  test("ends them when it is over, not at the next look", () => {
    const ones = [one("slow", 0, true), one("slower", 1, true)];
    expect(start(ones, 10_000, 8100).until(18_400)).toEqual([
      ["slow", 18_100],
      ["slower", 18_100],
    ]);
  });

  test("without a grace ends everybody at once", () => {
    expect(start([one("a", 0, true), one("b", 100)], 100, 0).until(100)).toHaveLength(2);
  });

  test("of nobody does nothing", () => {
    expect(start([], 0, 1000).until(2000)).toEqual([]);
  });
});
