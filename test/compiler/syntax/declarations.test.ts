import { describe, expect, test } from "vitest";
import { declarationOf, itemOf, parseValid } from "./parse-text.ts";
import { sketch } from "./sketch.ts";

describe("declarations", () => {
  test.for([
    ['import "proxy";', 'import{path: "proxy"}'],
    ["const limit = 64KiB;", "const{name: limit, value: 64KiB}"],
    ['const mark = "##";', 'const{name: mark, value: "##"}'],
    [
      "enum Command { bind = 1; unbind = 6; }",
      "enum{name: Command, members: [{name: bind, value: 1}, {name: unbind, value: 6}]}",
    ],
    [
      "checksum acme { width 16; poly 0x8005; init 0xFFFF; reflect in; reflect out; xorout 0; }",
      "checksum{name: acme, parameters: [number{name: width, value: 16}, number{name: poly, value: 0x8005}, number{name: init, value: 0xFFFF}, reflect{what: in}, reflect{what: out}, number{name: xorout, value: 0}]}",
    ],
    ["protocol P { }", "protocol{name: P, items: []}"],
    ["router r on P { }", "router{name: r, protocol: P, rules: []}"],
    ['test P "t" { }', 'test{of: P, title: "t", statements: []}'],
  ] as const)("%s", ([text, expected]) => {
    expect(sketch(declarationOf(text))).toBe(expected);
  });
});

describe("parts of a protocol", () => {
  test.for([
    ["frame { rest; }", "frame{body: [rest]}"],
    ["frame Connect { }", "frame{name: Connect, body: []}"],
    [
      'variant { frame A { start "*"; } frame B { } }',
      'variant{frames: [frame{name: A, body: [start{mark: "*", atConnection: false}]}, frame{name: B, body: []}]}',
    ],
    [
      "layer record max 16 parts { bytes[size] feeds Hello; }",
      "layer{name: record, parts: 16, body: [field{type: bytes{name: bytes, size: expression{value: size}}, feeds: {frame: Hello}}]}",
    ],
    [
      'dialog max 4 turns { on Ssl reply "N" consume then Startup; on Startup done; }',
      'dialog{turns: 4, steps: [{frame: Ssl, reply: {items: ["N"], disposal: consume}, next: frame{name: Startup}}, {frame: Startup, next: done}]}',
    ],
    [
      'dialog { on G where methods has 0 reply x"05 00" id replay, backend expects x"05 00" then any; }',
      'dialog{steps: [{frame: G, where: has{operand: methods, value: 0}, reply: {items: [x"05 00", id], disposal: replay, backend: bytes{bytes: x"05 00"}}, next: any}]}',
    ],
    [
      'server first "220\\r\\n", backend expects frame Banner;',
      'server-first{greeting: "220\\r\\n", backend: frame{name: Banner}}',
    ],
    ['server first "220";', 'server-first{greeting: "220"}'],
    [
      "stream { client frame A; server frame B; reply by id; }",
      "stream{client: A, server: B, reply: by{field: id}}",
    ],
    [
      "stream { client frame A; server frame B; reply in order; }",
      "stream{client: A, server: B, reply: in-order}",
    ],
    [
      "prefix ProxyV1 | ProxyV2 required;",
      "prefix{protocols: [ProxyV1, ProxyV2], isRequired: true}",
    ],
    ["prefix ProxyV1;", "prefix{protocols: [ProxyV1], isRequired: false}"],
    ["endian little;", "endian{order: little}"],
    ["decide at key;", "decide{at: key}"],
    ["decide at frame;", "decide{at: frame}"],
    ["max 64KiB;", "max{value: 64KiB}"],
    ["drop max 4KiB;", "drop{max: 4KiB}"],
  ] as const)("%s", ([text, expected]) => {
    expect(sketch(itemOf(text))).toBe(expected);
  });
});

