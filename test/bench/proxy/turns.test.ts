import { describe, expect, test } from "vitest";
import { DIRECT, PEERS, REFERENCES } from "../../../bench/proxy/peers.ts";
import { asNeighbours, rotated, turnsOf } from "../../../bench/proxy/turns.ts";

test.for([
  [0, "abc"],
  [1, "bca"],
  [4, "bca"],
] as const)("rotated by %d", ([by, expected]) => {
  expect(rotated(["a", "b", "c"], by).join("")).toBe(expected);
  expect(rotated([], by)).toEqual([]);
});

describe("turns", () => {
  const items = ["a", "b", "c", "d"];
  const places = (rounds: number, item: string) =>
    Array.from({ length: rounds }, (_, round) => turnsOf(items, round).indexOf(item));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

  test("forwards and backwards, then from another one on", () => {
    const rounds = Array.from({ length: 5 }, (_, round) => turnsOf(items, round).join(""));
    expect(rounds).toEqual(["abcd", "dcba", "bcda", "adcb", "cdab"]);
  });

  test.for(items)("a steady drift adds to %s as to all others", (item) => {
    for (const rounds of [2, 4, 14]) {
      expect(sum(places(rounds, item))).toBe((rounds * (items.length - 1)) / 2);
    }
  });

  test("each begins as often as the others", () => {
    const first = Array.from({ length: 8 }, (_, round) => turnsOf(items, round)[0]);
    expect([...first].sort()).toEqual([..."aabbccdd"]);
  });
});

describe("neighbours", () => {
  const names = asNeighbours([{ name: "new" }, ...PEERS, { name: DIRECT }]).map(({ name }) => name);

  test("all take part, unknown ones last", () => {
    expect([...names].sort()).toEqual([...PEERS.map(({ name }) => name), DIRECT, "new"].sort());
    expect(names.at(-1)).toBe("new");
  });

  test.for(["uring", "epoll"])(
    "%s comes within five turns of what its floors compare it with",
    (engine) => {
      for (const reference of [...REFERENCES, "go"]) {
        const apart = Math.abs(names.indexOf(engine) - names.indexOf(reference));
        expect(apart, reference).toBeLessThanOrEqual(5);
      }
    },
  );
});
