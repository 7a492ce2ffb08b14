// How bytes read for people: nothing that a terminal would obey gets through.
import { expect, test } from "vitest";
import { showBytes, showText } from "../../../../src/compiler/ir/interpret/show.ts";
import { ascii } from "../../../support/ir-build.ts";

const utf8 = (text: string) => Uint8Array.from(Buffer.from(text, "utf8"));

test.for<readonly [Uint8Array, string]>([
  [ascii("A001"), "A001"],
  [ascii(""), ""],
  [utf8("Grüße 站"), "Grüße 站"],
  [ascii("a\r\nb\0"), "a\\x0D\\x0Ab\\x00"],
  [ascii("\x1b[2J"), "\\x1B[2J"],
  [ascii("a\\b"), "a\\\\b"],
  [ascii("\xff\xfeA"), "\\xFF\\xFEA"],
  [ascii("\x80\\\x7f"), "\\x80\\\\\\x7F"],
  [utf8("a\u009b31m"), "a\\xC2\\x9B31m"],
  [utf8("\ufeffa"), "\ufeffa"],
])("text %o", ([bytes, shown]) => {
  expect(showText(bytes)).toBe(shown);
});

test.for<readonly ["bytes" | "bcd" | "text16le" | "text16be", Uint8Array, string]>([
  ["bytes", ascii("\x00\xab"), "00ab"],
  ["bytes", ascii(""), ""],
  ["bcd", ascii("\x01\x38\x1f"), "01381f"],
  ["text16le", Uint8Array.from(Buffer.from("sa 站", "utf16le")), "sa 站"],
  ["text16be", ascii("\0s\0a"), "sa"],
  ["text16le", ascii("s\0\n\0"), "s\\x0A"],
  ["text16le", ascii("s\0a"), "s\\x00a"],
  ["text16le", ascii("\x00\xd8a\0"), "\\x00\\xD8a\\x00"],
])("%s %o", ([kind, bytes, shown]) => {
  expect(showBytes(kind, bytes)).toBe(shown);
});
