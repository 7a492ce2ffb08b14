import { describe, expect, test } from "vitest";
import { statementOf } from "./parse-text.ts";
import { sketch } from "./sketch.ts";

function expectSketches(rows: readonly (readonly [string, string])[]): void {
  test.for(rows)("%s", ([text, expected]) => {
    expect(sketch(statementOf(text))).toBe(expected);
  });
}

describe("integers and clauses", () => {
  expectSketches([
    ["u8 a;", "field{type: integer{name: u8}, name: a}"],
    ["i64 a;", "field{type: integer{name: i64}, name: a}"],
    ["u16;", "field{type: integer{name: u16}}"],
    ["u16 _;", "field{type: integer{name: u16}, name: _}"],
    ["u32 a endian little;", "field{type: integer{name: u32}, name: a, endian: little}"],
    ["u32 length @1;", "field{type: integer{name: u32}, name: length, at: 1}"],
    ["u16 endian little;", "field{type: integer{name: u16}, endian: little}"],
    ["u16 endian;", "field{type: integer{name: u16}, name: endian}"],
    ["u24 size max 32KiB;", "field{type: integer{name: u24}, name: size, max: 32KiB}"],
    [
      "u16 length counts code..value;",
      "field{type: integer{name: u16}, name: length, counts: {first: code, last: value}}",
    ],
    [
      "u16 counts code..value;",
      "field{type: integer{name: u16}, counts: {first: code, last: value}}",
    ],
    [
      "u16 a max 5 @2 endian big = 3;",
      "field{type: integer{name: u16}, name: a, max: 5, at: 2, endian: big, guard: compare{operator: =, value: 3}}",
    ],
  ]);
});

describe("words that are names elsewhere", () => {
  expectSketches(
    ["size", "start", "end", "key", "client", "rest", "check", "frame", "any", "more"].map(
      (word) => [`u16 ${word};`, `field{type: integer{name: u16}, name: ${word}}`] as const,
    ),
  );
  expectSketches([
    ["size = size;", "size{value: size}"],
    [
      "u8 x = check;",
      "field{type: integer{name: u8}, name: x, guard: compare{operator: =, value: check}}",
    ],
    [
      "text[length] end;",
      "field{type: bytes{name: text, size: expression{value: length}}, name: end}",
    ],
    ["if any == 1 { }", "if{condition: (any == 1), then: []}"],
    ["if length > present { }", "if{condition: (length > present), then: []}"],
  ]);
});

describe("guards", () => {
  const field = (guard: string) => `field{type: integer{name: u8}, name: a, guard: ${guard}}`;
  expectSketches([
    ["u8 a = 0x10;", field("compare{operator: =, value: 0x10}")],
    ["u8 a != 0;", field("compare{operator: !=, value: 0}")],
    ["u8 a >= limit + 1;", field("compare{operator: >=, value: (limit + 1)}")],
    ["u8 a in 3..5;", field("in{isNegated: false, set: {items: [{from: 3, to: 5}]}}")],
    ["u8 a not in 1..4;", field("in{isNegated: true, set: {items: [{from: 1, to: 4}]}}")],
    [
      "u8 a in (1, 2, 7..9);",
      field("in{isNegated: false, set: {items: [{from: 1}, {from: 2}, {from: 7, to: 9}]}}"),
    ],
    ["u8 a in (1, 2,);", field("in{isNegated: false, set: {items: [{from: 1}, {from: 2}]}}")],
    ["u8 a in Command.bind;", field("in{isNegated: false, set: {items: [{from: Command.bind}]}}")],
    ["u8 a in -5..-1;", field("in{isNegated: false, set: {items: [{from: -5, to: -1}]}}")],
    [
      'text[u16] name in ("MQTT", "MQIsdp");',
      'field{type: bytes{name: text, size: prefix{type: integer{name: u16}}}, name: name, guard: in{isNegated: false, set: {items: [{from: "MQTT"}, {from: "MQIsdp"}]}}}',
    ],
  ]);
});

describe("other types", () => {
  expectSketches([
    ["varint[4] n;", "field{type: varint{name: varint, mostBytes: 4}, name: n}"],
    ["lenenc n;", "field{type: varint{name: lenenc}, name: n}"],
    ["dec[4] n max 1024;", "field{type: digits{name: dec, sizeBytes: 4}, name: n, max: 1024}"],
    ['dec n until ",";', 'field{type: digits{name: dec}, name: n, until: [","]}'],
    ["bcd[6] pan filler F;", "field{type: digits{name: bcd, sizeBytes: 6, filler: 15}, name: pan}"],
    ["bcd[6] pan filler 0;", "field{type: digits{name: bcd, sizeBytes: 6, filler: 0}, name: pan}"],
    ["bcd[6] filler;", "field{type: digits{name: bcd, sizeBytes: 6}, name: filler}"],
    [
      "bytes[varint[4]] properties;",
      "field{type: bytes{name: bytes, size: prefix{type: varint{name: varint, mostBytes: 4}}}, name: properties}",
    ],
    [
      "text16le[n * 2] db @dbOffset;",
      "field{type: bytes{name: text16le, size: expression{value: (n * 2)}}, name: db, at: dbOffset}",
    ],
    ["cstring[64] system;", "field{type: cstring{mostBytes: 64}, name: system}"],
    [
      'text line until ("\\r\\n", "\\n") max 512;',
      'field{type: bytes{name: text}, name: line, until: ["\\r\\n", "\\n"], max: 512}',
    ],
    [
      "bytes[size] feeds Hello by type;",
      "field{type: bytes{name: bytes, size: expression{value: size}}, feeds: {frame: Hello, by: type}}",
    ],
  ]);
});

