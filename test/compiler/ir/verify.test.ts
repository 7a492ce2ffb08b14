// The verifier: good programs pass, each way of breaking one is reported, and what it lets pass never fails an assertion
// of the interpreter.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { interpretStream } from "../../../src/compiler/ir/interpret/stream.ts";
import type { Op, Program } from "../../../src/compiler/ir/ir.ts";
import { verifyProgram } from "../../../src/compiler/ir/verify.ts";
import {
  ascii,
  at,
  awaitTo,
  calc,
  choose,
  test as compare,
  createSlots,
  falseStart,
  frame,
  from,
  guard,
  key,
  load,
  math,
  num,
  open,
  programOf,
  reason,
  ref,
  reject,
  scratch,
  setKey,
  wire,
} from "../../support/ir-build.ts";
import {
  changeNumber,
  changeOp,
  countNumbers,
  replaceOp,
  withoutOp,
} from "../../support/ir-mutate.ts";
import { httpProgram, mqttProgram, respProgram, starProgram } from "../../support/ir-programs.ts";
import { samplePrograms } from "../../support/ir-samples.ts";
import { itemsProgram, phoneProgram, proxyProgram } from "../../support/ir-walks.ts";

test.for(samplePrograms)("$name holds", ({ program }) => {
  expect(verifyProgram(program)).toEqual([]);
});

const star = starProgram();
const mqtt = mqttProgram();
const http = httpProgram();
const resp = respProgram();
const items = itemsProgram();
const proxy = proxyProgram();
const phone = phoneProgram();

const slotOf = (program: Program, name: string) =>
  program.slots.findIndex((slot) => slot.name === name);
const withSlot = (program: Program, name: string, change: object): Program => ({
  ...program,
  slots: program.slots.map((slot) => (slot.name === name ? { ...slot, ...change } : slot)),
});
const behind = (program: Program, kind: Op["kind"], op: Op, count = 0): Program =>
  replaceOp(
    program,
    (each) => each.kind === kind,
    (each) => [each, op],
    count,
  );
const before = (program: Program, kind: Op["kind"], op: Op, count = 0): Program =>
  replaceOp(
    program,
    (each) => each.kind === kind,
    (each) => [op, each],
    count,
  );

const leave: Op = { kind: "leave" };

describe("reads", () => {
  broken([
    [
      "a header that is not waited for",
      withoutOp(star, "await"),
      /u32 big at 1: .*not proven present/,
    ],
    [
      "a frame that is not waited for",
      withoutOp(star, "await", 1),
      /frame size: .*not proven present/,
    ],
    [
      "a key behind the shortest frame",
      withoutOp(star, "guard", 1),
      /key station = .*not proven present/,
    ],
    [
      "a load one byte on",
      changeOp(star, "load", (op) => ({ ...op, at: at(2) })),
      /not proven present/,
    ],
    [
      "a field behind the frame",
      changeOp(star, "field", (op) => ({ ...op, view: wire(from(1), 1) })),
      /not proven/,
    ],
    [
      "a bound less",
      withoutOp(mqtt, "bound"),
      /nameLength = u16 big at body: .*not proven present/,
    ],
    ["another bound less", withoutOp(mqtt, "bound", 1), /not proven present/],
    [
      "a window that is not there",
      changeOp(
        mqtt,
        "varint",
        (op) => ({
          ...op,
          extent: { kind: "window", end: from(slotOf(mqtt, "end"), 1), short: reject(0) },
        }),
        1,
      ),
      /its window is not proven present/,
    ],
    ["a bound less in a walk", withoutOp(items, "bound", 1), /not proven present/],
    [
      "a checksum too far",
      changeOp(phone, "checksum", (op) => ({ ...op, to: from(slotOf(phone, "end"), 1) })),
      /not proven present/,
    ],
    [
      "a checksum that ends before it begins",
      changeOp(phone, "checksum", (op) => ({ ...op, to: at(0) })),
      /length may be negative/,
    ],
    [
      "bytes before the frame",
      changeOp(phone, "load", (op) => ({ ...op, at: from(slotOf(phone, "end"), -12) }), 1),
      /before the frame/,
    ],
    [
      "a length below 0",
      changeOp(star, "key", (op) => ({
        ...op,
        value: { kind: "view", view: wire(at(19), math(0, "-", 99)) },
      })),
      /may be negative/,
    ],
    [
      "a failure before the frame",
      changeOp(star, "guard", (op) => ({ ...op, fail: falseStart(1, at(-1)) })),
      /-1 may be negative/,
    ],
    [
      "scratch behind its end",
      changeOp(http, "key", (op) => ({
        ...op,
        value: { kind: "view", view: scratch(at(1), 255) },
      })),
      /outside of its bytes/,
    ],
    [
      "scratch that is too small",
      withoutOp(http, "guard"),
      /up to 512 bytes are written, scratch has 255/,
    ],
    [
      "a literal of scratch overwritten",
      { ...http, scratchLiterals: [{ at: 9, bytes: ascii("x") }] },
      /overwritten/,
    ],
  ]);
});

