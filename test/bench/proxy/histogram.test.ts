import { expect, test } from "vitest";
import { type Cells, percentileNs } from "../../../bench/proxy/histogram.ts";

const hundred: Cells = [
  [10, 50],
  [20, 49],
  [999, 1],
];

test.for<[share: number, cells: Cells, expected: number]>([
  [0.5, hundred, 10],
  [0.51, hundred, 20],
  [0.99, hundred, 20],
  [0.991, hundred, 999],
  [1, hundred, 999],
  [0, hundred, 10],
  [0.5, [[7, 1]], 7],
  [0.99, [[7, 1]], 7],
  [0.5, [], Number.NaN],
])("share %d of %j is %d", ([share, cells, expected]) => {
  expect(percentileNs(cells, share)).toBe(expected);
});
