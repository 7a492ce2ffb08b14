import { describe, expect, test } from "vitest";
import { syntaxCatalog } from "../../../src/compiler/diagnostics/catalog/syntax.ts";
import { MAX_TOKENS } from "../../../src/compiler/syntax/lexer.ts";
import { parseText, unmark } from "./parse-text.ts";
import { sketch } from "./sketch.ts";

/** `⟦…⟧` marks the places, the codes are in the same order. */
type Row = readonly [marked: string, ...codes: string[]];

const inFrame: readonly Row[] = [
  // characters and literals
  ["u8 a⟦；⟧", "WB0101"],
  ["u8 a; ⟦#⟧ why\n", "WB0101"],
  ["u8 a; ⟦/*⟧ why\n and so */ u8 b;", "WB0101"],
  ["if a == 1 ⟦&&⟧ b == 2 { }", "WB0101"],
  ["if ⟦!⟧a { }", "WB0101"],
  ["u8 ⟦äa⟧;", "WB0101"],
  ["text t until ⟦'⟧;';", "WB0102"],
  ["text t until ⟦“⟧;”;", "WB0102"],
  ['text t until ⟦"abc;⟧\nu8 b;', "WB0103"],
  ['text t until "a⟦\u0001⟧b";', "WB0104"],
  ['text t until "a⟦\\q⟧b⟦\\x⟧1";', "WB0105", "WB0105"],
  ['text t until "⟦\\u⟧{110000}";', "WB0105"],
  ['text t until ⟦x"ABC"⟧;', "WB0106"],
  ['text t until x"A⟦g⟧";', "WB0106"],
  ["u8 a = ⟦0x⟧;", "WB0107"],
  ["u8 a = ⟦0x7G⟧;", "WB0107"],
  ["max ⟦64KB⟧;", "WB0108"],
  ["u64 a = ⟦18446744073709551616⟧;", "WB0109"],
  ["max ⟦99999999999GiB⟧;", "WB0109"],
  // statements
  ["u8 a = ⟦=⟧ 4; u8 b;", "WB0113"],
  ["start ⟦0x7E⟧;", "WB0113"],
  ['text t ⟦untill⟧ "x";', "WB0113"],
  ["if ⟦{⟧ } u8 b;", "WB0113"],
  ["bits u8 f { a ⟦b⟧ } u8 c;", "WB0113"],
  ["block ⟦{⟧ u8 a; } u8 b;", "WB0113"],
  ["u8⟦[4]⟧ a; u8 b;", "WB0113"],
  ["repeat x ⟦{⟧ u8 a; } u8 b;", "WB0113"],
  ["u8 ⟦a⟧\nu8 b;", "WB0114"],
  ["u32 lengt⟦h⟧  size = length + 7;", "WB0114"],
  ["text[1⟦6⟧ station @19;", "WB0114"],
  ["size = (a + ⟦b⟧;", "WB0114"],
  ["u8 ⟦until⟧;", "WB0115"],
  ["u8 ⟦text⟧ max 5;", "WB0115"],
  ["⟦lenght⟧ u16;", "WB0116"],
  ["⟦uint16⟧ length;", "WB0116"],
  ["⟦key⟧ k = a;", "WB0116"],
  ["size = a & b ⟦+⟧ c;", "WB0119"],
  ["if a & 1 ⟦==⟧ 1 { }", "WB0119"],
  ["if 1 ⟦<⟧ (a | b) | c { }", "WB0119"],
  ["if a ⟦=⟧ 1 { }", "WB0120"],
  ["u8 a ⟦==⟧ 1;", "WB0121"],
  ["if 1 < a ⟦<⟧ 5 { }", "WB0122"],
  ["u8 a max 1 ⟦max 2⟧;", "WB0123"],
  ["u8 a filler ⟦F⟧;", "WB0124"],
  ["if a + 1 ⟦has⟧ 0 { }", "WB0124"],
  ["bits u8 f { a:⟦65⟧, b:⟦0⟧ }", "WB0125", "WB0125"],
  ["bcd[6] p filler ⟦16⟧;", "WB0125"],
  ["bcd[6] p filler ⟦G⟧;", "WB0125"],
  ["switch a { ⟦else⟧: u8 x; 1: u8 y; }", "WB0126"],
  ["switch a { 1: u8 x; ⟦else⟧: u8 y; else: u8 z; }", "WB0126"],
  ["u8 a in ⟦()⟧;", "WB0127"],
  ["bits u8 f ⟦{ }⟧", "WB0127"],
];