describe("slots", () => {
  broken([
    ["one that is never set", withoutOp(star, "calc"), /size is not defined on every path/],
    ["one that is set in one arm", withoutOp(mqtt, "calc", 3), /tail is not defined on every path/],
    [
      "one that is set in a loop that may not run",
      withoutOp(resp, "clear"),
      /nameFound is not defined on every path/,
    ],
    [
      "a value above its interval",
      withoutOp(star, "guard"),
      /size may be 35..4294967302, declared is 0..65536/,
    ],
    [
      "an interval that is too small",
      withSlot(star, "length", { hi: 65535 }),
      /length may be 0..4294967295/,
    ],
    [
      "a walk that leaves its interval",
      withSlot(items, "next", { hi: 1000 }),
      /next may be .*declared is 0..1000/,
    ],
    [
      "a position after a search",
      withSlot(http, "headEnd", { hi: 511 }),
      /headEnd may be 0..512, declared is 0..511/,
    ],
    [
      "arithmetic beyond 2^53",
      changeOp(star, "calc", (op) => ({ ...op, value: math(math(0, "*", 2 ** 40), "/", 2 ** 40) })),
      /may not be exact/,
    ],
    [
      "a division by what may be zero",
      changeOp(phone, "calc", (op) => ({
        ...op,
        value: math(num(1), "/", ref(slotOf(phone, "props"))),
      })),
      /may not be exact/,
    ],
    [
      "bits of what may be negative",
      changeOp(star, "calc", (op) => ({ ...op, value: math(math(0, "-", 99), "&", 7) })),
      /may not be exact/,
    ],
  ]);
});

describe("paths", () => {
  broken([
    ["no verdict", withoutOp(star, "verdict"), /a path ends without a verdict/],
    [
      "no verdict on one path",
      replaceOp(
        http,
        (op) => op.kind === "verdict",
        (op) => [choose(compare(0, ">", 9), [op], [])],
      ),
      /a path ends without a verdict/,
    ],
    ["something behind the verdict", behind(star, "verdict", leave), /leave: no path gets here/],
    ["something behind two ends", behind(star, "verdict", awaitTo(at(1))), /no path gets here/],
    [
      "a leave outside of loops",
      before(star, "verdict", choose(compare(0, ">", 99), [leave], [])),
      /no loop to leave/,
    ],
    [
      "open behind another",
      { ...star, body: [awaitTo(at(1)), ...star.body] },
      /does not stand first/,
    ],
    ["a key less", withoutOp(star, "key"), /frame size: key station is not set on every path/],
    ["a key on one path less", withoutOp(mqtt, "key", 1), /key client is not set on every path/],
    ["a key twice", behind(star, "key", setKey(0, null)), /set twice/],
    [
      "a key in a loop",
      changeOp(resp, "field", () => setKey(0, null)),
      /key 0 is set in every round/,
    ],
    [
      "a key that is longer",
      { ...star, keys: [key("station", { maxBytes: 15 })] },
      /longer than 15 bytes/,
    ],
    ["a key that may be missing", { ...mqtt, keys: [key("client")] }, /the key may be missing/],
    [
      "a key of another type",
      { ...star, keys: [key("station", { type: "integer" })] },
      /station is integer/,
    ],
    [
      "a key that is not there",
      changeOp(star, "key", (op) => ({ ...op, key: 1 })),
      /there is no key 1/,
    ],
    ["a frame of nothing", changeOp(star, "verdict", () => frame(at(0))), /the length may be 0/],
    [
      "a longer frame than declared",
      { ...star, frameMax: 65535 },
      /may be 65536 bytes long, frameMax is 65535/,
    ],
  ]);
});

describe("suspension", () => {
  broken([
    [
      "a need before the place",
      changeOp(star, "await", (op) => ({ ...op, need: [at(4)] })),
      /4 may lie before/,
    ],
    ["no need", changeOp(star, "await", (op) => ({ ...op, need: [] })), /nothing is needed/],
    [
      "less needed than the mark",
      changeOp(proxy, "open", (op) => ({ ...op, need: 5 })),
      /less is needed than the mark/,
    ],
    [
      "more held than declared",
      { ...star, holdMax: 65535 },
      /up to 65536 bytes are held, holdMax is 65535/,
    ],
    ["more held in a search", { ...http, holdMax: 515 }, /up to 516 bytes are held/],
    [
      "a search that restarts",
      { ...http, resume: "restart" as const },
      /a search suspends in a program that restarts/,
    ],
    [
      "a loop that restarts",
      { ...resp, resume: "restart" as const },
      /suspends in a loop of a program that restarts/,
    ],
    ["a key before a suspension", before(http, "scan", setKey(0, null)), /suspends after a key/],
    [
      "scratch before a suspension in the next round",
      behind(resp, "field", {
        kind: "rewrite",
        of: wire(at(0), 1),
        how: "copy",
        filler: null,
        at: 0,
        length: slotOf(resp, "tag"),
      }),
      /suspends after a key or scratch/,
    ],
  ]);
});

