import fc from "fast-check";
import { expect, test } from "vitest";
import { KEY_TEXT_BYTES_MAX, keyText } from "../../../src/runtime/log/key-text.ts";

const shown = (bytes: Uint8Array) => keyText(bytes, 0, bytes.length);

test.for([
  ["A0001", "A0001"],
  ["", ""],
  ["sensor/é 温度", "sensor/é 温度"],
  ["a\\b", "a\\x5cb"],
  ["a\r\nb\x1b[2Jc\0", "a\\x0d\\x0ab\\x1b[2Jc\\x00"],
  ["a\x7fb", "a\\x7fb"],
  ["\u202eevil", "\\xe2\\x80\\xaeevil"],
  ["\u{1F680}", "\u{1F680}"],
] as const)("%j is shown as %s", ([text, expected]) => {
  expect(shown(Buffer.from(text))).toBe(expected);
});

test.for([
  ["ff41", "\\xffA"],
  ["c3", "\\xc3"],
  ["e28041", "\\xe2\\x80A"],
  ["eda080", "\\xed\\xa0\\x80"],
  ["80c3a9", "\\x80é"],
] as const)("bytes %s, which are not UTF-8, are shown as %s", ([hex, expected]) => {
  expect(shown(Buffer.from(hex, "hex"))).toBe(expected);
});

test("a window of a larger buffer", () => {
  expect(keyText(Buffer.from("xxA01yy"), 2, 3)).toBe("A01");
});

test("at most so many bytes", () => {
  expect(shown(Buffer.alloc(KEY_TEXT_BYTES_MAX, 0x61))).toBe("a".repeat(KEY_TEXT_BYTES_MAX));
  expect(shown(Buffer.alloc(KEY_TEXT_BYTES_MAX + 1, 0x61))).toBe(
    `${"a".repeat(KEY_TEXT_BYTES_MAX)}…`,
  );
});

test("any bytes give one printable line, and different ones differ", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 60 }),
      (one, other) => {
        expect(shown(one)).not.toMatch(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/u);
        if (Buffer.compare(one, other) !== 0) expect(shown(one)).not.toBe(shown(other));
      },
    ),
  );
});
