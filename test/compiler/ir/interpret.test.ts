// Whole programs: keys, need, refusals at their commit points, resync, traces; and that a faulty program is caught.
import { describe, expect, test } from "vitest";
import type { KeyValue, Outcome } from "../../../src/compiler/ir/interpret/outcome.ts";
import { interpretStream } from "../../../src/compiler/ir/interpret/stream.ts";
import { interpret, trace } from "../../../src/compiler/ir/interpret.ts";
import type { Op, Program } from "../../../src/compiler/ir/ir.ts";
import {
  ascii,
  at,
  awaitTo,
  calc,
  test as compare,
  createSlots,
  frame,
  from,
  guard,
  key,
  load,
  math,
  num,
  programOf,
  reason,
  ref,
  reject,
  setKey,
  wire,
} from "../../support/ir-build.ts";
import {
  hj212Program,
  httpProgram,
  mqttFrame,
  mqttProgram,
  respProgram,
  starFrame,
  starProgram,
} from "../../support/ir-programs.ts";
import {
  itemsFrame,
  itemsProgram,
  phoneFrame,
  phoneProgram,
  proxyProgram,
  requestProgram,
} from "../../support/ir-walks.ts";

const report = ascii(
  "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n",
);

describe("keys", () => {
  const cases: readonly (readonly [
    string,
    Program,
    Uint8Array,
    readonly (string | number | null)[],
  ])[] = [
    ["Star", starProgram(), starFrame("A000000000000001", 3), ["A000000000000001"]],
    ["MQTT 3.1.1", mqttProgram(), mqttFrame(4, "station-7"), ["station-7"]],
    ["MQTT 5 with properties", mqttProgram(), mqttFrame(5, "s"), ["s"]],
    ["MQTT without a client", mqttProgram(), mqttFrame(4, ""), [null]],
    ["HTTP Host", httpProgram(), ascii("GET /\r\nHost:  A.Example:80 \r\n\r\n"), ["a.example"]],
    ["HTTP empty Host", httpProgram(), ascii("GET /\r\nHost:\r\n\r\n"), [""]],
    ["HTTP without Host", httpProgram(), ascii("GET /\r\n\r\n"), [null]],
    ["RESP", respProgram(), ascii("*2\r\n$3\r\nGET\r\n$2\r\n\r\n\r\n"), ["\r\n"]],
    ["RESP with one string", respProgram(), ascii("*1\r\n$0\r\n\r\n"), [null]],
    ["HJ 212", hj212Program(), report, ["010000A8900016F000169DC0"]],
    ["items", itemsProgram(), itemsFrame([1, " Up\0"], [2, "007"]), ["up", 7]],
    ["items: the first name", itemsProgram(), itemsFrame([1, "a"], [1, "b"]), ["a", null]],
    [
      "items: blank name, 16 digits",
      itemsProgram(),
      itemsFrame([2, "1".repeat(16)], [1, "  "]),
      ["", null],
    ],
    ["phone", phoneProgram(), phoneFrame("013812345678", "12", ""), ["13812345678"]],
    ["phone of zeros and filler", phoneProgram(), phoneFrame("00000000012f", "1f", "x"), ["12"]],
    ["PROXY", proxyProgram(), ascii("PROXY TCP4 192.0.2.1 x 1 2\r\n"), ["192.0.2.1"]],
    ["PROXY UNKNOWN", proxyProgram(), ascii("PROXY UNKNOWN a b\r\n"), [null]],
    ["request", requestProgram(), ascii("GET /?tenant=blue H\r\nmore"), ["blue"]],
  ];

  test.for(cases)("%s", ([, program, bytes, keys]) => {
    const outcome = interpret(program, bytes);
    if (!("keys" in outcome)) expect.unreachable(JSON.stringify(outcome));
    expect(outcome.keys.map(plain)).toEqual(keys);
  });
});

describe("need counts what must still come", () => {
  test.for<readonly [string, Program, string, number]>([
    ["the smallest frame", starProgram(), "", 35],
    ["less the mark", starProgram(), "*", 34],
    ["the length says more", starProgram(), "*\0\0\0\x40", 66],
    ["a varint unfinished at its first byte", mqttProgram(), "\x10", 13],
    ["and at its second", mqttProgram(), "\x10\x80", 13],
    ["the block", mqttProgram(), "\x10\x20", 32],
    ["a delimiter", httpProgram(), "GET", 4],
    ["a delimiter that has begun", httpProgram(), "GET\r\n\r", 1],
    ["a delimiter, then the rest", respProgram(), "*", 9],
    ["elements to come", respProgram(), "*2\r\n", 12],
    ["in a length", respProgram(), "*2\r\n$", 11],
    ["in a text", respProgram(), "*2\r\n$3\r\nG", 10],
    ["in the last one", respProgram(), "*1\r\n$3\r\nGET\r", 1],
    ["digits", hj212Program(), "##0100", 106],
    ["not less than the smallest", hj212Program(), "##0", 9],
  ])("%s", ([, program, bytes, missing]) => {
    expect(interpret(program, ascii(bytes))).toEqual({ kind: "need", missing });
  });
});