describe("keys", () => {
  const field = (path: string, modifiers = "") =>
    `{source: field{path: ${path}}, modifiers: [${modifiers}]}`;
  test.for([
    ["database", field("database")],
    [
      "database nonempty else user lower max 64",
      `${field("database", "nonempty")}, ${field("user", "case{to: lower}, max{value: 64}")}`,
    ],
    ['phone trim left "0"', field("phone", 'trim{side: left, bytes: "0"}')],
    ["labels dotted lower", field("labels", "dotted, case{to: lower}")],
    [
      'phone trim right " \\0" upper',
      field("phone", 'trim{side: right, bytes: " \\u0000"}, case{to: upper}'),
    ],
    ['phone trim " "', field("phone", 'trim{side: both, bytes: " "}')],
    ['line split " " [1]', field("line", 'split{separator: " ", index: 1}')],
    ['line split " " [-1]', field("line", 'split{separator: " ", index: -1}')],
    [
      'data split ";" pairs "=" take "MN" max 24',
      field("data", 'pairs{separator: ";", assign: "=", which: first, name: "MN"}, max{value: 24}'),
    ],
    [
      'data split ";" pairs "=" take last "MN"',
      field("data", 'pairs{separator: ";", assign: "=", which: last, name: "MN"}'),
    ],
    ["target url path [-1]", field("target", "url{part: segment{index: -1}}")],
    ["target url path", field("target", "url{part: path}")],
    ["target url host", field("target", "url{part: host}")],
    ['target url query "id"', field("target", 'url{part: query{name: "id"}}')],
    [
      "extensions where id == 0 take last name lower",
      "{source: search{list: extensions, select: where{condition: (id == 0)}, which: last, take: name}, modifiers: [case{to: lower}]}",
    ],
    [
      "args[1] take value",
      "{source: search{list: args, select: index{index: 1}, which: first, take: value}, modifiers: []}",
    ],
    [
      "args take only value.name",
      "{source: search{list: args, select: every, which: only, take: value.name}, modifiers: []}",
    ],
    [
      "args take last",
      "{source: search{list: args, select: every, which: first, take: last}, modifiers: []}",
    ],
    ['any ext.alpn == "h2"', '{source: any{condition: (ext.alpn == "h2")}, modifiers: []}'],
    ["any", field("any")],
    [
      'headers(head) take only "host" lower',
      '{source: headers{of: head, which: only, name: "host"}, modifiers: [case{to: lower}]}',
    ],
    ["headers", field("headers")],
    [
      'number(line split " " [1])',
      `{source: number{of: ${field("line", 'split{separator: " ", index: 1}')}}, modifiers: []}`,
    ],
    ["number", field("number")],
    [
      "(a else b) lower",
      `{source: group{alternatives: [${field("a")}, ${field("b")}]}, modifiers: [case{to: lower}]}`,
    ],
    ['a else "none"', `${field("a")}, {source: literal{value: "none"}, modifiers: []}`],
    ["a else -1", `${field("a")}, {source: literal{value: -1}, modifiers: []}`],
  ] as const)("%s", ([text, expected]) => {
    expect(sketch(itemOf(`key k = ${text};`))).toBe(`key{name: k, alternatives: [${expected}]}`);
  });
});

