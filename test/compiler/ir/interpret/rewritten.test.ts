// How keys are written anew, and how views are trimmed, through whole programs.
import { describe, expect, test } from "vitest";
import { rewritten } from "../../../../src/compiler/ir/interpret/rewritten.ts";
import { interpret } from "../../../../src/compiler/ir/interpret.ts";
import type { Rewrite } from "../../../../src/compiler/ir/ir.ts";
import {
  ascii,
  at,
  awaitTo,
  createSlots,
  frame,
  from,
  key,
  programOf,
  ref,
  setKey,
  wire,
} from "../../../support/ir-build.ts";

const utf8 = (text: string) => Uint8Array.from(Buffer.from(text, "utf8"));

test.for<readonly [Rewrite, number | null, string, Uint8Array]>([
  ["lower", null, "A-Z\xc4[@", ascii("a-z\xc4[@")],
  ["upper", null, "a-z\xe4{`", ascii("A-Z\xe4{`")],
  ["copy", null, "A\0\xff", ascii("A\0\xff")],
  ["bcd", null, "\x01\x38", ascii("0138")],
  ["bcd", null, "\x1a\xf0", ascii("1af0")],
  ["bcd", 15, "\x13\x8f\x12", ascii("138")],
  ["bcd", 15, "\xff", ascii("")],
  ["bcd", 10, "\x1a\x2a", ascii("1")],
  ["dotted", null, "\x03www\x07example\x00rest", ascii("www.example")],
  ["dotted", null, "\x03www\x03exa", ascii("www.exa")],
  ["dotted", null, "\x03www\x05exa", ascii("www")],
  ["dotted", null, "\x03www\xc0\x0c", ascii("www")],
  ["dotted", null, "\x40", ascii("")],
  ["dotted", null, "\x00", ascii("")],
  ["dotted", null, "", ascii("")],
  ["dotted", null, `\x3f${"a".repeat(63)}`, ascii("a".repeat(63))],
  ["utf16le", null, "s\0a\0", ascii("sa")],
  ["utf16be", null, "\0s\0a", ascii("sa")],
  ["utf16le", null, "\xd9\x7a", utf8("\u7ad9")],
  ["utf16le", null, "\x3d\xd8\x00\xde", utf8("😀")],
  ["utf16le", null, "\x3d\xd8a\0", utf8("\ufffda")],
  ["utf16be", null, "\xde\x00\xd8\x3d", utf8("\ufffd\ufffd")],
  ["utf16le", null, "s\0a", ascii("s")],
  ["utf16le", null, "\xff\xfes\0", utf8("\ufeffs")],
])("%s filler %s of %j", ([how, filler, text, expected]) => {
  expect(Uint8Array.from(rewritten(how, filler, ascii(text)))).toEqual(expected);
});

test.for<readonly ["left" | "right" | "both", string, string, readonly [number, string]]>([
  ["left", "0", "0012300", [2, "12300"]],
  ["right", "0", "0012300", [0, "00123"]],
  ["both", "0", "0012300", [2, "123"]],
  ["both", " \0", " \0a b\0 ", [2, "a b"]],
  ["left", "0", "0000", [4, ""]],
  ["right", "0", "0000", [0, ""]],
  ["both", "0", "0000", [4, ""]],
  ["both", "x", "", [0, ""]],
  ["both", "x", "a", [0, "a"]],
])("trim %s %j of %j", ([side, bytes, text, [offset, kept]]) => {
  const slots = createSlots();
  const [place, length] = [slots.position("place", 99), slots.integer("length", 0, 99)];
  const size = text.length + 1;
  const program = programOf({
    slots: slots.all,
    keys: [key("k")],
    body: [
      awaitTo(at(size)),
      {
        kind: "trim",
        of: wire(at(1), text.length),
        side,
        bytes: ascii(bytes),
        offset: place,
        length,
      },
      setKey(0, wire(from(place), ref(length))),
      frame(at(size)),
    ],
  });
  expect(interpret(program, ascii(`#${text}`))).toMatchObject({
    keys: [{ offset: 1 + offset, bytes: ascii(kept) }],
  });
});

describe("a number", () => {
  test.for<readonly [string, number | null]>([
    ["0", 0],
    ["0042", 42],
    ["999999999999999", 10 ** 15 - 1],
    ["1000000000000000", null],
    ["", null],
    ["-1", null],
    ["1.0", null],
    [" 1", null],
    ["1\n", null],
  ])("%j", ([text, value]) => {
    const slots = createSlots();
    const number = slots.integer("number", 0, 10 ** 15);
    const found = slots.flag("found");
    const program = programOf({
      slots: slots.all,
      keys: [key("value", { type: "integer" }), key("found", { type: "integer" })],
      body: [
        awaitTo(at(text.length + 1)),
        { kind: "number", of: wire(at(0), text.length), slot: number, found },
        { kind: "key", key: 0, value: { kind: "integer", value: ref(number) } },
        { kind: "key", key: 1, value: { kind: "integer", value: ref(found) } },
        frame(at(text.length + 1)),
      ],
    });
    expect(interpret(program, ascii(`${text}#`))).toMatchObject({
      keys: [{ value: value ?? 0 }, { value: value === null ? 0 : 1 }],
    });
  });
});
