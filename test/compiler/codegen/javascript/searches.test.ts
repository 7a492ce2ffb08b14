// Operations that run out of bytes, generated against interpreted: delimiters, variable-length integers, the frame's
// beginning; from the start each time and resumed.
import fc from "fast-check";
import { describe, test } from "vitest";
import type { Op, Program } from "../../../../src/compiler/ir/ir.ts";
import {
  ascii,
  at,
  awaitTo,
  calc,
  falseStart,
  from,
  load,
  math,
  num,
  open,
  ref,
  reject,
  rest,
} from "../../../support/ir-build.ts";
import { openProgram, shownSlot, textFrame, textProgram } from "../../../support/op-programs.ts";
import { expectSameVerdicts } from "../../../support/same-verdicts.ts";

type Varint = Extract<Op, { kind: "varint" }>;

function bytesFrom(alphabet: readonly (string | number)[], maxLength: number) {
  const pieces = alphabet.map((each) =>
    typeof each === "string" ? ascii(each) : Uint8Array.of(each),
  );
  return fc
    .array(fc.constantFrom(...pieces), { maxLength })
    .map((list) => Uint8Array.from(Buffer.concat(list)));
}

const markSets: readonly (readonly string[])[] = [
  ["\n"],
  [";"],
  ["\r\n"],
  ["aab"],
  ["\r\n\r\n"],
  ["\r\n", "\n"],
  [" ", "\r\n"],
  ["abcd", "bc"],
  ["abcabd", "ca", "x"],
  ["0123456789abcdefgh"],
];
const markBytes = ["\r", "\n", "\r\n", ";", "a", "b", "c", "d", " ", "x", "0123456789abcdefg", "h"];

describe("resumed", () => {
  test.for(markSets.flatMap((marks) => [0, 3, 40].map((max) => [marks, max] as const)))(
    "scan for %j within %i",
    ([marks, max]) => {
      expectSameVerdicts(scanProgram(marks, max), bytesFrom(markBytes, 50));
    },
  );

  test.for(markSets)("scan for %j from a place that may lie ahead", (marks) => {
    const program = openProgram(
      (slots) => {
        const skip = slots.integer("skip", 0, 255);
        const place = slots.position("place", 300);
        const [found, next] = [slots.position("found", 400), slots.position("next", 400)];
        const floor = from(place, 9);
        return {
          ops: [
            awaitTo(at(1)),
            load(skip, at(0), 1),
            calc(place, math(math(skip, "%", 5), "+", 1)),
            scan({ marks, from: from(place), max: 6, found, next, need: rest(1, floor) }),
          ],
          shown: [skip, found, next].map(shownSlot),
          end: next,
        };
      },
      { resume: "state" },
    );
    expectSameVerdicts(program, bytesFrom([...markBytes, 3, 4], 24));
  });

  test("a scan that begins where it stores what it finds", () => {
    const program = openProgram(
      (slots) => {
        const index = slots.integer("index", 0, 9);
        const place = slots.position("place", 400);
        const next = slots.position("next", 400);
        const body = [
          scan({ marks: [","], from: from(place), max: 9, found: place, next, need: rest(0) }),
          calc(place, math(place, "+", 1)),
        ];
        return {
          ops: [
            calc(place, num(0)),
            calc(next, num(1)),
            {
              kind: "loop",
              index,
              while: { kind: "true" },
              most: 9,
              overrun: reject(1, from(place)),
              advances: place,
              body: [
                ...body,
                {
                  kind: "if",
                  condition: { kind: "compare", operator: "==", left: ref(index), right: num(4) },
                  then: [{ kind: "leave" }],
                  else: [],
                },
              ],
            },
          ],
          shown: [place, index].map(shownSlot),
          end: next,
        };
      },
      { resume: "state" },
    );
    expectSameVerdicts(program, bytesFrom([",", "a", "bc"], 20));
  });

  const everyVarint = varints().flatMap((each) =>
    (["restart", "state"] as const).map((resume) => [...each, resume] as const),
  );
  test.for(everyVarint)("%s of %i bytes, up to %i, %s", ([encoding, most, hi, resume]) => {
    const program = openProgram(
      (slots) => {
        const slot = slots.integer("value", 0, hi);
        const next = slots.position("next", 300);
        const op: Varint = {
          kind: "varint",
          encoding,
          slot,
          next,
          at: at(0),
          most,
          fail: reject(0),
          extent: { kind: "suspend", need: rest(2, at(4)) },
        };
        return { ops: [op, awaitTo(from(next))], shown: [shownSlot(slot)], end: next };
      },
      { resume },
    );
    expectSameVerdicts(program, varintBytes);
  });
});