const inFile: readonly Row[] = [
  ["⟦\0⟧", "WB0110"],
  ["prot⟦\0⟧ocol", "WB0110"],
  ["⟦protokol⟧ P { frame { } }", "WB0116"],
  ["⟦frame⟧ { } protocol P { }", "WB0116"],
  ["protocol ⟦{⟧ frame { } }", "WB0113"],
  ["protocol ⟦until⟧ { }", "WB0115"],
  ["import ⟦proxy⟧;", "WB0113"],
  ["const a ⟦5⟧;", "WB0113"],
  ["⟦enum E { }⟧", "WB0127"],
  ["enum E { a = 1⟦,⟧ b = 2; }", "WB0113"],
  ["checksum c { ⟦widht⟧ 16; }", "WB0116"],
  ["checksum c { reflect ⟦both⟧; }", "WB0113"],
  ["protocol P { frame { } } ⟦}⟧", "WB0118"],
  ["protocol P ⟦{⟧ frame { }", "WB0117"],
  ["protocol P {\n  frame ⟦{⟧\n    u8 a;\n}\nrouter r on P { }", "WB0117"],
  ["protocol P ⟦{⟧\n  frame {\n    u8 a;\n  }\n  key k = a;\nrouter r on P { }", "WB0117"],
  ["protocol P { key k = a ⟦nonemty⟧; }", "WB0113"],
  ['protocol P { key k = a split " " [⟦70000⟧]; }', "WB0125"],
  ['protocol P { key k = a split " " ⟦1⟧; }', "WB0113"],
  ["protocol P { key ⟦take⟧ = a; }", "WB0115"],
  ['protocol P { dialog { on A reply "N" ⟦then⟧ B; } }', "WB0113"],
  ["protocol P { dialog { ⟦in⟧ A done; } }", "WB0116"],
  ["protocol P { decide at ⟦end⟧; }", "WB0113"],
  ["router r on P { ⟦whem⟧ k == 1 -> a; otherwise -> b; }", "WB0116"],
  ["router r on P { when k ⟦->⟧ a; otherwise -> b; }", "WB0113"],
  ['router r on P { when k ⟦=⟧ "x" -> a; }', "WB0120"],
  ['router r on P { when k == "x" -> ⟦5⟧; otherwise -> b; }', "WB0113"],
  ["router r on P { otherwise -> ⟦split k { }⟧ }", "WB0127"],
  ["router r on P { otherwise -> ⟦a⟧\n}", "WB0114"],
  ["test P ⟦{⟧ }", "WB0113"],
  ['test P "t" { bytes⟦;⟧ expect frame; }', "WB0113"],
  ['test P "t" { expect ⟦foo⟧; expect frame; }', "WB0113"],
  ['test P "t" { expect k ⟦=⟧ 1; }', "WB0120"],
  ['test P "t" { ⟦expct⟧ frame; }', "WB0116"],
];

const rows: readonly Row[] = [
  ...inFrame.map(([marked, ...codes]): Row => [`protocol P { frame { ${marked} } }`, ...codes]),
  ...inFile,
];

function findings(text: string): readonly [string, number, number][] {
  return parseText(text).diagnostics.map(({ code, span }) => [code, span.start, span.end]);
}

test.for(rows.map((row) => ({ row, title: row[0] })))("$title", ({ row: [marked, ...codes] }) => {
  const { text, places } = unmark(marked);
  expect(findings(text)).toEqual(places.map((place, index) => [codes[index], ...place]));
});