describe("loops", () => {
  broken([
    ["one that does not advance", withoutOp(resp, "calc", 3), /pos may not grow in a round/],
    [
      "one that may not advance",
      changeOp(items, "calc", (op) => ({ ...op, value: ref(slotOf(items, "pos")) }), 3),
      /pos may not grow/,
    ],
    [
      "one whose index ends too early",
      changeOp(resp, "loop", (op) => ({ ...op, most: 9 })),
      /the index goes from 0 to 9/,
    ],
    [
      "one without end",
      changeOp(resp, "loop", (op) => ({ ...op, most: Infinity })),
      /most is Infinity/,
    ],
    [
      "one that sets its index",
      changeOp(resp, "field", () => calc(slotOf(resp, "i"), num(0))),
      /the body sets the index/,
    ],
    [
      "rounds that go further than the slot",
      withSlot(resp, "pos", { hi: 4000 }),
      /pos may be .*declared is 0..4000/,
    ],
  ]);
});

describe("tables and literals", () => {
  const marks = (...texts: readonly string[]) =>
    changeOp(http, "scan", (op) => ({ ...op, marks: texts.map(ascii) }));

  broken([
    [
      "no such reason",
      changeOp(star, "guard", (op) => ({ ...op, fail: reject(9) })),
      /there is no reason 9/,
    ],
    [
      "no such slot",
      changeOp(star, "calc", (op) => ({ ...op, slot: 99 })),
      /a slot does not exist/,
    ],
    ["two slots of one name", withSlot(star, "size", { name: "length" }), /the same name/],
    ["a name that is none", withSlot(star, "size", { name: "the size" }), /no identifier/],
    ["an interval upside down", withSlot(star, "size", { lo: 9, hi: 8 }), /interval 9..8/],
    ["an interval that is not exact", withSlot(star, "size", { hi: 2 ** 53 }), /interval/],
    ["resync where nothing may be dropped", { ...star, dropMax: 0 }, /nothing may be dropped/],
    [
      "junk where nothing may be dropped",
      { ...programOf({ slots: [], body: [open("*", 1), frame(at(1))] }), dropMax: 0 },
      /dropMax is 0/,
    ],
    [
      "at connection without a failure",
      changeOp(proxy, "open", (op) => ({ ...op, fail: null })),
      /at connection, with no failure/,
    ],
    ["no marks", marks(), /no mark/],
    ["an empty mark", marks(""), /no mark/],
    ["a mark that begins another", marks("\n", "\n\n"), /prefix of another/],
    [
      "an empty separator",
      changeOp(http, "piece", (op) => ({ ...op, separator: ascii("") })),
      /separator is empty/,
    ],
    [
      "`only` without a failure",
      changeOp(http, "header", (op) => ({ ...op, duplicate: null })),
      /`only`/,
    ],
    [
      "arms that overlap",
      changeOp(items, "switch", (op) => ({ ...op, arms: [...op.arms, ...op.arms] })),
      /ranges overlap/,
    ],
    [
      "8 bytes without what becomes of an overflow",
      changeOp(star, "load", (op) => ({ ...op, bytes: 8 })),
      /overflow/,
    ],
    ["9 bytes", changeOp(star, "load", (op) => ({ ...op, bytes: 9 })), /1 to 8 bytes/],
    [
      "a literal outside of scratch",
      { ...http, scratchLiterals: [{ at: 255, bytes: ascii("x") }] },
      /outside of scratch/,
    ],
    ["a smallest frame of nothing", { ...star, needMin: 0 }, /needMin is 0/],
    [
      "a smallest frame above the largest",
      { ...star, needMin: 65537 },
      /needMin is above frameMax/,
    ],
  ]);
});

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

test("whatever it lets pass never fails an assertion of the interpreter", () => {
  const places = samplePrograms.map(({ program }) => countNumbers(program));
  const damage = fc.constantFrom(
    (number: number) => number + 1,
    (number: number) => number - 1,
    (number: number) => number * 2,
    () => 0,
    () => 7,
  );
  const which = fc
    .nat(samplePrograms.length - 1)
    .chain((index) => fc.tuple(fc.constant(index), fc.nat((places[index] ?? 1) - 1), damage));
  let passed = 0;
  fc.assert(
    fc.property(which, fc.uint8Array({ maxLength: 60 }), ([index, place, change], noise) => {
      const sample = samplePrograms[index];
      if (sample === undefined) expect.unreachable("no such sample");
      const damaged = changeNumber(sample.program, place, change);
      if (verifyProgram(damaged).length > 0) return;
      passed++;
      for (const frame of [...sample.frames, noise, Buffer.concat([...sample.frames, noise])]) {
        expect(() => interpretStream(damaged, frame)).not.toThrow();
      }
    }),
    { numRuns: 600 },
  );
  // Most changes of a length or a place are caught; of reasons, limits and failures' places there is always a share left.
  expect(passed).toBeGreaterThan(60);
});

function broken(cases: readonly (readonly [string, Program, RegExp])[]): void {
  test.for(cases)("%s", ([, program, problem]) => {
    expect(verifyProgram(program).join("\n")).toMatch(problem);
  });
}
