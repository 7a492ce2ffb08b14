// Programs of the IR as the lowering would make them, for whoever interprets, verifies, prints or generates: one for each
// shape of protocol.
import type { Op, Program } from "../../src/compiler/ir/ir.ts";
import {
  ascii,
  at,
  awaitTo,
  bound,
  calc,
  choose,
  createSlots,
  falseStart,
  foundView,
  frame,
  from,
  guard,
  key,
  keyOfFound,
  load,
  math,
  nowhere,
  num,
  oneOf,
  open,
  programOf,
  reason,
  ref,
  reject,
  rest,
  scratch,
  setKey,
  test,
  wire,
} from "./ir-build.ts";

/** `start "*"; u32 length; size = length + 7; max 64KiB; text[16] station @19;`: an affine frame with resync. */
export function starProgram(): Program {
  const slots = createSlots();
  const length = slots.integer("length", 0, 2 ** 32 - 1);
  const size = slots.position("size", 65536);
  return programOf({
    protocol: "Star",
    source: "star.frame",
    slots: slots.all,
    reasons: [
      reason("mark", "start", 'start "*"'),
      reason("too-long", "length", "max 64KiB"),
      reason("too-short", "station", "size >= 35"),
    ],
    keys: [key("station", { maxBytes: 16 })],
    needMin: 35,
    needIsExact: true,
    class: "affine",
    body: [
      open("*", 35),
      awaitTo(at(5), at(35)),
      load(length, at(1), 4),
      guard(test(length, "<=", 65529), falseStart(1, at(1))),
      guard(test(length, ">=", 28), falseStart(2, at(19))),
      calc(size, math(length, "+", 7)),
      awaitTo(from(size)),
      {
        kind: "field",
        path: ["length"],
        view: wire(at(1), 4),
        value: { kind: "integer", value: ref(length) },
        span: nowhere,
      },
      {
        kind: "field",
        path: ["station"],
        view: wire(at(19), 16),
        value: { kind: "text" },
        span: nowhere,
      },
      setKey(0, wire(at(19), 16)),
      frame(from(size)),
    ],
  });
}

/** MQTT CONNECT: a varint gives a block; inside it prefixed texts, a conditional part, a key that may be missing. */
export function mqttProgram(): Program {
  const slots = createSlots();
  const type = slots.integer("type", 0, 255);
  const length = slots.integer("length", 0, 268435455);
  const body = slots.position("body", 5);
  const end = slots.position("end", 65541);
  const nameLength = slots.integer("nameLength", 0, 65535);
  const version = slots.integer("version", 0, 255);
  const head = slots.position("head", 80000);
  const tail = slots.position("tail", 65541);
  const properties = slots.integer("properties", 0, 268435455);
  const propertiesAt = slots.position("propertiesAt", 65541);
  const clientLength = slots.integer("clientLength", 0, 65535);
  const tooShort = reject(3, from(body));
  return programOf({
    protocol: "MQTT",
    source: "mqtt.frame",
    slots: slots.all,
    reasons: [
      reason("guard", "type", "u8 type = 0x10"),
      reason("varint", "length"),
      reason("too-long", "length", "max 64KiB"),
      reason("too-short", "block"),
      reason("guard", "name"),
      reason("guard", "version", "u8 version in 3..5"),
      reason("varint", "properties"),
      reason("key-too-long", "client", "max 256"),
    ],
    keys: [key("client", { mayBeMissing: true })],
    needMin: 14,
    frameMax: 65541,
    holdMax: 65541,
    body: [
      awaitTo(at(1), at(14)),
      load(type, at(0), 1),
      guard(test(type, "==", 0x10), reject(0)),
      {
        kind: "varint",
        encoding: "varint",
        slot: length,
        next: body,
        at: at(1),
        most: 4,
        fail: reject(1, at(1)),
        extent: { kind: "suspend", need: rest(12) },
      },
      guard(test(length, "<=", 65536), reject(2, at(1))),
      calc(end, math(body, "+", ref(length))),
      awaitTo(from(end)),
      bound(from(body, 2), from(end), tooShort),
      load(nameLength, from(body), 2),
      calc(head, math(math(body, "+", ref(nameLength)), "+", 2)),
      bound(from(head, 4), from(end), tooShort),
      guard(
        {
          kind: "equals",
          view: wire(from(body, 2), ref(nameLength)),
          literals: [ascii("MQTT"), ascii("MQIsdp")],
        },
        reject(4, from(body)),
      ),
      load(version, from(head), 1),
      guard(oneOf(version, [3, 5]), reject(5, from(head))),
      choose(
        test(version, "==", 5),
        [
          {
            kind: "varint",
            encoding: "varint",
            slot: properties,
            next: propertiesAt,
            at: from(head, 4),
            most: 4,
            fail: reject(6, from(head, 4)),
            extent: { kind: "window", end: from(end), short: tooShort },
          },
          guard(test(math(propertiesAt, "+", ref(properties)), "<=", ref(end)), tooShort),
          calc(tail, math(propertiesAt, "+", ref(properties))),
        ],
        [calc(tail, math(head, "+", 4))],
      ),
      bound(from(tail, 2), from(end), tooShort),
      load(clientLength, from(tail), 2),
      guard(test(math(math(tail, "+", ref(clientLength)), "+", 2), "<=", ref(end)), tooShort),
      choose(
        test(clientLength, ">", 0),
        [
          guard(test(clientLength, "<=", 256), reject(7, from(tail))),
          setKey(0, wire(from(tail, 2), ref(clientLength))),
        ],
        [setKey(0, null)],
      ),
      frame(from(end)),
    ],
  });
}

