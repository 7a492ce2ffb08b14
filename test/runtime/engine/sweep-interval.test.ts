import { expect, test } from "vitest";
import { sweepIntervalMs } from "../../../src/runtime/engine/sweep-interval.ts";

test.for([
  [1, 5],
  [39, 5],
  [80, 10],
  [1000, 125],
  [4000, 500],
  [3_600_000, 500],
] as const)("limits of %i ms are looked at every %i ms", ([shortestMs, everyMs]) => {
  expect(sweepIntervalMs(shortestMs)).toBe(everyMs);
});
