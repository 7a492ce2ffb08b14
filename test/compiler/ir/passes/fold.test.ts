// What partial evaluation decides, and what it must leave alone.
import { describe, expect, test } from "vitest";
import type { Cond, Expr, Op } from "../../../../src/compiler/ir/ir.ts";
import { fold } from "../../../../src/compiler/ir/passes/fold.ts";
import {
  ascii,
  at,
  awaitTo,
  bound,
  calc,
  choose,
  test as compare,
  frame,
  from,
  guard,
  load,
  math,
  num,
  oneOf,
  programOf,
  ref,
  reject,
  setKey,
  wire,
} from "../../../support/ir-build.ts";

/** Slot 0: a byte. Slot 1: always 7. Slot 2: up to 100. */
const slots = [
  { name: "byte", lo: 0, hi: 255, role: "integer" },
  { name: "seven", lo: 7, hi: 7, role: "integer" },
  { name: "end", lo: 10, hi: 100, role: "position" },
] as const;
const [byte, seven, end] = [0, 1, 2];
const last = frame(from(end));

function folded(...body: readonly Op[]): readonly Op[] {
  return fold(programOf({ slots, body: [...body, last] })).body.filter((op) => op !== last);
}

const fail: Op = { kind: "fail", fail: reject(0) };

describe("guards", () => {
  test.for<readonly [string, Cond]>([
    ["byte >= 0", compare(byte, ">=", 0)],
    ["byte < 256", compare(byte, "<", 256)],
    ["byte in 0..300", oneOf(byte, [0, 300])],
    ["7 == 3 + 4", compare(seven, "==", math(num(3), "+", 4))],
    ["true or unknown", { kind: "or", left: { kind: "true" }, right: compare(byte, "==", 1) }],
    ["not false", { kind: "not", operand: compare(byte, ">", 255) }],
  ])("%s always holds and goes", ([, condition]) => {
    expect(folded(guard(condition, reject(0)))).toEqual([]);
  });

  test.for<readonly [string, Cond]>([
    ["byte > 255", compare(byte, ">", 255)],
    ["byte in 300..400", oneOf(byte, [300, 400])],
    ["four bytes of three", { kind: "equals", view: wire(at(0), 3), literals: [ascii("abcd")] }],
    ["7 != 7", compare(seven, "!=", 7)],
  ])("%s never holds and always fails, and nothing follows", ([, condition]) => {
    const body = fold(programOf({ slots, body: [guard(condition, reject(0)), last] })).body;
    expect(body).toEqual([fail]);
  });

  test("what depends on the bytes stays, without what is certain of it", () => {
    const both: Cond = { kind: "and", left: compare(byte, ">=", 0), right: compare(byte, "<", 9) };
    expect(folded(guard(both, reject(0)))).toEqual([guard(compare(byte, "<", 9), reject(0))]);
    expect(folded(guard(oneOf(byte, [0, 9], [300, 400]), reject(0)))).toEqual([
      guard(compare(byte, "<=", 9), reject(0)),
    ]);
  });
});

test.for<readonly [string, Expr, Expr]>([
  ["2 * 3 + 1", math(math(num(2), "*", 3), "+", 1), num(7)],
  ["byte + 0", math(byte, "+", 0), ref(byte)],
  ["1 * byte", math(num(1), "*", ref(byte)), ref(byte)],
  ["byte / 1", math(byte, "/", 1), ref(byte)],
  ["seven + byte", math(seven, "+", ref(byte)), math(num(7), "+", ref(byte))],
  ["0 - byte stays", math(num(0), "-", ref(byte)), math(num(0), "-", ref(byte))],
  ["byte & 0 is nothing", math(byte, "&", 0), num(0)],
])("%s", ([, value, expected]) => {
  expect(folded(calc(byte, value))).toEqual([calc(byte, expected)]);
});

test("a choice that is decided becomes its arm, and a loop that never runs its index", () => {
  const then = calc(byte, num(1));
  const otherwise = calc(byte, num(2));
  expect(folded(choose(compare(seven, "==", 7), [then], [otherwise]))).toEqual([then]);
  expect(folded(choose(compare(seven, "<", 7), [then], [otherwise]))).toEqual([otherwise]);
  const arms = [{ ranges: [{ lo: 5, hi: 8 }], body: [then] }];
  expect(folded({ kind: "switch", on: ref(seven), arms, else: [otherwise] })).toEqual([then]);
  const loop: Op = {
    kind: "loop",
    index: byte,
    while: compare(seven, ">", 7),
    most: 3,
    overrun: reject(0),
    advances: null,
    body: [then],
  };
  expect(folded(loop)).toEqual([calc(byte, num(0))]);
});

test("bounds are decided by what the slots may be", () => {
  expect(folded(bound(at(10), from(end), reject(0)))).toEqual([]);
  expect(folded(bound(from(end, 2), from(end, 2), reject(0)))).toEqual([]);
  expect(folded(bound(at(11), from(end), reject(0)))).toEqual([
    bound(at(11), from(end), reject(0)),
  ]);
  expect(
    fold(programOf({ slots, body: [bound(at(101), from(end), reject(0)), last] })).body,
  ).toEqual([fail]);
});

test("a need names only the places that may be the farthest", () => {
  expect(folded(awaitTo(at(5), at(5), at(10), from(end), from(end)))).toEqual([
    awaitTo(at(5), from(end)),
  ]);
  expect(folded(awaitTo(at(5), at(50), from(end)))).toEqual([awaitTo(at(5), at(50), from(end))]);
});

test("places on slots that never change are numbers", () => {
  expect(folded(load(byte, from(seven, 2), 1), setKey(0, wire(from(seven), ref(seven))))).toEqual([
    load(byte, at(9), 1),
    setKey(0, wire(at(7), 7)),
  ]);
});
