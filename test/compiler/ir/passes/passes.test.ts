// What is removed, what outlives a suspension, where a program may be entered again, and what is known to be present.
import { describe, expect, test } from "vitest";
import type { Op, Slot } from "../../../../src/compiler/ir/ir.ts";
import {
  everyOp,
  isSuspending,
  slotsRead,
  slotsSet,
} from "../../../../src/compiler/ir/passes/access.ts";
import { liveAtSuspensions } from "../../../../src/compiler/ir/passes/live-slots.ts";
import { searchesWithinPresent } from "../../../../src/compiler/ir/passes/present-bytes.ts";
import { removeUnused } from "../../../../src/compiler/ir/passes/remove-unused.ts";
import { hasJumps, segmentsOf } from "../../../../src/compiler/ir/passes/segments.ts";
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
  ref,
  reject,
  rest,
} from "../../../support/ir-build.ts";
import { samplePrograms } from "../../../support/ir-samples.ts";

const slots = createSlots();
const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => slots.integer(name, 0, 255));
const [found, next, place] = ["found", "next", "place"].map((name) => slots.position(name, 500));

function slot(index: Slot | undefined): Slot {
  if (index === undefined) throw new Error("no slot");
  return index;
}

function scan(start: ReturnType<typeof at>): Op {
  return {
    kind: "scan",
    marks: [ascii("\n")],
    from: start,
    max: 9,
    found: slot(found),
    next: slot(next),
    fail: reject(0),
    extent: { kind: "suspend", need: rest(0) },
  };
}

describe("removeUnused", () => {
  const kept = (...body: readonly Op[]) => removeUnused(programOf({ slots: slots.all, body })).body;

  test("what nobody reads goes, with what only that read", () => {
    const body = [
      awaitTo(at(4)),
      load(slot(a), at(0), 1),
      load(slot(b), at(1), 1),
      calc(slot(c), math(slot(b), "+", 1)),
      guard(compare(slot(a), "==", 1), reject(0)),
      frame(at(4)),
    ];
    expect(kept(...body)).toEqual([body[0], body[1], body[4], body[5]]);
  });

  test("what may refuse stays, read or not", () => {
    const wide: Op = { ...load(slot(a), at(0), 8), overflow: reject(0) } as Op;
    const digits: Op = {
      kind: "digits",
      slot: slot(b),
      view: { source: "wire", at: at(0), length: num(2) },
      base: "dec",
      filler: null,
      fail: reject(0),
    };
    const body = [awaitTo(at(8)), wide, digits, scan(at(8)), frame(from(slot(next)))];
    expect(kept(...body)).toEqual(body);
  });

  test("a choice goes with the last of its arms' operations", () => {
    const idle = choose(compare(slot(a), "==", 1), [calc(slot(b), num(1))], []);
    const body = [awaitTo(at(1)), load(slot(a), at(0), 1), idle, frame(at(1))];
    expect(kept(...body)).toEqual([body[0], body[3]]);
  });
});

describe("liveAtSuspensions", () => {
  const liveOf = (body: readonly Op[], op: Op) =>
    [...(liveAtSuspensions(body).get(op as never) ?? [])].sort((x, y) => x - y);

  test("what is read behind lives; what is set again first does not", () => {
    const wait = awaitTo(at(9));
    const body = [
      load(slot(a), at(0), 1),
      load(slot(b), at(1), 1),
      wait,
      load(slot(b), at(2), 1),
      guard(compare(slot(a), "==", ref(slot(b))), reject(0)),
      frame(at(9)),
    ];
    expect(liveOf(body, wait)).toEqual([a]);
  });

  test("what a suspension itself reads lives", () => {
    const wait = awaitTo(from(slot(place), 2));
    expect(liveOf([calc(slot(place), num(3)), wait, frame(at(9))], wait)).toEqual([place]);
  });

  test("what one of two arms reads lives, and what a failure names", () => {
    const wait = awaitTo(at(9));
    const arms = choose(
      compare(slot(a), "==", 1),
      [guard(compare(slot(b), "==", 1), reject(0, from(slot(place))))],
      [frame(at(9))],
    );
    expect(liveOf([wait, arms, frame(at(9))], wait)).toEqual([a, b, place]);
  });

  test("what the next round or the loop's end reads lives within it", () => {
    const wait = awaitTo(from(slot(place), 1));
    const loop: Op = {
      kind: "loop",
      index: slot(c),
      while: compare(slot(c), "<", ref(slot(a))),
      most: 5,
      overrun: reject(0),
      advances: slot(place),
      body: [
        wait,
        load(slot(b), from(slot(place)), 1),
        choose(compare(slot(b), "==", 0), [{ kind: "leave" }], []),
        calc(slot(place), math(slot(place), "+", 1)),
      ],
    };
    const body = [loop, guard(compare(slot(d), "==", 1), reject(0)), frame(from(slot(place)))];
    expect(liveOf(body, wait)).toEqual([a, c, d, place]);
  });
});