describe("rules", () => {
  const key = "key{name: k}";
  test.for([
    [
      'when k == "a" -> north;',
      `when{condition: compare{operand: ${key}, operator: ==, value: "a"}, action: pool{pool: north}}`,
    ],
    [
      "when number(k) in 1..4999 -> n;",
      "when{condition: in{operand: number{name: k}, isNegated: false, set: {items: [{from: 1, to: 4999}]}}, action: pool{pool: n}}",
    ],
    [
      "when number < 5 -> n;",
      "when{condition: compare{operand: key{name: number}, operator: <, value: 5}, action: pool{pool: n}}",
    ],
    [
      'when client in "10.0.0.0/8" -> n;',
      'when{condition: in{operand: client, isNegated: false, set: {items: [{from: "10.0.0.0/8"}]}}, action: pool{pool: n}}',
    ],
    [
      'when k not in file "vip.txt" -> n;',
      `when{condition: in-file{operand: ${key}, isNegated: true, file: "vip.txt"}, action: pool{pool: n}}`,
    ],
    [
      "when k in file -> n;",
      `when{condition: in{operand: ${key}, isNegated: false, set: {items: [{from: file}]}}, action: pool{pool: n}}`,
    ],
    [
      'when k like "88*" -> n;',
      `when{condition: pattern{operand: ${key}, match: like, pattern: "88*"}, action: pool{pool: n}}`,
    ],
    [
      'when k prefix "8" or k suffix "9" -> n;',
      `when{condition: or{left: pattern{operand: ${key}, match: prefix, pattern: "8"}, right: pattern{operand: ${key}, match: suffix, pattern: "9"}}, action: pool{pool: n}}`,
    ],
    [
      'when missing k -> reject "none";',
      'when{condition: missing{key: k}, action: reject{message: "none"}}',
    ],
    [
      'when missing == "x" -> n;',
      'when{condition: compare{operand: key{name: missing}, operator: ==, value: "x"}, action: pool{pool: n}}',
    ],
    [
      "when not (missing k and missing j) -> n;",
      "when{condition: not{operand: and{left: missing{key: k}, right: missing{key: j}}}, action: pool{pool: n}}",
    ],
    ["when not not missing k -> n;", "when{condition: missing{key: k}, action: pool{pool: n}}"],
    ["otherwise -> main by k;", "otherwise{action: pool{pool: main, by: k}}"],
    ["otherwise -> us-east-2 by k;", "otherwise{action: pool{pool: us-east-2, by: k}}"],
    ["otherwise -> reject;", "otherwise{action: pool{pool: reject}}"],
    [
      "otherwise -> split k { 95% -> stable; 5% -> canary by k; }",
      "otherwise{action: split{key: k, shares: [{percent: 95%, action: pool{pool: stable}}, {percent: 5%, action: pool{pool: canary, by: k}}]}}",
    ],
    ['map k file "devices.csv" -> pool by k;', 'map{key: k, file: "devices.csv", by: k}'],
    ['map k file "devices.csv" -> pool;', 'map{key: k, file: "devices.csv"}'],
  ] as const)("%s", ([text, expected]) => {
    expect(sketch(declarationOf(`router r on P { ${text} }`))).toBe(
      `router{name: r, protocol: P, rules: [${expected}]}`,
    );
  });
});

describe("lines of a test", () => {
  test.for([
    ['bytes "a" x"62"\n "c";', 'bytes{parts: ["a", x"62", "c"]}'],
    ['client "10.1.2.3";', 'client{address: "10.1.2.3"}'],
    ['expect station == "A01";', 'expect{what: key{key: station, value: "A01"}}'],
    ["expect frame == 3;", "expect{what: key{key: frame, value: 3}}"],
    ["expect missing station;", "expect{what: missing{key: station}}"],
    ["expect frame;", "expect{what: frame}"],
    ["expect frame 35;", "expect{what: frame{length: 35}}"],
    ["expect reject;", "expect{what: reject}"],
    ["expect reject at head.crc;", "expect{what: reject{at: head.crc}}"],
    ['expect reject "no station";', 'expect{what: reject{message: "no station"}}'],
    ["expect need;", "expect{what: need}"],
    ["expect need 7;", "expect{what: need{bytes: 7}}"],
    ["expect drop 3;", "expect{what: drop{bytes: 3}}"],
    ["expect pool north-2;", "expect{what: pool{pool: north-2}}"],
  ] as const)("%s", ([text, expected]) => {
    expect(sketch(declarationOf(`test P "t" { ${text} }`))).toBe(
      `test{of: P, title: "t", statements: [${expected}]}`,
    );
  });
});

describe("documentation", () => {
  const tree = parseValid(`
/// About P,
/// in two lines.
protocol P { /// of nothing
  /// The frame.
  frame {
    u8 a; /// behind a
    // not documentation
    //// nor this
    u8 b;
    /// above c
    /// and again

    u8 c; // no
  }
}
`);
  const [protocol] = tree.declarations;
  const frame = protocol?.kind === "protocol" ? protocol.items[0] : undefined;
  const fields = frame?.kind === "frame" ? frame.body : [];

  test("belongs to what follows, or to what stands before it on its line", () => {
    const docs = [protocol, frame, ...fields].map((node) =>
      node !== undefined && "docs" in node ? node.docs : [],
    );
    expect(docs).toEqual([
      ["About P,", "in two lines."],
      ["The frame."],
      ["behind a"],
      [],
      ["above c", "and again"],
    ]);
  });
});

test("a semicolon behind a brace is tolerated, and an empty text is an empty file", () => {
  const text = "protocol P { frame { bits u8 f { a, b }; if more { rest; }; }; };";
  expect(sketch(parseValid(text).declarations)).toBe(
    sketch(parseValid(text.replaceAll("};", "}")).declarations),
  );
  expect(parseValid("").declarations).toEqual([]);
  expect(parseValid("\uFEFF// only a comment").declarations).toEqual([]);
});
