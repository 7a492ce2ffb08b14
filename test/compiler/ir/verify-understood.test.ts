// Programs that hold for a reason that takes some arithmetic to see: the verifier must see it.
import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/compiler/ir/ir.ts";
import { verifyProgram } from "../../../src/compiler/ir/verify.ts";
import {
  ascii,
  at,
  awaitTo,
  calc,
  choose,
  test as compare,
  createSlots,
  frame,
  from,
  guard,
  load,
  math,
  num,
  programOf,
  reason,
  ref,
  reject,
  wire,
} from "../../support/ir-build.ts";

const leave: Op = { kind: "leave" };

describe("what it understands", () => {
  const slots = createSlots();
  const size = slots.integer("size", 0, 65535);
  const count = slots.integer("count", 0, 70000);
  const end = slots.position("end", 70000);
  const pos = slots.position("pos", 70000);
  const index = slots.integer("i", 0, 100);
  const value = slots.integer("value", 0, 255);
  const header: readonly Op[] = [
    awaitTo(at(2)),
    load(size, at(0), 2),
    calc(end, math(size, "+", 2)),
    awaitTo(from(end)),
  ];
  const loop = (condition: ReturnType<typeof compare>, body: readonly Op[]): Op => ({
    kind: "loop",
    index,
    while: condition,
    most: 100,
    overrun: reject(0),
    advances: pos,
    body,
  });

  test.for<readonly [string, readonly Op[]]>([
    [
      "half of a size counts pairs",
      [
        ...header,
        calc(count, math(size, "/", 2)),
        guard(compare(count, ">", 0), reject(0)),
        load(value, at(3), 1),
        guard(compare(math(math(count, "*", 2), "+", 2), "<=", ref(end)), reject(0)),
        frame(from(end)),
      ],
    ],
    [
      "the last of so many records, by arithmetic alone",
      [
        ...header,
        calc(count, math(size, "/", 4)),
        guard(compare(count, ">=", 1), reject(0)),
        calc(pos, math(math(count, "*", 4), "+", 2)),
        load(value, from(pos, -1), 1),
        frame(from(end)),
      ],
    ],
    [
      "padding",
      [
        ...header,
        calc(pos, math(end, "+", math(math(num(4), "-", math(end, "%", 4)), "%", 4))),
        awaitTo(from(pos)),
        load(value, from(end, -1), 1),
        frame(from(pos)),
      ],
    ],
    [
      "a loop that is left in the middle",
      [
        ...header,
        calc(pos, num(2)),
        loop(compare(pos, "<", ref(end)), [
          load(value, from(pos), 1),
          choose(compare(value, "==", 0), [leave], []),
          calc(pos, math(pos, "+", 1)),
        ]),
        frame(from(pos)),
      ],
    ],
    [
      "a loop in a loop",
      [
        ...header,
        calc(pos, num(2)),
        loop(compare(pos, "<", ref(end)), [
          calc(count, ref(end)),
          {
            kind: "loop",
            index: value,
            while: compare(pos, "<", ref(count)),
            most: 9,
            overrun: reject(0),
            advances: null,
            body: [load(size, from(pos), 1), calc(pos, math(pos, "+", 1))],
          },
          choose(compare(pos, "<", ref(end)), [calc(pos, math(pos, "+", 1))], [leave]),
        ]),
        frame(from(pos)),
      ],
    ],
    [
      "a position that differs by arm, read behind them",
      [
        ...header,
        guard(compare(size, ">=", 8), reject(0)),
        choose(compare(size, ">", 99), [calc(pos, num(4))], [calc(pos, num(6))]),
        load(value, from(pos, 1), 1),
        frame(from(end)),
      ],
    ],
    [
      "a bound before the bytes are waited for",
      [
        awaitTo(at(2)),
        load(size, at(0), 2),
        calc(end, math(size, "+", 2)),
        load(value, at(1), 1),
        calc(pos, math(value, "+", 2)),
        { kind: "bound", to: from(pos, 4), end: from(end), fail: reject(0) },
        awaitTo(from(end)),
        load(value, from(pos, 3), 1),
        frame(from(end)),
      ],
    ],
    [
      "a right side that is looked at only where the left one holds",
      [
        ...header,
        guard(
          {
            kind: "or",
            left: compare(size, "<", 4),
            right: { kind: "has", view: wire(at(2), 4), byte: 9 },
          },
          reject(0),
        ),
        frame(from(end)),
      ],
    ],
    [
      "a view that is trimmed into its own slots",
      [
        ...header,
        calc(pos, num(2)),
        calc(count, ref(size)),
        {
          kind: "trim",
          of: wire(from(pos), ref(count)),
          side: "both",
          bytes: ascii(" "),
          offset: pos,
          length: count,
        },
        guard(compare(count, ">", 0), reject(0)),
        load(value, from(pos), 1),
        frame(from(end)),
      ],
    ],
    [
      "a delimiter in a window that begins anywhere",
      [
        ...header,
        load(value, at(0), 1),
        calc(pos, math(value, "+", 2)),
        {
          kind: "scan",
          from: from(pos),
          marks: [ascii("\r\n"), ascii("\n")],
          max: 99,
          found: count,
          next: pos,
          fail: reject(0),
          extent: { kind: "window", end: from(end) },
        },
        load(value, from(count), 1),
        load(value, from(pos, -1), 1),
        frame(from(pos)),
      ],
    ],
    [
      "an arm that cannot be taken",
      [...header, choose(compare(size, ">", 65535), [], [frame(at(2))])],
    ],
  ])("%s", ([, body]) => {
    const program = programOf({
      slots: slots.all,
      reasons: [reason("guard", "size")],
      frameMax: 70000,
      holdMax: 70000,
      body,
    });
    expect(verifyProgram(program)).toEqual([]);
  });
});