describe("refusals come at commit points, with reason and offset", () => {
  const badSum = Uint8Array.from(report, (byte, index) => (index === 107 ? 0x30 : byte));

  test.for<readonly [string, Program, Uint8Array, Outcome]>([
    ["a wrong type, at once", mqttProgram(), ascii("\x20"), rejected(0, 0)],
    ["a varint that does not end", mqttProgram(), ascii("\x10\xff\xff\xff\xff"), rejected(1, 1)],
    ["a block that is too long", mqttProgram(), ascii("\x10\x81\x80\x04"), rejected(2, 1)],
    ["a block too short for its name", mqttProgram(), ascii("\x10\x01a"), rejected(3, 2)],
    ["no delimiter in time", httpProgram(), ascii("a".repeat(516)), rejected(0, 0)],
    ["the same header twice", httpProgram(), ascii("Host: a\r\nhost: b\r\n\r\n"), rejected(1, 0)],
    [
      "a name that is too long",
      httpProgram(),
      ascii(`Host: ${"a".repeat(256)}\r\n\r\n`),
      rejected(2, 6),
    ],
    ["a count of 0", respProgram(), ascii("*0\r\n"), rejected(3, 1)],
    ["a mark at the wrong place", respProgram(), ascii("*1\r\n$1\r\nabc"), rejected(8, 9)],
    ["a wrong tag", respProgram(), ascii("*1\r\n+"), rejected(4, 4)],
    ["a checksum", hj212Program(), badSum, rejected(5, 107)],
    ["an item of no arm", itemsProgram(), itemsFrame([10, ""]), rejected(3, 2)],
    ["an item behind the end", itemsProgram(), ascii("\0\x02\x01\x05"), rejected(1, 2)],
    ["a second serial", itemsProgram(), itemsFrame([2, "1"], [2, "2"]), rejected(4, 5)],
    ["a ninth item", itemsProgram(), itemsFrame(...Array(9).fill([3, ""])), rejected(2, 18)],
    ["a nibble", phoneProgram(), phoneFrame("0000000000a0", "12", ""), rejected(2, 3)],
    ["filler in the middle", phoneProgram(), phoneFrame("000000000f01", "12", ""), rejected(2, 3)],
    [
      "digits of filler alone",
      phoneProgram(),
      phoneFrame("000000000001", "ff", ""),
      rejected(3, 9),
    ],
    ["another family", proxyProgram(), ascii("PROXY UDP4 a b\r\n"), rejected(2, 6)],
    ["no mark at connection", proxyProgram(), ascii("PROXX"), rejected(0, 0)],
    ["text that is not ASCII", requestProgram(), ascii("GET \xe4\r\n"), rejected(1, 0)],
  ])("%s", ([, program, bytes, outcome]) => {
    expect(interpret(program, bytes)).toEqual(outcome);
  });
});

test("a false start drops one byte and looks again; the frame behind it is found", () => {
  const input = Buffer.concat([ascii("*\xff\xff\xff\xff"), starFrame("A000000000000001", 0)]);
  const events = interpretStream(starProgram(), input);
  expect(events.map(({ kind, at: place }) => [kind, place])).toEqual([
    ["drop", 0],
    ["drop", 1],
    ["frame", 5],
    ["need", 40],
  ]);
  expect(events[0]).toMatchObject({ bytes: 1, cause: "falseStart", reason: 1 });
  expect(events[1]).toMatchObject({ bytes: 4, cause: "junk", reason: null });
});

test("one trace of the fields, also of a frame that is refused later", () => {
  const { outcome, fields } = trace(respProgram(), ascii("*2\r\n$3\r\nGET\r\n$1\r\n\xff\r\n"));
  expect(outcome.kind).toBe("frame");
  expect(fields).toEqual([
    { path: "elements[0]", offset: 8, bytes: ascii("GET"), value: "GET" },
    { path: "elements[1]", offset: 17, bytes: ascii("\xff"), value: "\\xFF" },
  ]);
  const refused = trace(respProgram(), ascii("*2\r\n$3\r\nGET\r\n+"));
  expect(refused.outcome.kind).toBe("reject");
  expect(refused.fields).toHaveLength(1);
  const star = trace(starProgram(), starFrame("A000000000000001", 0));
  expect(star.fields.map(({ path, offset, value }) => [path, offset, value])).toEqual([
    ["length", 1, 28],
    ["station", 19, "A000000000000001"],
  ]);
});

