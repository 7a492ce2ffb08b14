import { expect, test } from "vitest";
import { COUNTERS_MAX, Counters } from "../../../src/runtime/metrics/counters.ts";

test("count by name and labels", () => {
  const counters = new Counters();
  counters.add("refused", { reason: 'a"b' });
  counters.add("refused", { reason: 'a"b' });
  counters.add("bytes", {}, 40);
  expect(counters.get("refused", { reason: 'a"b' })).toBe(2);
  expect(counters.get("refused", { reason: "other" })).toBe(0);
  expect([...counters.entries()]).toEqual([
    ['refused{reason="a\\"b"}', 2],
    ["bytes", 40],
  ]);
});

test("are bounded in number", () => {
  const counters = new Counters();
  for (let index = 0; index < COUNTERS_MAX + 500; index++) counters.add("x", { label: `${index}` });
  expect(counters.entries().size).toBeLessThanOrEqual(COUNTERS_MAX + 1);
  expect(counters.get("counters_overflown")).toBe(500);
});
