import { expect, test } from "vitest";
import { MODES } from "../../../bench/proxy/modes.ts";
import { PROXY_DEFAULTS, WARM_UP_MS } from "../../../bench/proxy/options.ts";
import { PEERS } from "../../../bench/proxy/peers.ts";
import { type Extent, plannedMs } from "../../../bench/proxy/planned-time.ts";

const MINUTE_MS = 60_000;
const all: Extent = {
  modes: MODES,
  peers: PEERS,
  isDirectMeasured: true,
  rounds: PROXY_DEFAULTS.rounds,
  warmUpMs: WARM_UP_MS,
  milliseconds: 1000 * PROXY_DEFAULTS.seconds,
};
const rr64 = MODES.filter(({ name }) => name === "rr64");

test("everything takes at most a quarter of an hour", () => {
  expect(plannedMs(all)).toBeGreaterThan(10 * MINUTE_MS);
  expect(plannedMs(all)).toBeLessThanOrEqual(15 * MINUTE_MS);
});

test("runs count by rounds and by who takes part; starting relays besides", () => {
  const one = { ...all, modes: rr64, peers: [], rounds: 1 };
  const run = plannedMs(one);
  expect(run).toBeGreaterThan(WARM_UP_MS + 400);
  // Without a relay it takes every third round.
  expect(plannedMs({ ...one, rounds: 7 })).toBe(3 * run);
  const [first, second] = [1, 2].map((rounds) =>
    plannedMs({ ...one, peers: [{ name: "limit" }], rounds }),
  );
  expect((second ?? 0) - (first ?? 0)).toBe(run);
});

test("memory and bad clients are not asked of nobody, nor in more rounds than they have", () => {
  const modes = MODES.filter(({ roundsMax }) => roundsMax !== undefined);
  expect(plannedMs({ ...all, modes, peers: [] })).toBe(0);
  expect(plannedMs({ ...all, modes, rounds: 3 })).toBe(plannedMs({ ...all, modes, rounds: 50 }));
});
