// What a resumed call must find again: integers wider than a word, negative ones, loops and choices that it
// stopped within.
import fc from "fast-check";
import { describe, test } from "vitest";
import type { Op } from "../../../../src/compiler/ir/ir.ts";
import {
  ascii,
  at,
  awaitTo,
  calc,
  choose,
  test as compare,
  from,
  guard,
  load,
  math,
  num,
  oneOf,
  ref,
  reject,
  rest,
  setKey,
  wire,
} from "../../../support/ir-build.ts";
import { openProgram, shownSlot } from "../../../support/op-programs.ts";
import { expectSameVerdicts } from "../../../support/same-verdicts.ts";

const resume = "state";
const anyBytes = fc.uint8Array({ maxLength: 40 });

function line(parts: {
  readonly start: ReturnType<typeof at>;
  readonly max: number;
  readonly found: number;
  readonly next: number;
}): Op {
  const { start, ...more } = parts;
  return {
    kind: "scan",
    marks: [ascii("\n")],
    from: start,
    fail: reject(0, start),
    extent: { kind: "suspend", need: rest(0) },
    ...more,
  };
}

/** Every width of integer, read before a search and shown behind it. */
function widthsProgram() {
  return openProgram(
    (slots) => {
      const [found, next] = [slots.position("found", 99), slots.position("next", 99)];
      const small = slots.integer("small", -(2 ** 15), 2 ** 15 - 1);
      const word = slots.integer("word", 0, 2 ** 32 - 1);
      const wide = slots.integer("wide", 0, 2 ** 48 - 1);
      const signed = slots.integer("signed", -(2 ** 47), 2 ** 47 - 1);
      return {
        ops: [
          awaitTo(at(18)),
          load(small, at(0), 2, { signed: true }),
          load(word, at(2), 4),
          load(wide, at(6), 6),
          load(signed, at(12), 6, { signed: true }),
          line({ start: at(18), max: 50, found, next }),
        ],
        shown: [small, word, wide, signed].map(shownSlot),
        end: next,
      };
    },
    { resume },
  );
}

test("integers of every width", () => {
  const corner = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff);
  const head = fc.array(corner, { minLength: 18, maxLength: 18 });
  const inputs = fc
    .tuple(head, fc.nat(6))
    .map(([bytes, more]) => Uint8Array.from([...bytes, ...Array<number>(more).fill(0x61), 0x0a]));
  expectSameVerdicts(widthsProgram(), inputs);
});

/** Elements of different kinds, each of which may run out of bytes; one ends the list. */
function elementsProgram() {
  return openProgram(
    (slots) => {
      const index = slots.integer("index", 0, 5);
      const place = slots.position("place", 2000);
      const tag = slots.integer("tag", 0, 255);
      const sum = slots.integer("sum", 0, 10_000);
      const [found, next] = [slots.position("found", 2000), slots.position("next", 2000)];
      const body: readonly Op[] = [
        awaitTo(from(place, 1)),
        load(tag, from(place), 1),
        calc(place, math(place, "+", 1)),
        {
          kind: "switch",
          on: ref(tag),
          arms: [
            { ranges: [{ lo: 0, hi: 0 }], body: [{ kind: "leave" }] },
            {
              ranges: [
                { lo: 1, hi: 9 },
                { lo: 20, hi: 20 },
              ],
              body: [
                awaitTo(from(place, 3)),
                calc(place, math(place, "+", 3)),
                calc(sum, math(sum, "+", ref(tag))),
              ],
            },
            {
              ranges: [{ lo: 0x61, hi: 0x7a }],
              body: [
                line({ start: from(place), max: 20, found, next }),
                choose(compare(tag, "==", 0x78), [{ kind: "leave" }], []),
                calc(place, ref(next)),
              ],
            },
          ],
          else: [
            choose(oneOf(tag, [200, 255]), [{ kind: "fail", fail: reject(2, from(place)) }], []),
          ],
        },
        guard(compare(sum, "<", 40), reject(1, from(place))),
      ];
      return {
        ops: [
          calc(place, num(0)),
          calc(sum, num(0)),
          calc(next, num(1)),
          {
            kind: "loop",
            index,
            while: { kind: "true" },
            most: 5,
            overrun: reject(0, from(place)),
            advances: place,
            body: [guard(compare(place, "<=", 1000), reject(0)), ...body],
          },
          awaitTo(from(place, 1)),
        ],
        shown: [index, sum, next].map(shownSlot),
        end: place,
      };
    },
    { resume },
  );
}

describe("a loop that suspends", () => {
  const pieces = [[0], [1, 7, 7, 7], [20, 1, 1, 1], [0x61, 0x62, 0x0a], [0x78, 0x0a], [50], [210]];
  const inputs = fc
    .array(fc.constantFrom(...pieces), { maxLength: 7 })
    .map((list) => Uint8Array.from(list.flat()));

  test("goes on in the round, the arm and the search where it stopped", () => {
    // That each round advances is beyond the verifier here; the interpreter asserts it.
    const options = { isVerified: false };
    expectSameVerdicts(elementsProgram(), fc.oneof(inputs, anyBytes), options);
  });
});

describe("loops and choices that run to their end", () => {
  test("a leave inside of a switch ends the loop", () => {
    const program = openProgram(
      (slots) => {
        const index = slots.integer("index", 0, 8);
        const byte = slots.integer("octet", 0, 255);
        const place = slots.position("place", 8);
        const sum = slots.integer("sum", 0, 9_999);
        const arm = (lo: number, hi: number, ...body: readonly Op[]) => ({
          ranges: [{ lo, hi }],
          body,
        });
        return {
          ops: [
            awaitTo(at(8)),
            calc(place, num(0)),
            calc(sum, num(0)),
            {
              kind: "loop",
              index,
              while: compare(place, "<", 8),
              most: 8,
              overrun: reject(0),
              advances: place,
              body: [
                guard(compare(sum, "<", 900), reject(0)),
                load(byte, from(place), 1),
                {
                  kind: "switch",
                  on: ref(byte),
                  arms: [
                    arm(0, 3, { kind: "leave" }),
                    arm(4, 9, calc(sum, math(sum, "+", 1))),
                    arm(10, 60, calc(sum, math(sum, "+", 10))),
                    arm(61, 70, { kind: "fail", fail: reject(1, from(place)) }),
                  ],
                  else: [calc(sum, math(sum, "+", 100))],
                },
                calc(place, math(place, "+", 1)),
              ],
            },
            calc(place, num(8)),
            setKey(0, wire(at(2), 3)),
          ],
          shown: [],
          end: place,
        };
      },
      {
        keys: [
          {
            name: "part",
            type: "text",
            minBytes: 0,
            maxBytes: 3,
            maxNumber: 0,
            mayBeMissing: false,
          },
        ],
      },
    );
    const inputs = fc.array(fc.constantFrom(0, 4, 9, 10, 60, 61, 200), {
      minLength: 8,
      maxLength: 8,
    });
    expectSameVerdicts(
      program,
      inputs.map((list) => Uint8Array.from(list)),
    );
  });
});
