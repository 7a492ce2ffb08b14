import { describe, expect, test } from "vitest";
import { between } from "../../../bench/proxy/disturbance.ts";
import { MODES } from "../../../bench/proxy/modes.ts";
import { noiseFindings } from "../../../bench/proxy/noise.ts";

const [mode] = MODES;
if (mode === undefined) throw new Error("no modes");
const middle = { median: 100, least: 50, most: 150 };
const quiet = { load: 0.1, cores: 2, direct: [], disturbances: [] };

describe("noise", () => {
  test("a quiet machine", () => {
    const direct = [{ mode, result: { ...middle, lower: 98, upper: 107 } }];
    const disturbances = [{ others: 0.09, stolen: 0.02 }];
    expect(noiseFindings({ ...quiet, direct, disturbances })).toEqual([]);
  });

  test("a busy one, and runs that differ", () => {
    const direct = [{ mode, result: { ...middle, lower: 85, upper: 110 } }];
    expect(noiseFindings({ ...quiet, load: 3, direct })).toEqual([
      expect.stringContaining("Load average 3.00 on 2 cores"),
      `${mode.name}: of the runs without a relay the middle half spreads over 25 %.`,
    ]);
  });

  test("others ran meanwhile, and the hypervisor kept something back", () => {
    const disturbances = [
      { others: 0.5, stolen: 0 },
      { others: 0.01, stolen: 0.1 },
      { others: 0.25, stolen: 0 },
    ];
    expect(noiseFindings({ ...quiet, disturbances })).toEqual([
      "Other programs used more than 10 % of the machine in 2 of 3 runs, at most 50 %.",
      "The hypervisor kept back more than 3 % of the machine in 1 of 3 runs, at most 10 %.",
    ]);
  });

  test("not measured is no finding", () => {
    expect(noiseFindings({ ...quiet, direct: [{ mode, result: undefined }] })).toEqual([]);
  });
});

test.for([
  // 2 processors for a second: 1.5 s busy, 1 s of them ours.
  [
    { busy: 101.5, stolen: 3.2, ours: 11 },
    { others: 0.25, stolen: 0.1 },
  ],
  [
    { busy: 100.9, stolen: 3, ours: 11 },
    { others: 0, stolen: 0 },
  ],
] as const)("between two looks: %j", ([after, expected]) => {
  const before = { atMs: 5000, busy: 100, stolen: 3, ours: 10 };
  const { others, stolen } = between(before, { atMs: 6000, ...after }, 2);
  expect(others).toBeCloseTo(expected.others);
  expect(stolen).toBeCloseTo(expected.stolen);
});
