// How soon a worker that crashed is replaced: five crashes within a minute are too many, older ones are forgotten.
import { expect, test } from "vitest";
import { CrashLimit } from "../../src/runtime/engine/linux/main/crash-limit.ts";

function pausesOf(crashesMs: readonly number[]): readonly (number | undefined)[] {
  const limit = new CrashLimit();
  return crashesMs.map((atMs) => limit.note(atMs));
}

test.for<[what: string, crashesMs: number[], pauses: (number | undefined)[]]>([
  ["the fifth within a minute", [0, 1, 2, 3, 59_999], [50, 100, 150, 200, undefined]],
  ["a fifth after a minute", [0, 1, 2, 3, 60_000], [50, 100, 150, 200, 200]],
  ["one a minute, for ever", [0, 60_000, 120_000, 180_000, 240_000], [50, 50, 50, 50, 50]],
])("%s", ([, crashesMs, pauses]) => {
  expect(pausesOf(crashesMs)).toEqual(pauses);
});
