// Arithmetic is exact wherever it stands, or an error: also in conditions, guards and what a switch looks at.
import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";

describe("what may not be exact is an error", () => {
  test.for([
    ["a divisor of 0 in a condition", "u8 a; if 10 / a == 1 { u8 c; }"],
    ["a remainder by 0", "u8 a; if 10 % a == 1 { u8 c; }"],
    ["a divisor of 0 in a guard", "u8 a; u8 b = 10 / a;"],
    ["a divisor of 0 in a switch", "u8 a; switch 10 / a { 1: u8 c; else: {} }"],
    ["a product", "u32 a; if a * a == 1 { u8 c; }"],
    ["a shift", "u8 a; if (1 << a) > 1 { u8 c; }"],
    ["bits of more than 32", "u48 a; if (a & 1) == 1 { u8 c; }"],
    ["bits of a negative number", "i8 a; if (a & 1) == 1 { u8 c; }"],
  ])("%s", ([, body]) => {
    expect(() => judge(`protocol P { frame { ${body} } }`, "")).toThrow(/WB0304/);
  });
});

test.for([
  ["a divisor with a guard", "u8 a in 1..9; if 10 / a == 5 { u8 c; }", "\x02c", "frame 2"],
  ["a condition around it", "u8 a; if a > 0 { if 10 / a == 5 { u8 c; } }", "\x00", "frame 1"],
  ["bits of 32", "u32 a; if (a & 0x80000001) == 0x80000001 { u8 c; }", "\x80\0\0\x01c", "frame 5"],
  ["a shift with a guard", "u8 a max 40; if (1 << a) > 0xFFFFFFFF { u8 c; }", "\x20c", "frame 2"],
] as const)("%s is computed", ([, body, input, expected]) => {
  expect(judge(`protocol P { frame { ${body} } }`, input)).toBe(expected);
});

describe("an integer too wide to compute with equals one constant of its type", () => {
  const ordered = `protocol P { frame { u8 m; endian by m { 1: big, 2: little } u64 t = 1; } key m = m; }`;
  test.for([
    ["\x01\0\0\0\0\0\0\0\x01", "frame 9 m=1"],
    ["\x02\x01\0\0\0\0\0\0\0", "frame 9 m=2"],
    ["\x02\0\0\0\0\0\0\0\x01", "reject guard:t at 1"],
  ] as const)("in the order that a field tells: %j", ([input, expected]) => {
    expect(judge(ordered, input)).toBe(expected);
  });
  test.for([
    ["u56 t = 0x1122334455667788;", /WB0306/],
    ["u64 t = -1;", /WB0306/],
    ["i64 t = 0x8000000000000000;", /WB0306/],
    ["dec[16] t max 5;", /WB0210/],
  ] as const)("%s is an error", ([field, code]) => {
    expect(() => judge(`protocol P { frame { ${field} } }`, "")).toThrow(code);
  });
});
