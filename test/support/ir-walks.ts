// More programs of the IR, for what the protocols of ir-programs.ts leave out: walks through a window, ignored bytes,
// packed digits, rewritten and numeric keys, decisions before the frame's end, prefixes that are consumed.
import type { Program } from "../../src/compiler/ir/ir.ts";
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

/**
 * `u16 size; block[size] { repeat items filling max 8 { u8 id; text[u8] value; } }`: the first item 1, trimmed and in
 * lower case; item 2 as a number; no other item above 9.
 */
export function itemsProgram(): Program {
  const slots = createSlots();
  const size = slots.integer("size", 0, 65535);
  const end = slots.position("end", 1026);
  const pos = slots.position("pos", 1026);
  const index = slots.integer("i", 0, 8);
  const id = slots.integer("id", 0, 255);
  const length = slots.integer("length", 0, 255);
  const next = slots.position("next", 1500);
  const name = slots.found("name", 1026, 255);
  const serial = slots.found("serial", 1026, 255);
  const trimmedAt = slots.position("trimmedAt", 1500);
  const trimmedLength = slots.integer("trimmedLength", 0, 255);
  const lowerLength = slots.integer("lowerLength", 0, 255);
  const isNumber = slots.flag("isNumber");
  const value = slots.integer("value", 0, 10 ** 15 - 1);
  const item = wire(from(pos, 2), ref(length));
  const tooShort = reject(1, from(pos));
  return programOf({
    protocol: "Items",
    source: "items.frame",
    slots: slots.all,
    reasons: [
      reason("too-long", "size", "max 1024"),
      reason("too-short", "items"),
      reason("too-long", "items", "max 8"),
      reason("switch", "id"),
      reason("duplicate", "serial"),
    ],
    keys: [
      key("name", { maxBytes: 255, mayBeMissing: true }),
      key("serial", { type: "integer", maxBytes: 8, mayBeMissing: true }),
    ],
    needMin: 2,
    needIsExact: true,
    frameMax: 1026,
    holdMax: 1026,
    dropMax: 0,
    scratchBytes: 255,
    body: [
      awaitTo(at(2), at(2)),
      load(size, at(0), 2),
      guard(test(size, "<=", 1024), reject(0)),
      calc(end, math(size, "+", 2)),
      awaitTo(from(end)),
      calc(pos, num(2)),
      { kind: "clear", into: name },
      { kind: "clear", into: serial },
      {
        kind: "loop",
        index,
        while: test(pos, "<", ref(end)),
        most: 8,
        overrun: reject(2, from(pos)),
        advances: pos,
        body: [
          bound(from(pos, 2), from(end), tooShort),
          load(id, from(pos), 1),
          load(length, from(pos, 1), 1),
          calc(next, math(math(pos, "+", ref(length)), "+", 2)),
          bound(from(next), from(end), tooShort),
          {
            kind: "field",
            path: ["items[", index, "].value"],
            view: item,
            value: { kind: "text" },
            span: nowhere,
          },
          {
            kind: "switch",
            on: ref(id),
            arms: [
              {
                ranges: [{ lo: 1, hi: 1 }],
                body: [
                  choose(
                    test(name.found, "==", 0),
                    [{ kind: "select", view: item, into: name }],
                    [],
                  ),
                ],
              },
              {
                ranges: [{ lo: 2, hi: 2 }],
                body: [
                  guard(test(serial.found, "==", 0), reject(4, from(pos))),
                  { kind: "select", view: item, into: serial },
                ],
              },
              {
                ranges: [
                  { lo: 0, hi: 0 },
                  { lo: 3, hi: 9 },
                ],
                body: [],
              },
            ],
            else: [{ kind: "fail", fail: reject(3, from(pos)) }],
          },
          calc(pos, ref(next)),
        ],
      },
      choose(
        test(name.found, "==", 1),
        [
          {
            kind: "trim",
            of: foundView(name),
            side: "both",
            bytes: ascii(" \0"),
            offset: trimmedAt,
            length: trimmedLength,
          },
          {
            kind: "rewrite",
            of: wire(from(trimmedAt), ref(trimmedLength)),
            how: "lower",
            filler: null,
            at: 0,
            length: lowerLength,
          },
          setKey(0, scratch(at(0), ref(lowerLength))),
        ],
        [setKey(0, null)],
      ),
      { kind: "number", of: foundView(serial), slot: value, found: isNumber },
      choose(
        test(isNumber, "==", 1),
        [{ kind: "key", key: 1, value: { kind: "integer", value: ref(value) } }],
        [setKey(1, null)],
      ),
      frame(from(end)),
    ],
  });
}

