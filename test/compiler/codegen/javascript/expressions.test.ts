// Arithmetic of any shape, generated against interpreted: exact integers up to 2^53 − 1 in magnitude.
import fc from "fast-check";
import { describe, test } from "vitest";
import {
  type Interval,
  intervalOfExpr,
  isExactExpr,
} from "../../../../src/compiler/ir/interval.ts";
import type { Cond, Expr, Op } from "../../../../src/compiler/ir/ir.ts";
import { at, calc, guard, load, ref, reject } from "../../../support/ir-build.ts";
import { shownSlot, textFrame, textProgram } from "../../../support/op-programs.ts";
import { expectSameVerdicts } from "../../../support/same-verdicts.ts";

const operators = ["+", "-", "*", "/", "%", "&", "|", "<<", ">>"] as const;
const comparisons = ["==", "!=", "<", "<=", ">", ">="] as const;

/** Slots 2 to 5 of a `textProgram`: what the text's bytes give. */
const loads: readonly (readonly [bytes: number, signed: boolean, lo: number, hi: number])[] = [
  [1, false, 0, 255],
  [2, true, -32768, 32767],
  [4, false, 0, 2 ** 32 - 1],
  [6, true, -(2 ** 47), 2 ** 47 - 1],
];
const firstSlot = 2;
const intervals: readonly Interval[] = loads.map(([, , lo, hi]) => ({ lo, hi }));

const leaf: fc.Arbitrary<Expr> = fc.oneof(
  fc
    .constantFrom(0, 1, 2, 3, 7, 8, 31, 32, 255, 65535, 2 ** 31, 2 ** 32 - 1, -1, -5)
    .map((value): Expr => ({ kind: "const", value })),
  fc.nat(loads.length - 1).map((index): Expr => ref(firstSlot + index)),
);

const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc
      .record({
        kind: fc.constant("binary" as const),
        operator: fc.constantFrom(...operators),
        left: tie("expr"),
        right: tie("expr"),
      })
      .map((each) => each satisfies Expr),
  ),
}));

const exactExpr = expr.filter((each) => isExactExpr(each, intervalOf));

function intervalOf(slot: number): Interval {
  return intervals[slot - firstSlot] ?? { lo: 0, hi: 255 };
}

const corners = fc.constantFrom(0, 1, 2, 5, 0x7f, 0x80, 0xfe, 0xff);
const inputs = fc
  .array(corners, { minLength: 13, maxLength: 13 })
  .map((bytes) => textFrame(Uint8Array.from(bytes)));

function expectSame(made: (slot: number) => readonly Op[], result: Interval): void {
  const program = textProgram((slots, text) => {
    let place = 1;
    const reads: Op[] = [guard(longEnough(text.length), reject(1))];
    for (const [index, [bytes, signed, lo, hi]] of loads.entries()) {
      const slot = slots.integer(`value${index}`, lo, hi);
      reads.push(load(slot, at(place), bytes, { signed }));
      place += bytes;
    }
    const slot = slots.integer("result", result.lo, result.hi);
    return { ops: [...reads, ...made(slot)], shown: [shownSlot(slot)] };
  });
  expectSameVerdicts(program, inputs, { numRuns: 10 });
}

function longEnough(length: Expr): Cond {
  return { kind: "compare", operator: ">=", left: length, right: { kind: "const", value: 13 } };
}

describe("expressions", () => {
  test("of any shape have the interpreter's value", () => {
    fc.assert(
      fc.property(exactExpr, (value) => {
        expectSame((slot) => [calc(slot, value)], intervalOfExpr(value, intervalOf));
      }),
      { numRuns: 300 },
    );
  });

  test("compare alike", () => {
    fc.assert(
      fc.property(
        exactExpr,
        fc.constantFrom(...comparisons),
        exactExpr,
        (left, operator, right) => {
          const condition: Cond = { kind: "compare", operator, left, right };
          const one: Op = { kind: "calc", slot: 0, value: { kind: "const", value: 1 } };
          const zero: Op = { kind: "calc", slot: 0, value: { kind: "const", value: 0 } };
          expectSame(
            (slot) => [
              { kind: "if", condition, then: [{ ...one, slot }], else: [{ ...zero, slot }] },
            ],
            { lo: 0, hi: 1 },
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
