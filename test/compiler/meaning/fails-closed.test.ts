// What was accepted and meant something else than it says: byte orders with one case, absent fields in `not in`, fields of
// other kinds in two arms, searches and prefixes with `decide at key`.
import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";

type Case = readonly [title: string, input: string, expected: string];

function cases(source: string, table: readonly Case[]): void {
  test.for(table)("%s", ([, input, expected]) => {
    expect(judge(source, input)).toBe(expected);
  });
}

describe("endian by a field: a value that is not listed refuses, also where one order alone is listed", () => {
  for (const order of ["big", "little"])
    cases(`protocol P { frame { text[1] m; endian by m { "B": ${order} } u16 v; } key v = v; }`, [
      ["listed", "B\x01\x00", `frame 3 v=${order === "big" ? 256 : 1}`],
      ["not listed", "?\x01\x00", "reject guard:m at 0"],
    ]);
  test.for([
    ["a value twice", `u8 m; endian by m { 1: big, 0x01: little } u16 v;`, /WB0315/],
    [
      "a field that may be absent",
      `u8 k; if k == 1 { u8 m; } endian by m { 1: big } u16 v;`,
      /WB0208/,
    ],
  ] as const)("%s is an error", ([, body, code]) => {
    expect(() => judge(`protocol P { frame { ${body} } key v = v; }`, "")).toThrow(code);
  });
});

describe("a comparison with an absent field is false: not in is one", () => {
  cases(
    `protocol P { frame { u8 k; if k == 1 { u8 q; text[1] t; }
       if q not in (1, 2) { "a"; } if t not in ("x", "y") { "b"; } if not (q in (1, 2)) { "c"; } } key k = k; }`,
    [
      ["absent", "\x02c", "frame 2 k=2"],
      ["there, and none of them", "\x01\x05zabc", "frame 6 k=1"],
      ["there, and one of them", "\x01\x01x", "frame 3 k=1"],
    ],
  );
});

describe("a name in two arms is one field of one kind", () => {
  test.for([
    ["text[2] n;", "text16le[4] n;", "n"],
    ["bcd[2] n;", "bcd[2] n filler F;", "n"],
    ["repeat n 1 times { u8 v; }", "repeat n 1 times { text[2] v; }", "n[0] take v"],
    ["repeat n 1 times { text[2] v; }", "repeat n 1 times { text16be[2] v; }", "n[0] take v"],
  ] as const)("%s and %s", ([one, other, key]) => {
    const source = `protocol P { frame { u8 k; if k == 1 { ${one} } else { ${other} } } key n = ${key}; }`;
    expect(() => judge(source, "")).toThrow(/WB0212/);
  });
  cases(
    `protocol P { frame { u8 k; if k == 1 { repeat l 1 times { u8 n; text[1] v; } } else { repeat l 1 times { u32 n; text[4] v; } } }
       key n = l[0] take n; key v = l[0] take v lower; }`,
    [
      ["the smaller", "\x01\x07A", 'frame 3 n=7 v="a"'],
      ["the larger", "\x02\x01\x00\x00\x00ABCD", 'frame 9 n=16777216 v="abcd"'],
    ],
  );
});

describe("decide at key", () => {
  cases(
    `protocol P { decide at key; frame { u8 n max 3; repeat items n times { u8 tag; } bytes[u8] body; } key seven = any items.tag == 7; }`,
    [["any waits for its list", "\x02\x01\x07", "key of ? seven=1"]],
  );
  cases(
    `protocol P { decide at key; frame { u8 n in 1..9; block[n] { u8 k; rest data; } u16 tail; } key data = data; }`,
    [
      ["rest is waited for", "\x03\x01a", "need 1"],
      ["rest has come", "\x03\x01ab", 'key of ? data="ab"'],
    ],
  );
  cases(
    `protocol P { decide at key; frame { repeat items filling 1 max 3 { varint[2] n; } u8 k; } key k = k; }`,
    [
      ["a number that ends in its part", "\x05k", "key of ? k=107"],
      ["a number that ends beyond it", "\x80\x05k", "reject too-short:items.n at 0"],
    ],
  );
  cases(
    `protocol P { decide at key; frame { u8 n in 2..9; block[n] { u8 a @1; u8 k; } u16 tail; } key k = k; }`,
    [["what stands at an offset is not needed before", "", "need 2"]],
  );
  cases(
    `protocol P { prefix X; frame { u8 k; } key k = k; }
     protocol X { decide at key; frame { u8 mark = 1; u8 n; bytes[n] data; } key n = n; }`,
    [["a prefix is consumed whole", "\x01\x02ab\x07", "frame 1 consume 4 k=7"]],
  );
});

describe("a frame is never larger than its max", () => {
  cases(`protocol P { frame { max 4; text a until ","; varint[3] n; } key n = n; }`, [
    ["a number that ends in it", "ab,\x05", "frame 4 n=5"],
    ["a number that ends beyond it", "ab,\x85\x00", "reject too-long:n at 3"],
  ]);
  cases(
    `protocol P { frame { max 6; repeat items until ";" max 3 { u8 size in 1..4; size = size; rest; } } key k = items[0] take size; }`,
    [
      ["elements that end in it", "\x03ab\x02a;", "frame 6 k=3"],
      ["an element that ends beyond it", "\x03ab\x04abc;", "reject too-long:items.size at 3"],
    ],
  );
});

test("more elements than max allows are an error where there are always so many", () => {
  const source = `protocol P { frame { repeat items 4 times max 1 { u8 v; } } key v = items[0] take v; }`;
  expect(() => judge(source, "")).toThrow(/WB0312/);
});

test("what could not be understood is told of once, not where it is used", () => {
  const source = `protocol P { frame { u8 k @5; u8 j; } key k = k; }`;
  expect(() => judge(source, "")).toThrow(/^WB0307[^;]*$/);
});

describe("a field at an offset makes a branch or an element no larger", () => {
  cases(
    `protocol P { frame { u8 n in 2..9; size = n; if n == 2 { u8 b @1; } else { u8 c @1; } rest; } key n = n; }`,
    [["two bytes may be a frame", "", "need 2"]],
  );
  cases(
    `protocol P { decide at key; frame { u8 n in 3..9; size = n; repeat items 2 times { u8 v; u8 first @0; } rest; } key v = items[1] take v; }`,
    [["two elements are two bytes", "\x03", "need 2"]],
  );
});

describe("half bytes that fill up are refused where none are declared, also in long numbers", () => {
  cases(`protocol P { frame { bcd[8] n; } key n = n; }`, [
    ["digits", "\x12\x34\x56\x78\x12\x34\x56\x78", 'frame 8 n="1234567812345678"'],
    ["filled up", "\x12\x34\x56\x78\x12\x34\x56\xff", "reject digits:n at 0"],
  ]);
  cases(`protocol P { frame { bcd[8] n filler F; } key n = n; }`, [
    ["declared", "\x12\x34\x56\x78\x12\x34\x56\xff", 'frame 8 n="12345678123456"'],
  ]);
});

describe("decide at key: an element that ends where its size says is waited for", () => {
  cases(
    `protocol P { decide at key; frame { u8 n in 9..9; size = n; repeat items 1 times { u8 size in 2..6; size = size; u8 v @1; } u8 k; rest; } key k = k; key items = items max 9; }`,
    [
      ["its bytes are missing", "\x09\x04ab", "need 2"],
      ["they have come", "\x09\x04abck", 'key of 9 k=107 items="\x04abc"'],
    ],
  );
});
