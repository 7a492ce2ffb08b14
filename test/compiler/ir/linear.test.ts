// Linear forms: what is one, what is none, and that a form has the value of its expression.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Expr } from "../../../src/compiler/ir/ir.ts";
import {
  addForms,
  constantForm,
  formOfExpr,
  formOfPosition,
  type LinearForm,
  sameForm,
  scaleForm,
  slotForm,
  subtractForms,
} from "../../../src/compiler/ir/linear.ts";
import { from, math, num, ref } from "../../support/ir-build.ts";
import { arbitraryExpr, exactValue } from "../../support/ir-expressions.ts";

const asItIs = () => undefined;

const linear: readonly (readonly [string, Expr, number, readonly (readonly [number, number])[]])[] =
  [
    ["7", num(7), 7, []],
    ["a", ref(0), 0, [[0, 1]]],
    [
      "a + b - 3",
      math(math(0, "+", ref(1)), "-", 3),
      -3,
      [
        [0, 1],
        [1, 1],
      ],
    ],
    ["a - a", math(0, "-", ref(0)), 0, []],
    ["2 * (a - 1)", math(num(2), "*", math(0, "-", 1)), -2, [[0, 2]]],
    ["(a + 1) * (3 - 1)", math(math(0, "+", 1), "*", math(num(3), "-", 1)), 2, [[0, 2]]],
    ["a << 3", math(0, "<<", 3), 0, [[0, 8]]],
    ["7 / 2 + a % 1 of constants", math(math(num(7), "/", 2), "+", math(num(7), "%", 4)), 6, []],
    ["-7 / 2 truncates", math(num(-7), "/", 2), -3, []],
    ["6 & 12 | 1", math(math(num(6), "&", 12), "|", 1), 5, []],
    ["2^32 - 1 >> 4", math(num(2 ** 32 - 1), ">>", 4), 2 ** 28 - 1, []],
    ["1 >> 40", math(num(1), ">>", 40), 0, []],
  ];

test.for(linear)("%s is linear", ([, expr, constant, terms]) => {
  const form = formOfExpr(expr, asItIs);
  expect(form).toEqual({ constant, terms: new Map(terms) });
});

const other: readonly (readonly [string, Expr])[] = [
  ["a * b", math(0, "*", ref(1))],
  ["a / 2", math(0, "/", 2)],
  ["a % 2", math(0, "%", 2)],
  ["a & 1", math(0, "&", 1)],
  ["1 << a", math(num(1), "<<", ref(0))],
  ["1 / 0", math(num(1), "/", 0)],
  ["1 % 0", math(num(1), "%", 0)],
  ["2^52 * 4", math(num(2 ** 52), "*", 4)],
  ["a * 2^52 * 4", math(math(0, "*", 2 ** 52), "*", 4)],
  ["a << 60", math(0, "<<", 60)],
];

test.for(other)("%s is not", ([, expr]) => {
  expect(formOfExpr(expr, asItIs)).toBeNull();
});

test("slots are expanded", () => {
  const expand = (slot: number) =>
    slot === 1 ? addForms(slotForm(0), constantForm(7)) : undefined;
  expect(formOfPosition(from(1, -7), expand)).toEqual(slotForm(0));
  expect(formOfExpr(math(1, "-", ref(0)), expand)).toEqual(constantForm(7));
  expect(formOfPosition({ base: null, offset: 4 }, expand)).toEqual(constantForm(4));
});

test("forms are canonical, so equal ones are the same", () => {
  const [a, b] = [slotForm(0), slotForm(1)];
  expect(sameForm(addForms(a, b), addForms(b, a))).toBe(true);
  expect(sameForm(subtractForms(a, a), constantForm(0))).toBe(true);
  expect(sameForm(scaleForm(a, 0), constantForm(0))).toBe(true);
  expect(sameForm(scaleForm(constantForm(0), -1), constantForm(0))).toBe(true);
  expect(Object.is(scaleForm(constantForm(0), -1).constant, 0)).toBe(true);
  expect(sameForm(a, b)).toBe(false);
  expect(sameForm(a, scaleForm(a, 2))).toBe(false);
  expect(sameForm(a, addForms(a, constantForm(1)))).toBe(false);
});

test("a form has the value of its expression", () => {
  const values = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(arbitraryExpr(3), values, (expr, slots) => {
      const form = formOfExpr(expr, asItIs);
      const value = exactValue(expr, slots);
      fc.pre(form !== null && value !== null);
      expect(valueOfForm(form, slots)).toBe(value);
    }),
  );
});

function valueOfForm(form: LinearForm, slots: readonly number[]): number {
  return [...form.terms].reduce(
    (sum, [slot, factor]) => sum + factor * (slots[slot] ?? 0),
    form.constant,
  );
}