/** HTTP/1: a search that suspends, a header that may stand once, its value in lower case without the port. */
export function httpProgram(): Program {
  const slots = createSlots();
  const found = slots.position("headEnd", 512);
  const next = slots.position("body", 516);
  const host = slots.found("host", 512, 512);
  const name = slots.found("name", 512, 512);
  const lower = slots.integer("lowerLength", 0, 516);
  return programOf({
    protocol: "HTTP",
    source: "http.frame",
    slots: slots.all,
    reasons: [
      reason("delimiter", "head", "max 512"),
      reason("duplicate", "host", "take only"),
      reason("key-too-long", "host", "max 255"),
    ],
    keys: [key("host", { maxBytes: 255, mayBeMissing: true })],
    resume: "state",
    needMin: 4,
    frameMax: 516,
    holdMax: 516,
    dropMax: 0,
    scratchBytes: 255,
    body: [
      {
        kind: "scan",
        from: at(0),
        marks: [ascii("\r\n\r\n")],
        max: 512,
        found,
        next,
        fail: reject(0),
        extent: { kind: "suspend", need: rest(0) },
      },
      {
        kind: "header",
        of: wire(at(0), ref(found)),
        name: ascii("host"),
        which: "only",
        duplicate: reject(1),
        into: host,
      },
      choose(
        test(host.found, "==", 1),
        [
          {
            kind: "piece",
            of: foundView(host),
            separator: ascii(":"),
            index: 0,
            into: name,
          },
          guard(test(name.length, "<=", 255), reject(2, from(name.offset))),
          {
            kind: "rewrite",
            of: foundView(name),
            how: "lower",
            filler: null,
            at: 0,
            length: lower,
          },
          setKey(0, scratch(at(0), ref(lower))),
        ],
        [setKey(0, null)],
      ),
      frame(from(next)),
    ],
  });
}

/** RESP: an array of bulk strings in a loop that suspends; the key is the second string. */
export function respProgram(): Program {
  const slots = createSlots();
  const countEnd = slots.position("countEnd", 4);
  const pos = slots.position("pos", 5000);
  const count = slots.integer("count", 0, 99);
  const index = slots.integer("i", 0, 8);
  const least = slots.position("least", 6000);
  const tag = slots.integer("tag", 0, 255);
  const lengthEnd = slots.position("lengthEnd", 5000);
  const text = slots.position("text", 5000);
  const length = slots.integer("length", 0, 999);
  const elementEnd = slots.position("elementEnd", 6000);
  const name = slots.found("name", 5000, 512);
  const crlf = [ascii("\r\n")];
  const leastAfter = (start: number, extra: number) =>
    calc(
      least,
      math(ref(start), "+", math(num(6), "*", math(math(count, "-", extra), "-", ref(index)))),
    );
  return programOf({
    protocol: "RESP",
    source: "resp.frame",
    slots: slots.all,
    reasons: [
      reason("mark", "start", 'start "*"'),
      reason("delimiter", "count"),
      reason("digits", "count"),
      reason("guard", "count", "count in 1..8"),
      reason("guard", "tag", 'tag = "$"'),
      reason("delimiter", "length"),
      reason("digits", "length"),
      reason("too-long", "length", "max 512"),
      reason("mark", "element", '"\\r\\n"'),
    ],
    keys: [key("name", { maxBytes: 512, mayBeMissing: true })],
    resume: "state",
    needMin: 10,
    frameMax: 4181,
    holdMax: 4181,
    dropMax: 0,
    body: [
      open("*", 10, { atConnection: true, fail: reject(0) }),
      {
        kind: "scan",
        from: at(1),
        marks: crlf,
        max: 2,
        found: countEnd,
        next: pos,
        fail: reject(1, at(1)),
        extent: { kind: "suspend", need: rest(6, at(10)) },
      },
      {
        kind: "digits",
        slot: count,
        view: wire(at(1), math(countEnd, "-", 1)),
        base: "dec",
        filler: null,
        fail: reject(2, at(1)),
      },
      guard(oneOf(count, [1, 8]), reject(3, at(1))),
      { kind: "clear", into: name },
      {
        kind: "loop",
        index,
        while: test(index, "<", ref(count)),
        most: 8,
        overrun: reject(3, at(1)),
        advances: pos,
        body: [
          leastAfter(pos, 0),
          awaitTo(from(pos, 1), from(least), from(pos, 6)),
          load(tag, from(pos), 1),
          guard(test(tag, "==", 0x24), reject(4, from(pos))),
          {
            kind: "scan",
            from: from(pos, 1),
            marks: crlf,
            max: 3,
            found: lengthEnd,
            next: text,
            fail: reject(5, from(pos)),
            extent: { kind: "suspend", need: rest(2, from(least)) },
          },
          {
            kind: "digits",
            slot: length,
            view: wire(from(pos, 1), math(math(lengthEnd, "-", ref(pos)), "-", 1)),
            base: "dec",
            filler: null,
            fail: reject(6, from(pos)),
          },
          guard(test(length, "<=", 512), reject(7, from(pos))),
          calc(elementEnd, math(math(text, "+", ref(length)), "+", 2)),
          leastAfter(elementEnd, 1),
          awaitTo(from(elementEnd), from(least), from(elementEnd)),
          guard(
            { kind: "equals", view: wire(from(elementEnd, -2), 2), literals: crlf },
            reject(8, from(elementEnd, -2)),
          ),
          {
            kind: "field",
            path: ["elements[", index, "]"],
            view: wire(from(text), ref(length)),
            value: { kind: "text" },
            span: nowhere,
          },
          choose(
            test(index, "==", 1),
            [{ kind: "select", view: wire(from(text), ref(length)), into: name }],
            [],
          ),
          calc(pos, ref(elementEnd)),
        ],
      },
      keyOfFound(0, name),
      frame(from(pos)),
    ],
  });
}

