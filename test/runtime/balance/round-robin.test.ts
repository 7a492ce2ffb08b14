import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRoundRobin, pickRoundRobin } from "../../../src/runtime/balance/round-robin.ts";

const makeMembers = (weights: readonly number[]) =>
  weights.map((weight, index) => ({ identity: `m${index}`, weight }));

describe("round-robin", () => {
  test.for([
    [[1, 1, 1], "012012012"],
    [[5, 1, 1], "0010200"],
    [[2, 0, 1], "020"],
    [[1], "000"],
  ] as const)("weights %j give %s", ([weights, order]) => {
    const members = makeMembers(weights);
    const state = createRoundRobin(members);
    const out = new Uint8Array(members.length);
    const picked = Array.from(order, () => pickRoundRobin(state, out)).join("");
    expect(picked).toBe(order);
  });

  test("every round gives each its weight", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const state = createRoundRobin(makeMembers(weights));
        const counts = new Array<number>(weights.length).fill(0);
        for (let pick = 0; pick < total; pick++) {
          const member = pickRoundRobin(state, new Uint8Array(weights.length));
          counts[member] = (counts[member] ?? 0) + 1;
        }
        expect(counts).toEqual(weights);
      }),
    );
  });

  test("what is out is passed over", () => {
    const state = createRoundRobin(makeMembers([1, 1, 1]));
    const picked = Array.from({ length: 4 }, () => pickRoundRobin(state, Uint8Array.of(0, 1, 0)));
    expect(picked).toEqual([0, 2, 0, 2]);
    expect(pickRoundRobin(state, Uint8Array.of(1, 1, 1))).toBe(-1);
  });

  test("kept credits continue the round", () => {
    const members = makeMembers([1, 1, 1]);
    const state = createRoundRobin(members);
    pickRoundRobin(state, new Uint8Array(3));
    const kept = new Map(members.map(({ identity }, i) => [identity, state.credits[i] ?? 0]));
    const next = createRoundRobin(members.toReversed(), kept);
    const picked = [0, 1].map(() => pickRoundRobin(next, new Uint8Array(3)));
    expect(picked).toEqual([0, 1]); // m2 m1 m0: m0 has had its turn
  });
});