describe("checks", () => {
  const hex4 = "field{type: digits{name: hex, sizeBytes: 4}, name: crc, check: ";
  expectSketches([
    [
      "hex[4] crc = check hj212(data);",
      `${hex4}{algorithm: hj212, over: {first: data}, isUnverified: false}}`,
    ],
    [
      "hex[4] crc = unverified check xor(id..body);",
      `${hex4}{algorithm: xor, over: {first: id, last: body}, isUnverified: true}}`,
    ],
    [
      "check crc32c(id..crc) == 0xB798B438;",
      "check{call: {algorithm: crc32c, over: {first: id, last: crc}, isUnverified: false}, value: 0xB798B438}",
    ],
  ]);
});

describe("bits", () => {
  expectSketches([
    [
      "bits u8 flags { user, qos:2, _ = 0 }",
      "bits{type: u8, name: flags, members: [{name: user, place: ordered{widthBits: 1}}, {name: qos, place: ordered{widthBits: 2}}, {name: _, place: ordered{widthBits: 1}, guard: compare{operator: =, value: 0}}]}",
    ],
    [
      "bits u16 endian little @2 { user bit 7; mode bits 5..3 in 0..2; }",
      "bits{type: u16, endian: little, at: 2, members: [{name: user, place: numbered{high: 7, low: 7}}, {name: mode, place: numbered{high: 5, low: 3}, guard: in{isNegated: false, set: {items: [{from: 0, to: 2}]}}}]}",
    ],
  ]);
});

describe("statements of a frame", () => {
  expectSketches([
    ['start "##";', 'start{mark: "##", atConnection: false}'],
    [
      'start x"7E" at connection confirm check max 8 false starts;',
      'start{mark: x"7e", atConnection: true, confirm: check, falseStarts: 8}',
    ],
    ["start mark;", "start{mark: mark, atConnection: false}"],
    ['end "\\r\\n";', 'end{mark: "\\r\\n"}'],
    ["between 0x7E and 0x7E;", "between{open: 0x7E, close: 0x7E, unescape: []}"],
    [
      'between 0x7E and x"7E" unescape { x"7D 01" -> x"7D"; x"7D 02" -> x"7E"; }',
      'between{open: 0x7E, close: x"7e", unescape: [{from: x"7d 01", to: x"7d"}, {from: x"7d 02", to: x"7e"}]}',
    ],
    ['ignore x"00", "\\r\\n" before frame;', 'ignore{marks: [x"00", "\\r\\n"]}'],
    ["drop max 4KiB;", "drop{max: 4KiB}"],
    ["size = length + 7;", "size{value: (length + 7)}"],
    ["max 64KiB;", "max{value: 64KiB}"],
    ["endian little;", "endian{order: little}"],
    [
      'endian by mark { "B": big, "l": little }',
      'endian{order: {field: mark, cases: [{value: "B", order: big}, {value: "l", order: little}]}}',
    ],
    ["pad to 4;", "pad{to: 4}"],
    ["rest;", "rest"],
    ["rest body;", "rest{name: body}"],
    ['"$";', 'literal{bytes: "$"}'],
    ['x"0D 0A";', 'literal{bytes: x"0d 0a"}'],
  ]);
});

describe("statements that hold statements", () => {
  expectSketches([
    ["block[4] { rest; }", "block{size: expression{value: 4}, body: [rest]}"],
    [
      "block[u16] body @4 { rest; }",
      "block{size: prefix{type: integer{name: u16}}, name: body, at: 4, body: [rest]}",
    ],
    [
      "if version == 5 { rest; } else if more { } else { pad to 2; }",
      "if{condition: (version == 5), then: [rest], else: [if{condition: more, then: [], else: [pad{to: 2}]}]}",
    ],
    [
      "switch type { 1: u8 a; 2..4: { rest; } 5, 7: { } else: { } }",
      "switch{on: type, arms: [{values: {items: [{from: 1}]}, body: [field{type: integer{name: u8}, name: a}]}, {values: {items: [{from: 2, to: 4}]}, body: [rest]}, {values: {items: [{from: 5}, {from: 7}]}, body: []}], else: []}",
    ],
    [
      'switch verb { "GET": if a == 1 { } else: rest; }',
      'switch{on: verb, arms: [{values: {items: [{from: "GET"}]}, body: [if{condition: (a == 1), then: []}]}], else: [rest]}',
    ],
    [
      "repeat params count times max 8 { u8 a; }",
      "repeat{name: params, extent: times{count: count}, max: 8, body: [field{type: integer{name: u8}, name: a}]}",
    ],
    ["repeat count times { }", "repeat{extent: times{count: count}, body: []}"],
    ["repeat n - 1 times { }", "repeat{extent: times{count: (n - 1)}, body: []}"],
    [
      "repeat ext filling u16 max 64 { }",
      "repeat{name: ext, extent: filling{size: prefix{type: integer{name: u16}}}, max: 64, body: []}",
    ],
    [
      "repeat ext filling rest max 9 { }",
      "repeat{name: ext, extent: filling-rest, max: 9, body: []}",
    ],
    [
      "repeat ext filling rest.length { }",
      "repeat{name: ext, extent: filling{size: expression{value: rest.length}}, body: []}",
    ],
    [
      "repeat hdr until 0 max 64 { }",
      "repeat{name: hdr, extent: until{terminator: 0}, max: 64, body: []}",
    ],
    ['repeat until "\\r\\n" { }', 'repeat{extent: until{terminator: "\\r\\n"}, body: []}'],
  ]);
});