/** JT 808 without its stuffing: ignored bytes before the mark, packed digits without leading zeros, an XOR over the frame. */
export function phoneProgram(): Program {
  const slots = createSlots();
  const length = slots.integer("length", 0, 1023);
  const end = slots.position("end", 1036);
  const computed = slots.integer("computed", 0, 255);
  const declared = slots.integer("declared", 0, 255);
  const digits = slots.integer("digits", 0, 12);
  const phoneAt = slots.position("phoneAt", 12);
  const phoneLength = slots.integer("phoneLength", 0, 12);
  const props = slots.integer("props", 0, 65535);
  const index = slots.integer("serial", 0, 99);
  return programOf({
    protocol: "Phone",
    source: "phone.frame",
    slots: slots.all,
    reasons: [
      reason("mark", "start", "start 0x7E"),
      reason("guard", "props", "bit 15 of props = 0"),
      reason("encoding", "phone", "bcd"),
      reason("digits", "serial", "bcd[1] serial filler F"),
      reason("check", "sum", "check xor"),
    ],
    keys: [key("phone", { maxBytes: 12 })],
    needMin: 11,
    needIsExact: true,
    class: "affine",
    frameMax: 1034,
    holdMax: 1034,
    scratchBytes: 12,
    body: [
      open("\x7e", 11, { ignore: [ascii("\r\n"), ascii("\0")], fail: falseStart(0) }),
      awaitTo(at(3), at(11)),
      load(props, at(1), 2, { order: "little" }),
      guard(test(math(props, ">>", 15), "==", 0), falseStart(1, at(1))),
      calc(length, math(props, "&", 1023)),
      calc(end, math(length, "+", 11)),
      awaitTo(from(end)),
      guard({ kind: "encoding", view: wire(at(3), 6), encoding: "bcd" }, reject(2, at(3))),
      {
        kind: "digits",
        slot: index,
        view: wire(at(9), 1),
        base: "bcd",
        filler: 15,
        fail: reject(3, at(9)),
      },
      {
        kind: "checksum",
        slot: computed,
        algorithm: { kind: "xor" },
        from: at(1),
        to: from(end, -1),
      },
      load(declared, from(end, -1), 1),
      guard(test(declared, "==", ref(computed)), reject(4, from(end, -1))),
      { kind: "rewrite", of: wire(at(3), 6), how: "bcd", filler: 15, at: 0, length: digits },
      {
        kind: "trim",
        of: scratch(at(0), ref(digits)),
        side: "left",
        bytes: ascii("0"),
        offset: phoneAt,
        length: phoneLength,
      },
      setKey(0, scratch(from(phoneAt), ref(phoneLength))),
      frame(from(end)),
    ],
  });
}