test("keys are copies: the caller's buffer may move on", () => {
  const bytes = starFrame("A000000000000001", 0);
  const outcome = interpret(starProgram(), bytes);
  bytes.fill(0);
  expect("keys" in outcome && outcome.keys.map(plain)).toEqual(["A000000000000001"]);
});

describe("a faulty program fails an assertion, instead of reading what is not there", () => {
  const slots = createSlots();
  const a = slots.integer("a", 0, 9);
  const whole: readonly Op[] = [awaitTo(at(4)), load(a, at(0), 1)];
  const end: readonly Op[] = [setKey(0, null), frame(at(4))];

  test.for<readonly [string, readonly Op[], RegExp]>([
    ["a read that was not waited for", [load(a, at(0), 1), ...end], /present is proven up to 0/],
    [
      "a read beyond what was waited for",
      [...whole, load(a, at(1), 4), ...end],
      /\[1, 5\) is read/,
    ],
    ["a slot that is not set", [awaitTo(at(4)), calc(a, ref(a)), ...end], /a is read before/],
    ["a value out of its interval", [...whole, calc(a, num(10)), ...end], /a = 10 is outside/],
    ["a division by zero", [...whole, calc(a, math(num(1), "/", 0)), ...end], /not exact/],
    ["bits of a negative", [...whole, calc(a, math(num(-1), "&", 1)), ...end], /no operand/],
    ["an overflow", [...whole, calc(a, math(num(2 ** 52), "*", 4)), ...end], /not exact/],
    ["a negative place", [...whole, load(a, from(a, -1), 1), ...end], /position -1/],
    ["a negative length", [...whole, setKey(0, wire(at(1), -1)), frame(at(4))], /not a run/],
    ["a key twice", [...whole, ...end.slice(0, 1), ...end], /key 0 is set twice/],
    ["no key", [...whole, frame(at(4))], /key 0 is not set/],
    ["no verdict", [...whole, setKey(0, null)], /without a verdict/],
    ["an empty frame", [...whole, setKey(0, null), frame(at(0))], /a frame is empty/],
    ["a frame that is not there", [...whole, setKey(0, null), frame(at(5))], /proven are 4/],
    ["a reason that is not there", [...whole, { kind: "fail", fail: reject(1) }], /no reason 1/],
    ["a need before the place", [awaitTo(at(9), at(8)), ...end], /await 9 needs 8/],
    ["a leave without a loop", [{ kind: "leave" }], /without a verdict/],
    [
      "a loop that stands still",
      [
        ...whole,
        {
          kind: "loop",
          index: a,
          while: { kind: "true" },
          most: 3,
          overrun: reject(0),
          advances: a,
          body: [],
        },
        ...end,
      ],
      /did not advance/,
    ],
  ])("%s", ([, body, message]) => {
    const program = programOf({
      slots: slots.all,
      reasons: [reason("guard", "a")],
      keys: [key("k", { mayBeMissing: true })],
      body,
    });
    expect(() => interpret(program, new Uint8Array(4))).toThrow(message);
  });

  test("an integer of 8 bytes beyond 2^53 − 1 without its failure", () => {
    const body = [awaitTo(at(8)), load(a, at(0), 8), frame(at(8))];
    const program = programOf({ slots: slots.all, body });
    expect(() => interpret(program, new Uint8Array(8).fill(0xff))).toThrow(/not exact/);
  });
});

test("an integer beyond 2^53 − 1 fails with its reason; `and` looks right only where left holds", () => {
  const slots = createSlots();
  const size = slots.integer("size", 0, Number.MAX_SAFE_INTEGER);
  const isA: Op = guard(
    {
      kind: "and",
      left: compare(size, ">", 9),
      right: { kind: "equals", view: wire(at(8), math(size, "-", 9)), literals: [ascii("A")] },
    },
    reject(1, at(8)),
  );
  const program = programOf({
    slots: slots.all,
    reasons: [reason("too-long", "size"), reason("guard", "a")],
    body: [awaitTo(at(9)), load(size, at(0), 8, { overflow: reject(0) }), isA, frame(at(9))],
  });
  const sized = (first: number, last: number) =>
    Uint8Array.from([first, 0, 0, 0, 0, 0, 0, last, 0x41]);
  expect(interpret(program, sized(0x20, 0))).toEqual(rejected(0, 0));
  expect(interpret(program, sized(0, 3))).toEqual(rejected(1, 8));
  expect(interpret(program, sized(0, 10))).toMatchObject({ kind: "frame", length: 9 });
});

function rejected(index: number, offset: number): Outcome {
  return { kind: "reject", reason: index, offset };
}

function plain(value: KeyValue): string | number | null {
  if (value.kind === "missing") return null;
  return value.kind === "integer" ? value.value : Buffer.from(value.bytes).toString("latin1");
}