describe("segmentsOf", () => {
  test("sequential waits fall through, without a jump", () => {
    const segments = segmentsOf([
      awaitTo(at(1)),
      load(slot(a), at(0), 1),
      awaitTo(at(2)),
      frame(at(2)),
    ]);
    expect(segments.map(({ steps }) => steps.map(({ kind }) => kind))).toEqual([
      ["suspend", "run"],
      ["suspend", "run"],
    ]);
    expect(hasJumps(segments)).toBe(false);
  });

  test("a scan is prepared before the state that it resumes", () => {
    const segments = segmentsOf([scan(at(0)), frame(at(2))]);
    expect(segments.map(({ steps }) => steps.map(({ kind }) => kind))).toEqual([
      ["prepare"],
      ["suspend", "run"],
    ]);
  });

  test("an arm that suspends is jumped over and joined behind", () => {
    const segments = segmentsOf([
      choose(compare(slot(a), "==", 1), [awaitTo(at(5))], [awaitTo(at(6))]),
      frame(at(6)),
    ]);
    const steps = segments.map((segment) => segment.steps);
    expect(steps.map((list) => list.map(({ kind }) => kind))).toEqual([
      ["unless"],
      ["suspend", "jump"],
      ["suspend"],
      ["run"],
    ]);
    expect(steps[0]?.[0]).toMatchObject({ kind: "unless", to: { segment: 2 } });
    expect(steps[1]?.[1]).toMatchObject({ kind: "jump", to: { segment: 3 } });
  });

  test("a choice that runs to its end stays nested", () => {
    const segments = segmentsOf([
      choose(compare(slot(a), "==", 1), [calc(slot(b), num(1))], []),
      frame(at(1)),
    ]);
    expect(segments.map(({ steps }) => steps.length)).toEqual([2]);
  });

  test.for(samplePrograms)(
    "$name: each suspension begins a segment, and is there once",
    ({ program }) => {
      const suspending = [...everyOp(program.body)].filter(isSuspending);
      const steps = segmentsOf(program.body).map((segment) => segment.steps);
      const states = steps
        .flatMap((list) => list.slice(0, 1))
        .filter((step) => step.kind === "suspend");
      expect(states.map(({ op }) => op)).toEqual(suspending);
      expect(steps.flatMap((list) => list.slice(1)).some(({ kind }) => kind === "suspend")).toBe(
        false,
      );
    },
  );
});

describe("searchesWithinPresent", () => {
  const search = scan(from(slot(place)));

  test.for<readonly [string, readonly Op[], boolean]>([
    [
      "behind what was awaited",
      [calc(slot(place), num(3)), awaitTo(from(slot(place))), search],
      true,
    ],
    ["ahead of what was awaited", [awaitTo(at(1)), search], false],
    ["at the frame's start", [scan(at(0))], true],
    ["where the one before ended", [scan(at(0)), calc(slot(place), ref(slot(next))), search], true],
    [
      "on a slot that was set again",
      [awaitTo(from(slot(place))), calc(slot(place), num(9)), search],
      false,
    ],
    ["behind a byte that was read", [load(slot(a), at(6), 2), scan(at(8))], true],
    [
      "on a slot that an arm sets",
      [
        awaitTo(from(slot(place))),
        choose(compare(slot(a), "==", 1), [calc(slot(place), num(9))], []),
        search,
      ],
      false,
    ],
  ])("%s", ([, body, isReached]) => {
    const last = body.at(-1);
    expect(last !== undefined && searchesWithinPresent(body).has(last)).toBe(isReached);
  });
});

test.for(samplePrograms)("$name: every slot that is read is set, somewhere", ({ program }) => {
  const ops = [...everyOp(program.body)];
  const set = new Set(ops.flatMap((op) => [...slotsSet(op)]));
  const read = ops.flatMap((op) => [...slotsRead(op)]);
  expect(read.filter((index) => !set.has(index))).toEqual([]);
});