/** PROXY protocol version 1: a line that is consumed; its attributes are pieces. UNKNOWN has none. */
export function proxyProgram(): Program {
  const slots = createSlots();
  const lineEnd = slots.position("lineEnd", 105);
  const next = slots.position("next", 107);
  const family = slots.found("family", 107, 107);
  const source = slots.found("source", 107, 107);
  const line = wire(at(6), math(lineEnd, "-", 6));
  const piece = (index: number, into: typeof family) =>
    ({ kind: "piece", of: line, separator: ascii(" "), index, into }) as const;
  return programOf({
    protocol: "Proxy",
    source: "proxy.frame",
    slots: slots.all,
    reasons: [
      reason("mark", "start", 'start "PROXY "'),
      reason("delimiter", "line", "max 99"),
      reason("guard", "family", 'family in ("TCP4", "TCP6", "UNKNOWN")'),
    ],
    keys: [key("source", { maxBytes: 107, mayBeMissing: true })],
    resume: "state",
    needMin: 8,
    frameMax: 107,
    holdMax: 107,
    dropMax: 0,
    body: [
      open("PROXY ", 8, { atConnection: true, fail: reject(0) }),
      {
        kind: "scan",
        from: at(6),
        marks: [ascii("\r\n"), ascii("\n")],
        max: 99,
        found: lineEnd,
        next,
        fail: reject(1, at(6)),
        extent: { kind: "suspend", need: rest(0, at(8)) },
      },
      piece(0, family),
      guard(
        {
          kind: "equals",
          view: foundView(family),
          literals: [ascii("TCP4"), ascii("TCP6"), ascii("UNKNOWN")],
        },
        reject(2, at(6)),
      ),
      choose(
        { kind: "equals", view: foundView(family), literals: [ascii("UNKNOWN")] },
        [{ kind: "clear", into: source }],
        [piece(1, source)],
      ),
      keyOfFound(0, source),
      { kind: "verdict", verdict: { kind: "consume", length: from(next) } },
    ],
  });
}

/** `decide at key`: the path of a request line, as soon as the line is there; the frame's length is never known. */
export function requestProgram(): Program {
  const slots = createSlots();
  const lineEnd = slots.position("lineEnd", 256);
  const next = slots.position("next", 258);
  const target = slots.found("target", 258, 258);
  const tenant = slots.found("tenant", 258, 258);
  return programOf({
    protocol: "Request",
    source: "request.frame",
    slots: slots.all,
    reasons: [reason("delimiter", "line", "max 256"), reason("encoding", "line", "ascii")],
    keys: [key("tenant", { maxBytes: 258, mayBeMissing: true })],
    resume: "state",
    needMin: 2,
    frameMax: 65536,
    holdMax: 258,
    dropMax: 0,
    body: [
      {
        kind: "scan",
        from: at(0),
        marks: [ascii("\r\n")],
        max: 256,
        found: lineEnd,
        next,
        fail: reject(0),
        extent: { kind: "suspend", need: rest(0) },
      },
      guard({ kind: "encoding", view: wire(at(0), ref(lineEnd)), encoding: "ascii" }, reject(1)),
      {
        kind: "piece",
        of: wire(at(0), ref(lineEnd)),
        separator: ascii(" "),
        index: 1,
        into: target,
      },
      {
        kind: "url",
        of: foundView(target),
        part: { kind: "query", name: ascii("tenant") },
        into: tenant,
      },
      keyOfFound(0, tenant),
      { kind: "verdict", verdict: { kind: "key", inspected: from(next), length: null } },
    ],
  });
}

/** A frame of `itemsProgram`. */
export function itemsFrame(
  ...items: readonly (readonly [id: number, value: string])[]
): Uint8Array {
  const body = items.flatMap(([id, value]) => [id, value.length, ...ascii(value)]);
  return Uint8Array.from([body.length >> 8, body.length & 0xff, ...body]);
}

/** A frame of `phoneProgram`: 12 digits of phone and 2 of serial, each in hexadecimal, its checksum right. */
export function phoneFrame(phone: string, serial: string, body: string): Uint8Array {
  const inner = [body.length, 0, ...Buffer.from(phone + serial, "hex"), ...ascii(body)];
  const sum = inner.reduce((all, byte) => all ^ byte, 0);
  return Uint8Array.from([0x7e, ...inner, sum]);
}
