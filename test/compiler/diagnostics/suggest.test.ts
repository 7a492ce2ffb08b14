import { expect, test } from "vitest";
import { editDistance, suggest } from "../../../src/compiler/diagnostics/suggest.ts";

test.for([
  ["", "", 0],
  ["abc", "abc", 0],
  ["abc", "abd", 1],
  ["abc", "ab", 1],
  ["abc", "xabc", 1],
  ["lenght", "length", 1], // neighbours swapped
  ["kitten", "sitting", 3],
  ["", "abc", 3],
] as const)("editDistance(%j, %j) is %d", ([left, right, distance]) => {
  expect(editDistance(left, right)).toBe(distance);
  expect(editDistance(right, left)).toBe(distance);
});

test.for<[string, string[], string | undefined]>([
  ["lenght", ["width", "length", "left"], "length"],
  ["Station", ["station"], "station"],
  ["x", ["y"], "y"],
  ["x", ["yz"], undefined],
  ["id", ["of", "in", "index"], "in"],
  ["temperature", ["station"], undefined],
  ["length", ["length"], undefined], // the name itself is no mend
  ["a".repeat(65), ["a".repeat(64)], undefined],
  ["name", [], undefined],
])("suggest(%j, %j)", ([name, candidates, nearest]) => {
  expect(suggest(name, candidates)).toBe(nearest);
});