/** HJ 212: digits give the length, a checksum behind the data, a value from pairs. */
export function hj212Program(): Program {
  const slots = createSlots();
  const length = slots.integer("length", 0, 9999);
  const size = slots.position("size", 1036);
  const crc = slots.integer("crc", 0, 65535);
  const computed = slots.integer("computed", 0, 65535);
  const station = slots.found("station", 1030, 1024);
  const dataEnd = slots.position("dataEnd", 1030);
  return programOf({
    protocol: "HJ212",
    source: "hj212.frame",
    slots: slots.all,
    reasons: [
      reason("mark", "start", 'start "##"'),
      reason("digits", "length"),
      reason("too-long", "length", "max 1024"),
      reason("digits", "crc"),
      reason("mark", "end", 'end "\\r\\n"'),
      reason("check", "crc", "check hj212(data)"),
      reason("key-too-long", "station", "max 24"),
    ],
    keys: [key("station", { maxBytes: 24, mayBeMissing: true })],
    needMin: 12,
    needIsExact: true,
    frameMax: 1036,
    holdMax: 1036,
    body: [
      open("##", 12),
      awaitTo(at(6), at(12)),
      digits(length, 2, "dec", falseStart(1, at(2))),
      guard(test(length, "<=", 1024), falseStart(2, at(2))),
      calc(size, math(length, "+", 12)),
      calc(dataEnd, math(length, "+", 6)),
      awaitTo(from(size)),
      {
        kind: "digits",
        slot: crc,
        view: wire(from(dataEnd), 4),
        base: "hex",
        filler: null,
        fail: reject(3, from(dataEnd)),
      },
      guard(
        { kind: "equals", view: wire(from(dataEnd, 4), 2), literals: [ascii("\r\n")] },
        reject(4, from(dataEnd, 4)),
      ),
      {
        kind: "checksum",
        slot: computed,
        algorithm: { kind: "hj212" },
        from: at(6),
        to: from(dataEnd),
      },
      guard(test(crc, "==", ref(computed)), reject(5, from(dataEnd))),
      {
        kind: "pair",
        of: wire(at(6), ref(length)),
        separator: ascii(";"),
        assign: ascii("="),
        name: ascii("MN"),
        which: "first",
        duplicate: null,
        into: station,
      },
      guard(test(station.length, "<=", 24), reject(6, from(station.offset))),
      keyOfFound(0, station),
      frame(from(size)),
    ],
  });
}

/** A Star frame with `padding` bytes behind the station (16 characters). */
export function starFrame(station: string, padding: number): Uint8Array {
  const bytes = Buffer.alloc(35 + padding, 0x2e);
  bytes.write("*", 0, "latin1");
  bytes.writeUInt32BE(bytes.length - 7, 1);
  bytes.write(station, 19, "latin1");
  return Uint8Array.from(bytes);
}

/** An MQTT CONNECT of that protocol level; level 5 carries two bytes of properties. */
export function mqttFrame(version: number, client: string): Uint8Array {
  const properties = version === 5 ? [2, 0x21, 0x00] : [];
  const clientLength = [client.length >> 8, client.length & 0xff];
  const body = [
    0,
    4,
    ...ascii("MQTT"),
    version,
    2,
    0,
    60,
    ...properties,
    ...clientLength,
    ...ascii(client),
  ];
  const length =
    body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
  return Uint8Array.from([0x10, ...length, ...body]);
}

function digits(
  slot: number,
  offset: number,
  base: "dec" | "hex",
  fail: ReturnType<typeof reject>,
): Op {
  return { kind: "digits", slot, view: wire(at(offset), 4), base, filler: null, fail };
}
