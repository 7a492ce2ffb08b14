// When a worker collects its heap: after many connections have come or gone, once nothing happens.
import { expect, test } from "vitest";
import { QUIET_MS, QuietHeap } from "../../src/runtime/engine/linux/worker/quiet-heap.ts";

function heap() {
  const collections = { count: 0 };
  const quiet = new QuietHeap(() => {
    collections.count += 1;
  });
  return { quiet, collections };
}

test.for([
  { title: "few connections", turnover: 999, passedMs: QUIET_MS, limitMs: 500, count: 0 },
  { title: "many", turnover: 1000, passedMs: QUIET_MS, limitMs: QUIET_MS, count: 1 },
  { title: "many, in a busy moment", turnover: 1000, passedMs: 99, limitMs: QUIET_MS, count: 0 },
])("$title", ({ turnover, passedMs, limitMs, count }) => {
  const { quiet, collections } = heap();
  expect(quiet.limitMs(500, turnover)).toBe(limitMs);
  expect(quiet.limitMs(10, turnover)).toBe(10);
  quiet.collectIfQuiet(turnover, passedMs);
  expect(collections.count).toBe(count);
});

test("once for each thousand that have come or gone", () => {
  const { quiet, collections } = heap();
  const counts = [1500, 1500, 2499, 2500, 2600, 3500].map((turnover) => {
    quiet.collectIfQuiet(turnover, QUIET_MS);
    return collections.count;
  });
  expect(counts).toEqual([1, 1, 1, 2, 2, 3]);
  expect(quiet.limitMs(500, 1500)).toBe(500);
});

test("without a collector nothing is collected", () => {
  const quiet = new QuietHeap(undefined);
  expect(() => quiet.collectIfQuiet(5000, QUIET_MS)).not.toThrow();
  expect(quiet.limitMs(500, 5000)).toBe(500);
});
