import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KEY_SOURCE } from "../../../src/compiler/abi.ts";
import { percentileOf } from "../../../src/compiler/route/split.ts";
import { inputOf, type KeyState } from "./arbitrary-router.ts";

const bytes = (text: string): KeyState => ({
  kind: "bytes",
  source: KEY_SOURCE.scratch,
  bytes: Buffer.from(text),
});
const at = (state: KeyState, depth = 0) => percentileOf(inputOf([state], [], 0), 0, depth);

describe("percentiles of keys, split/1", () => {
  // Frozen: a change of any of these moves keys between pools of every user.
  test.for<[KeyState, number, string]>([
    [bytes(""), 0, "64.677166"],
    [bytes("A0001"), 0, "51.184485"],
    [bytes("A0001"), 1, "2.017787"],
    [bytes("010000A8900016F000169DC0"), 0, "14.207415"],
    [{ kind: "integer", value: 0 }, 0, "60.553838"],
    [{ kind: "integer", value: 42 }, 0, "36.574135"],
    [{ kind: "integer", value: Number.MAX_SAFE_INTEGER }, 0, "31.020643"],
  ])("%o at depth %i", ([state, depth, expected]) => {
    expect(at(state, depth).toFixed(6)).toBe(expected);
  });

  test("depends on the bytes alone, not on where they lie", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(9), (key, start) => {
        const wire = inputOf([{ kind: "bytes", source: KEY_SOURCE.wire, bytes: key }], [], start);
        const percentile = percentileOf(wire, 0, 0);
        expect(percentile).toBe(at({ kind: "bytes", source: KEY_SOURCE.scratch, bytes: key }));
        expect(percentile).toBeGreaterThanOrEqual(0);
        expect(percentile).toBeLessThan(100);
      }),
    );
  });

  const COUNT = 20_000;
  test.for<[string, (index: number) => KeyState]>([
    ["texts", (index) => bytes(`A${String(index).padStart(5, "0")}`)],
    ["integers", (index) => ({ kind: "integer", value: index })],
  ])("%s spread evenly, and each depth by itself", ([, key]) => {
    let below = 0;
    let belowBoth = 0;
    for (let index = 0; index < COUNT; index++) {
      if (at(key(index)) >= 5) continue;
      below++;
      if (at(key(index), 1) < 50) belowBoth++;
    }
    // Four standard deviations of a fair split.
    expect(Math.abs(below - COUNT * 0.05)).toBeLessThan(4 * Math.sqrt(COUNT * 0.05 * 0.95));
    expect(Math.abs(belowBoth - below / 2)).toBeLessThan(4 * Math.sqrt(below / 4));
  });
});
