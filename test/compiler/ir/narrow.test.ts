// What conditions say about slots: a table of what is learnt, and that no value for which a condition holds is ever lost.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Interval, isWithin } from "../../../src/compiler/ir/interval.ts";
import type { Cond } from "../../../src/compiler/ir/ir.ts";
import { narrow } from "../../../src/compiler/ir/narrow.ts";
import { ascii, at, test as compare, math, num, oneOf, ref, wire } from "../../support/ir-build.ts";
import { arbitraryCond, truthOf } from "../../support/ir-expressions.ts";

type Learnt = Readonly<Record<number, readonly [number, number]>> | "never";

// a and b: 0..255
const [a, b] = [0, 1];
const equalsTwo: Cond = {
  kind: "equals",
  view: wire(at(0), ref(a)),
  literals: [ascii("GET"), ascii("POST")],
};
const hasAt: Cond = { kind: "has", view: wire(at(0), ref(a)), byte: 0x40 };
const isAscii: Cond = { kind: "encoding", view: wire(at(0), ref(a)), encoding: "ascii" };

const cases: readonly (readonly [string, Cond, Learnt, Learnt])[] = [
  ["a == 5", compare(a, "==", 5), { [a]: [5, 5] }, {}],
  ["a != 0", compare(a, "!=", 0), { [a]: [1, 255] }, { [a]: [0, 0] }],
  ["a < 9", compare(a, "<", 9), { [a]: [0, 8] }, { [a]: [9, 255] }],
  ["a >= 9", compare(a, ">=", 9), { [a]: [9, 255] }, { [a]: [0, 8] }],
  ["a + 7 <= 20", compare(math(a, "+", 7), "<=", 20), { [a]: [0, 13] }, { [a]: [14, 255] }],
  [
    "100 - a > 60",
    compare(math(num(100), "-", ref(a)), ">", 60),
    { [a]: [0, 39] },
    { [a]: [40, 255] },
  ],
  ["3 * a > 10", compare(math(a, "*", 3), ">", 10), { [a]: [4, 255] }, { [a]: [0, 3] }],
  ["2 * a == 7", compare(math(a, "*", 2), "==", 7), "never", {}],
  ["a << 1 >= 510", compare(math(a, "<<", 1), ">=", 510), { [a]: [255, 255] }, { [a]: [0, 254] }],
  ["a + b <= 10", compare(math(a, "+", ref(b)), "<=", 10), { [a]: [0, 10], [b]: [0, 10] }, {}],
  ["a > b", compare(a, ">", ref(b)), { [a]: [1, 255], [b]: [0, 254] }, {}],
  ["a <= 255", compare(a, "<=", 255), {}, "never"],
  ["a > 255", compare(a, ">", 255), "never", {}],
  ["1 == 2", compare(num(1), "==", 2), "never", {}],
  [
    "a > (b & 7) + 3",
    compare(a, ">", math(math(b, "&", 7), "+", 3)),
    { [a]: [4, 255] },
    { [a]: [0, 10] },
  ],
  ["(a & 7) > 7", compare(math(a, "&", 7), ">", 7), "never", {}],
  ["a in (3..5, 9)", oneOf(a, [3, 5], [9, 9]), { [a]: [3, 9] }, {}],
  ["a in (0..2, 250..255)", oneOf(a, [0, 2], [250, 255]), {}, { [a]: [3, 249] }],
  ["a in (0..2, 3..4)", oneOf(a, [0, 2], [3, 4]), { [a]: [0, 4] }, { [a]: [5, 255] }],
  ["a in (300..400)", oneOf(a, [300, 400]), "never", {}],
  ["a in (0..255)", oneOf(a, [0, 255]), {}, "never"],
  ["a in ()", oneOf(a), "never", {}],
  ["bytes[a] in (GET, POST)", equalsTwo, { [a]: [3, 4] }, {}],
  ["bytes[a] has @", hasAt, { [a]: [1, 255] }, {}],
  ["bytes[a] is ascii", isAscii, {}, {}],
  [
    "a > 3 and a < 9",
    { kind: "and", left: compare(a, ">", 3), right: compare(a, "<", 9) },
    { [a]: [4, 8] },
    {},
  ],
  [
    "a > 9 and a < 3",
    { kind: "and", left: compare(a, ">", 9), right: compare(a, "<", 3) },
    "never",
    {},
  ],
  [
    "a < 3 or a < 9",
    { kind: "or", left: compare(a, "<", 3), right: compare(a, "<", 9) },
    { [a]: [0, 8] },
    { [a]: [9, 255] },
  ],
  [
    "a < 3 or b < 9",
    { kind: "or", left: compare(a, "<", 3), right: compare(b, "<", 9) },
    {},
    { [a]: [3, 255], [b]: [9, 255] },
  ],
  [
    "a > 255 or b == 1",
    { kind: "or", left: compare(a, ">", 255), right: compare(b, "==", 1) },
    { [b]: [1, 1] },
    {},
  ],
  ["not a < 3", { kind: "not", operand: compare(a, "<", 3) }, { [a]: [3, 255] }, { [a]: [0, 2] }],
  ["true", { kind: "true" }, {}, "never"],
];

test.for(cases)("%s", ([, condition, whenTrue, whenFalse]) => {
  expect(learnt(condition, true)).toEqual(whenTrue);
  expect(learnt(condition, false)).toEqual(whenFalse);
});

test("what narrows is never unsound: values with that outcome stay inside", () => {
  const value = fc.integer({ min: -4, max: 70 });
  const box = fc.array(fc.tuple(value, value, value), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(arbitraryCond(3), box, (condition, triples) => {
      const sorted = triples.map((triple) => triple.toSorted((left, right) => left - right));
      const intervals = sorted.map(([lo, , hi]): Interval => ({ lo: lo ?? 0, hi: hi ?? 0 }));
      const values = sorted.map(([, middle]) => middle ?? 0);
      const outcome = truthOf(condition, values);
      fc.pre(outcome !== null);
      const narrowed = narrow(condition, outcome, (slot) => intervals[slot] ?? { lo: 0, hi: 0 });
      expect(narrowed.isPossible).toBe(true);
      for (const [slot, interval] of narrowed.slots) {
        const [inside, before] = [values[slot] ?? NaN, intervals[slot] ?? { lo: 0, hi: 0 }];
        expect(isWithin({ lo: inside, hi: inside }, interval)).toBe(true);
        expect(isWithin(interval, before)).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});

function learnt(condition: Cond, outcome: boolean): Learnt {
  const narrowed = narrow(condition, outcome, () => ({ lo: 0, hi: 255 }));
  if (!narrowed.isPossible) return "never";
  return Object.fromEntries([...narrowed.slots].map(([slot, { lo, hi }]) => [slot, [lo, hi]]));
}
