// Intervals of expressions: exact where they can be, never too small, and infinite where arithmetic may overflow.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hull,
  type Interval,
  intersect,
  intervalOfExpr,
  isEmpty,
  isExactExpr,
  isWithin,
  lowerBound,
  NOTHING,
  upperBound,
} from "../../../src/compiler/ir/interval.ts";
import type { Expr } from "../../../src/compiler/ir/ir.ts";
import { addForms, constantForm, scaleForm, slotForm } from "../../../src/compiler/ir/linear.ts";
import { math, num, ref } from "../../support/ir-build.ts";
import { arbitraryExpr, exactValue } from "../../support/ir-expressions.ts";

const max = Number.MAX_SAFE_INTEGER;
const u32 = 2 ** 32 - 1;
// a: 2..9, b: -3..4, c: 0..255, d: anything exact
const slots: readonly Interval[] = [
  { lo: 2, hi: 9 },
  { lo: -3, hi: 4 },
  { lo: 0, hi: 255 },
  { lo: -max, hi: max },
];
const [a, b, c, d] = [ref(0), ref(1), ref(2), ref(3)];

function intervalOf(slot: number): Interval {
  return slots[slot] ?? NOTHING;
}

const cases: readonly (readonly [string, Expr, number, number])[] = [
  ["a + b", math(a, "+", b), -1, 13],
  ["a - b", math(a, "-", b), -2, 12],
  ["a * b", math(a, "*", b), -27, 36],
  ["b * b", math(b, "*", b), -12, 16],
  ["c / a", math(c, "/", a), 0, 127],
  ["b / a truncates", math(b, "/", a), -1, 2],
  ["c / -2", math(c, "/", -2), -127, 0],
  ["c % a", math(c, "%", a), 0, 8],
  ["b % a", math(b, "%", a), -3, 4],
  ["b % 9 is b", math(b, "%", 9), -3, 4],
  ["17 % 5", math(num(17), "%", 5), 2, 2],
  ["c & 15", math(c, "&", 15), 0, 15],
  ["a & c", math(a, "&", c), 0, 9],
  ["a | 4", math(a, "|", 4), 4, 13],
  ["a | c", math(a, "|", c), 2, 255],
  ["6 | 9", math(num(6), "|", 9), 15, 15],
  ["c << 8", math(c, "<<", 8), 0, 65280],
  ["1 << a", math(num(1), "<<", a), 4, 512],
  ["c >> a", math(c, ">>", a), 0, 63],
  ["c >> 40", math(c, ">>", 40), 0, 0],
  ["a / b may divide by zero", math(a, "/", b), -Infinity, Infinity],
  ["a % b may divide by zero", math(a, "%", b), -Infinity, Infinity],
  ["b & 1 has a negative operand", math(b, "&", 1), -Infinity, Infinity],
  ["2^32 | 1 has too large an operand", math(num(2 ** 32), "|", 1), -Infinity, Infinity],
  ["d + 1 overflows upwards", math(d, "+", 1), -max + 1, Infinity],
  ["d - 1 overflows downwards", math(d, "-", 1), -Infinity, max - 1],
  ["d * d overflows", math(d, "*", d), -Infinity, Infinity],
  ["u32 << 30 overflows, its lower end stays exact", math(num(u32), "<<", 30), max, Infinity],
  ["2^53", num(2 ** 53), max, Infinity],
];

test.for(cases)("%s", ([, expr, lo, hi]) => {
  expect(intervalOfExpr(expr, intervalOf)).toEqual({ lo, hi });
  expect(isExactExpr(expr, intervalOf)).toBe(Number.isFinite(lo) && Number.isFinite(hi));
});

test("an overflow inside is seen though the outer step hides it", () => {
  const hidden = math(math(d, "+", 1), "%", 10);
  expect(intervalOfExpr(hidden, intervalOf).hi).toBe(9);
  expect(isExactExpr(hidden, intervalOf)).toBe(false);
});

test("the value of every exact expression lies in its interval", () => {
  const box = fc.array(
    fc
      .tuple(fc.integer({ min: -3, max: 300 }), fc.nat(40))
      .map(([lo, more]) => ({ lo, hi: lo + more })),
    { minLength: 3, maxLength: 3 },
  );
  const shares = fc.array(fc.nat(40), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(arbitraryExpr(3), box, shares, (expr, intervals, share) => {
      const values = intervals.map(({ lo, hi }, slot) => Math.min(hi, lo + (share[slot] ?? 0)));
      const known = (slot: number) => intervals[slot] ?? NOTHING;
      const interval = intervalOfExpr(expr, known);
      const value = exactValue(expr, values);
      // Where no step can overflow, this one did not; where this one did, the check must have said so.
      if (value === null) expect(isExactExpr(expr, known)).toBe(false);
      else expect(isWithin({ lo: value, hi: value }, interval)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

describe("bounds of forms", () => {
  const form = addForms(
    scaleForm(slotForm(0), 3),
    addForms(scaleForm(slotForm(1), -2), constantForm(1)),
  );

  test("take each term at its end", () => {
    expect([lowerBound(form, intervalOf), upperBound(form, intervalOf)]).toEqual([-1, 34]);
  });

  test("are infinite where a term overflows", () => {
    expect(upperBound(scaleForm(slotForm(3), 2), intervalOf)).toBe(Infinity);
    expect(lowerBound(scaleForm(slotForm(3), -2), intervalOf)).toBe(-Infinity);
  });
});

describe("sets", () => {
  const low = { lo: 0, hi: 4 };
  const high = { lo: 3, hi: 9 };
  const apart = { lo: 20, hi: 30 };

  test("hull covers both, an empty one adds nothing", () => {
    expect(hull(low, apart)).toEqual({ lo: 0, hi: 30 });
    expect(hull(NOTHING, low)).toEqual(low);
    expect(hull(low, NOTHING)).toEqual(low);
  });

  test("intersect keeps what is in both", () => {
    expect(intersect(low, high)).toEqual({ lo: 3, hi: 4 });
    expect(isEmpty(intersect(low, apart))).toBe(true);
    expect(isEmpty(low)).toBe(false);
  });

  test("the empty interval lies in every other", () => {
    expect(isWithin(NOTHING, low)).toBe(true);
    expect(isWithin(low, high)).toBe(false);
    expect(isWithin({ lo: 1, hi: 2 }, low)).toBe(true);
  });
});
