// Places of the grammar with many ways on: what people call them, what may begin there, and a line of help.

import {
  BYTES_TYPE_WORDS,
  COMPOSITE_TYPE_WORDS,
  DIGIT_TYPE_WORDS,
  INTEGER_TYPE_WORDS,
  VARINT_TYPE_WORDS,
} from "../words.ts";

export interface Place {
  readonly help: string;
  /** Words that may begin it. */
  readonly words: readonly string[];
  /** An item of a list in braces, whose first word decides what it is. */
  readonly isItem: boolean;
}

function item(help: string, words: readonly string[]): Place {
  return { help, words, isItem: true };
}

function part(help: string, words: readonly string[] = []): Place {
  return { help, words, isItem: false };
}

/** By the words with which the grammar names them in `ERR_MSG`, or by a token's label. */
export const PLACES: ReadonlyMap<string, Place> = new Map([
  [
    "a declaration",
    item("a file holds import, const, enum, checksum, protocol, router and test", [
      ...["import", "const", "enum", "checksum", "protocol", "router", "test"],
    ]),
  ],
  [
    "a part of a protocol",
    item("a protocol holds frame, key, max, decide, endian, drop and what docs/grammar.md lists", [
      ...["frame", "key", "max", "decide", "endian", "drop", "prefix"],
      ...["variant", "layer", "dialog", "server", "stream"],
    ]),
  ],
  [
    "a statement",
    item("a field begins with its type, then comes its name: u16 length;", [
      ...INTEGER_TYPE_WORDS,
      ...VARINT_TYPE_WORDS,
      ...DIGIT_TYPE_WORDS,
      ...BYTES_TYPE_WORDS,
      ...COMPOSITE_TYPE_WORDS,
      ...["start", "end", "between", "ignore", "drop", "size", "max", "endian", "pad"],
      ...["rest", "if", "switch", "repeat", "check", "unverified"],
    ]),
  ],
  [
    "a rule",
    item('a router holds rules: when station == "A01" -> north; otherwise -> main;', [
      ...["when", "map", "otherwise"],
    ]),
  ],
  [
    "a line of a test",
    item('a test holds bytes "…"; client "10.1.2.3"; and expect …;', ["bytes", "client", "expect"]),
  ],
  [
    "a parameter",
    item("a checksum holds width, poly, init, xorout, reflect in and reflect out", [
      ...["width", "poly", "init", "xorout", "reflect"],
    ]),
  ],
  ["a step of a dialogue", item("a step is on FRAME reply … then FRAME;", ["on"])],
  ["a value", part("a value is a number, a text, bytes or the name of a field")],
  ["a field's type", part("for instance u16, dec[4], text[16] or bytes[length]")],
  [
    "a key's source",
    part("a key is taken from a field, a search (list where … take …) or headers(field) take …"),
  ],
  [
    "an outcome",
    part(
      'for instance expect station == "A01"; expect frame; expect reject at crc; expect need 7;',
      [...["missing", "frame", "reject", "need", "drop", "pool"]],
    ),
  ],
  [
    "a test of the key",
    part("a key is tested by ==, !=, <, in, not in, like, prefix or suffix", [
      ...["in", "not", "like", "prefix", "suffix"],
    ]),
  ],
  [
    "a condition on a key",
    part(
      'for instance station == "A01", station in "A".."C", missing station, client in "10.0.0.0/8"',
    ),
  ],
  [
    "a name",
    part("names are made of the letters a-z, digits and _, and do not begin with a digit"),
  ],
  ["',' or '}'", part("bits are separated by commas: bits u8 flags { user, password, qos:2 }")],
  ["a text in double quotes", part('write it in double quotes: "abc"')],
  [
    "a text or bytes",
    part('a text is written "abc", bytes x"7E"; a number such as 0x7E is neither'),
  ],
]);

/** What people write who know types and words from elsewhere. */
export const FOREIGN_TYPES: ReadonlyMap<string, string> = new Map([
  ...["byte", "char", "uchar", "uint8", "uint8_t", "unit8", "BYTE"].map((name) => [name, "u8"]),
  ...["word", "ushort", "uint16", "uint16_t", "unit16", "WORD"].map((name) => [name, "u16"]),
  ...["dword", "uint", "uint32", "uint32_t", "unit32", "DWORD"].map((name) => [name, "u32"]),
  ...["qword", "ulong", "uint64", "uint64_t", "unit64"].map((name) => [name, "u64"]),
  ...["int8", "int8_t", "sbyte"].map((name) => [name, "i8"]),
  ...["short", "int16", "int16_t"].map((name) => [name, "i16"]),
  ...["int", "int32", "int32_t"].map((name) => [name, "i32"]),
  ...["long", "int64", "int64_t"].map((name) => [name, "i64"]),
  ...["string", "str", "STRING"].map((name) => [name, "text"]),
  ...["BCD"].map((name) => [name, "bcd"]),
  ...["bool", "boolean"].map((name) => [name, "u8"]),
  ...["blob", "octets", "binary", "data"].map((name) => [name, "bytes"]),
  ...["elseif", "elsif", "elif"].map((name) => [name, "else if"]),
  ...["struct", "group"].map((name) => [name, "block"]),
] as [string, string][]);