describe("limits", () => {
  const nested = (open: string, close: string, depth: number) =>
    `protocol P { frame { ${open.repeat(depth)}${close.repeat(depth)} } }`;

  test.for([
    ["parentheses", `protocol P { frame { size = ${"(".repeat(100_000)}a; } }`],
    ["blocks", nested("block[1] { ", "} ", 100_000)],
    ["a chain of else if", `protocol P { frame { ${"if a == 1 { } else ".repeat(50_000)} { } } }`],
    [
      "arms without braces",
      `protocol P { frame { ${"switch a { 1: ".repeat(60)} rest; ${"}".repeat(60)} } }`,
    ],
    ["a long sum", `const a = ${"b + ".repeat(50_000)}b;`],
    ["not after not", `protocol P { frame { if ${"not ".repeat(50_000)}a { } } }`],
    [
      "a long condition of a rule",
      `router r on P { when ${"a == 1 or ".repeat(50_000)}b == 2 -> n; }`,
    ],
    [
      "long conditions in parentheses",
      `router r on P { when ${`(${"a == 1 or ".repeat(250)}`.repeat(20)}a == 2${")".repeat(20)} -> n; }`,
    ],
  ] as const)("%s", ([, text]) => {
    expect(parseText(text).diagnostics.map(({ code }) => code)).toEqual(["WB0112"]);
  });

  test("as deep as is allowed is fine", () => {
    expect(findings(nested("block[1] { ", "} ", 40))).toEqual([]);
    expect(findings(`const a = ${"b + ".repeat(255)}b;`)).toEqual([]);
  });

  test("too many words and marks", () => {
    const text = ";".repeat(MAX_TOKENS + 1);
    expect(parseText(text).diagnostics.map(({ code }) => code)).toEqual(["WB0111"]);
  });

  test("a file of garbage is given up early", () => {
    const { diagnostics } = parseText("$ ".repeat(1_000_000));
    expect(diagnostics.length).toBeLessThan(110);
  });

  test("a file of errors too", () => {
    const { diagnostics } = parseText(`protocol P { frame { ${"foo bar;\n".repeat(100_000)} } }`);
    expect(diagnostics.length).toBe(100);
  });
});

describe("recovery", () => {
  test("what is right around an error is in the tree", () => {
    const { tree, diagnostics } = parseText(`
protocol P {
  frame {
    u8 a;
    u16 = = 3;
    block[4] {
      u8 b
      foo c;
      u8 d;
    }
    if == 4 { u8 lost; } else { u8 lost; }
    u8 e;
  }
  kye k = a;
  key k = e;
}
router r on P { when k === 1 -> a; otherwise -> b; }
`);
    expect(diagnostics.map(({ code }) => code)).toEqual([
      "WB0113",
      "WB0114",
      "WB0116",
      "WB0113",
      "WB0116",
      "WB0113",
    ]);
    expect(sketch(tree.declarations)).toBe(
      "[protocol{name: P, items: [frame{body: [field{type: integer{name: u8}, name: a}, " +
        "block{size: expression{value: 4}, body: [field{type: integer{name: u8}, name: b}, " +
        "field{type: integer{name: u8}, name: d}]}, field{type: integer{name: u8}, name: e}]}, " +
        "key{name: k, alternatives: [{source: field{path: e}, modifiers: []}]}]}, " +
        "router{name: r, protocol: P, rules: [otherwise{action: pool{pool: b}}]}]",
    );
  });

  test("findings come in order, one a place", () => {
    const { diagnostics } = parseText("protocol P { frame { u8 = ; u8 ] ; u8 ) ) ; $ $ } }");
    const starts = diagnostics.map(({ span }) => span.start);
    expect(starts).toEqual([...new Set(starts)].sort((left, right) => left - right));
  });
});

describe("help", () => {
  test.for([
    ["protocol P { frame { uint16_t a; } }", "did you mean 'u16'?"],
    ["protocol P { frame { swich a { } } }", "did you mean 'switch'?"],
    ["protocol P { frame { length u16; } }", "the type comes first, then the name: u16 length;"],
    ["protocol P { frame { length: u16; } }", "the type comes first, then the name: u16 length;"],
    // Words that would skip or refuse in other languages are names here.
    ["protocol P { frame { offset u16; } }", "the type comes first, then the name: u16 length;"],
    ["protocol P { frame { error u8; } }", "the type comes first, then the name: u16 length;"],
    ['protocol P { frame { text a untill "x"; } }', "did you mean 'until'?"],
    ["protocol P { key k = a lowre; }", "did you mean 'lower'?"],
    [
      "protocol P { frame { key k = a; } }",
      "'key' begins a part of a protocol: look for a '}' missing or too many above",
    ],
    [
      "protocol P { frame { max 64kb; } }",
      "did you mean 'KiB'? Sizes count in KiB, MiB and GiB: 1KiB is 1024 bytes",
    ],
    [
      "protocol P { u16 length; }",
      "'u16' begins a statement, which stands in frame { … }: is that missing, or a '}' too many above?",
    ],
    [
      "protocol P { frame { u8 s = xor(a..b); } }",
      "a checksum is written with check: = check xor(first..last)",
    ],
    ["protocol P { frame { bytes(8) a; } }", "a size stands in brackets: bytes[8]"],
    ["protocol P { frame { u8 a = 5..9; } }", "a range is written with in: in 5..9"],
    [
      "protocol P { frame { u8 a in [1, 2]; } }",
      "several values stand in parentheses: in (1, 2, 4..9)",
    ],
    [
      'protocol P { key k = a.trim(" "); }',
      "it follows the key's source behind a blank, without dots and parentheses: trim",
    ],
    [
      "protocol P { key k = a reverse; }",
      "end the statement with ;, or go on with one of: split, url, nonempty, dotted, lower, upper, trim, max, else, where, take",
    ],
    ["protocol P { frame { if a == 1 { } elseif b { } } }", "did you mean 'else if'?"],
    [
      "protocol P { frame { switch a { case 1: u8 x; } } }",
      "values stand without a word before them: 1, 2: …, and else: … for all others",
    ],
    [
      "protocol P { frame { switch a { 1: u8 x; break; 2: u8 y; } } }",
      "leave it out: an arm ends where the next one begins",
    ],
    [
      "protocol P { frame { switch a { 1: u8 x; else: reject; } } }",
      "a guard refuses what it does not hold for, u8 type in (1, 2); and a switch without else refuses other values",
    ],
    [
      "protocol P { frame { u16le length; } }",
      "the byte order stands behind the name, u16 length endian little; or once in the protocol: endian little;",
    ],
    [
      "protocol P { frame { le u16 length; } }",
      "the byte order stands behind the name, u16 length endian little; or once in the protocol: endian little;",
    ],
    [
      "protocol P { byteorder little; }",
      "the byte order stands behind the name, u16 length endian little; or once in the protocol: endian little;",
    ],
    ["protocol P { frame { u16 length little; } }", "the byte order is written endian little"],
    [
      "protocol P { frame { u12 a; } }",
      "fields of some bits are members of an integer: bits u16 head { kind:4, length:12 }",
    ],
    [
      "protocol P { frame { u40 a; } }",
      "integers have 8, 16, 24, 32, 48, 56 or 64 bits; take bytes[5]",
    ],
    [
      "protocol P { frame { float a; } }",
      "there are no fractions: take their bytes, bytes[4] or bytes[8]",
    ],
    [
      "protocol P { frame { skip 4; } }",
      "bytes are skipped by a type without a name, bytes[4]; or a field is placed: text[8] id @16;",
    ],
    [
      "protocol P { frame { @16 text[8] id; } }",
      "an offset stands behind the name of the field: text[16] serial @20;",
    ],
    [
      "protocol P { frame { text[8] id at 16; } }",
      "an offset stands behind the name of the field: text[16] serial @20;",
    ],
    ["protocol P { max 1 MiB; }", "a unit stands directly behind its number: 1MiB"],
    [
      "protocol P { frame { u8 s = check xor(0..a); } }",
      "name a field, or the first and the last of several: (first..last)",
    ],
    ["router r on P { else -> a; }", "did you mean 'otherwise'?"],
    ["protocol P { endian: little; }", "leave the ':' out"],
    ["protocol P { key k: a; }", "write '=' here"],
    ["router r on P { when k == 1 => a; }", "write -> instead of =>"],
    ["protocol P { frame { u8 a；} }", "write the ASCII character ;"],
    ["protocol P { frame { if a == 1 && b { } } }", "write and"],
    ["protocol P { frame { if a & 1 == 1 { } } }", "write parentheses: (a & 1) == …"],
  ] as const)("%s", ([text, help]) => {
    expect(parseText(text).diagnostics[0]?.help).toBe(help);
  });
});

test("every code of the syntax is triggered here", () => {
  const triggered = new Set([...rows.flatMap(([, ...codes]) => codes), "WB0111", "WB0112"]);
  const codes = Object.values(syntaxCatalog).map(({ code }) => code as string);
  expect(codes.filter((code) => !triggered.has(code))).toEqual([]);
});
