// Programs broken in one place each, and what the verifier says of them.
import { describe, expect, test } from "vitest";
import type { Op, Program } from "../../../src/compiler/ir/ir.ts";
import { verifyProgram } from "../../../src/compiler/ir/verify.ts";
import {
  ascii,
  at,
  awaitTo,
  calc,
  choose,
  test as compare,
  falseStart,
  frame,
  from,
  key,
  math,
  num,
  open,
  programOf,
  ref,
  reject,
  scratch,
  setKey,
  wire,
} from "../../support/ir-build.ts";
import { changeOp, replaceOp, withoutOp } from "../../support/ir-mutate.ts";
import { httpProgram, mqttProgram, respProgram, starProgram } from "../../support/ir-programs.ts";
import { itemsProgram, phoneProgram, proxyProgram } from "../../support/ir-walks.ts";

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

function broken(cases: readonly (readonly [string, Program, RegExp])[]): void {
  test.for(cases)("%s", ([, program, problem]) => {
    expect(verifyProgram(program).join("\n")).toMatch(problem);
  });
}