const varintBytes = fc.oneof(
  bytesFrom([0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff], 12),
  fc.uint8Array({ maxLength: 12 }),
);

function varints() {
  const his = [100, 2 ** 28 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const mosts = { varint: [1, 4, 5, 10], vlq: [1, 4, 9], ber: [1, 3, 5], lenenc: [1, 3, 4, 9] };
  return (["varint", "vlq", "ber", "lenenc"] as const).flatMap((encoding) =>
    mosts[encoding].flatMap((most) => his.map((hi) => [encoding, most, hi] as const)),
  );
}

function scan(parts: {
  readonly marks: readonly string[];
  readonly from: ReturnType<typeof from>;
  readonly max: number;
  readonly found: number;
  readonly next: number;
  readonly need: ReturnType<typeof rest>;
}): Op {
  const { marks, need, ...more } = parts;
  return {
    kind: "scan",
    marks: marks.map(ascii),
    fail: reject(0, parts.from),
    extent: { kind: "suspend", need },
    ...more,
  };
}

function scanProgram(marks: readonly string[], max: number): Program {
  return openProgram(
    (slots) => {
      const [found, next] = [slots.position("found", 200), slots.position("next", 200)];
      return {
        ops: [scan({ marks, from: at(0), max, found, next, need: rest(0) })],
        shown: [shownSlot(found)],
        end: next,
      };
    },
    { resume: "state" },
  );
}

describe("within a window", () => {
  test.for(markSets.flatMap((marks) => [0, 4, 300].map((max) => [marks, max] as const)))(
    "scan for %j within %i",
    ([marks, max]) => {
      const program = textProgram((slots) => {
        const [found, next] = [slots.position("found", 300), slots.position("next", 300)];
        const end = from(slots.all.findIndex(({ name }) => name === "size"));
        const op: Op = {
          kind: "scan",
          marks: marks.map(ascii),
          from: at(1),
          max,
          found,
          next,
          fail: reject(0, at(1)),
          extent: { kind: "window", end },
        };
        return { ops: [op], shown: [found, next].map(shownSlot) };
      });
      expectSameVerdicts(program, bytesFrom(markBytes, 30).map(textFrame));
    },
  );

  test.for(varints())("%s of %i bytes, up to %i", ([encoding, most, hi]) => {
    const program = textProgram((slots) => {
      const slot = slots.integer("value", 0, hi);
      const next = slots.position("next", 300);
      const end = from(slots.all.findIndex(({ name }) => name === "size"));
      const op: Varint = {
        kind: "varint",
        encoding,
        slot,
        next,
        at: at(1),
        most,
        fail: reject(0),
        extent: { kind: "window", end, short: reject(1, end) },
      };
      return { ops: [op], shown: [slot, next].map(shownSlot) };
    });
    expectSameVerdicts(program, varintBytes.map(textFrame));
  });
});

describe("the frame's beginning", () => {
  const openings: readonly (readonly [string, Op])[] = [
    ["one byte", open("*", 6)],
    ["two bytes", open("##", 6)],
    ["bytes that overlap themselves", open("aab", 6)],
    ["at connection", open("*", 6, { atConnection: true, fail: reject(1) })],
    ["no resync", open("##", 6, { fail: reject(1) })],
    ["resync", open("##", 6, { fail: falseStart(1) })],
    ["ignored bytes", open("*", 6, { ignore: [ascii("\0"), ascii("\r\n")] })],
    [
      "ignored bytes that begin like the mark",
      open("ab", 2, { ignore: [ascii("ax"), ascii("a")] }),
    ],
    ["ignored bytes that the mark begins", open("a", 1, { ignore: [ascii("aab"), ascii("b")] })],
    ["ignored bytes without a mark", open(null, 3, { ignore: [ascii("\r\n"), ascii("x")] })],
    ["a long mark", open("0123456789abcdefgh", 18)],
  ];

  test.for(openings)("%s", ([, opening]) => {
    const program = openProgram((slots) => {
      const end = slots.position("end", 19);
      return {
        ops: [opening, awaitTo(at(19)), calc(end, num(19))],
        shown: [],
        end,
      };
    });
    const input = bytesFrom(
      ["*", "#", "##", "a", "ab", "b", "x", "\0", "\r", "\n", "0123456789abcdef", "gh"],
      24,
    );
    expectSameVerdicts(program, input);
  });
});
