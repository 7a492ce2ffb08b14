// Meanings that the first users of the language met: names that hide others, what is bound in a branch, frames that end in
// a search, decisions at the key behind a branch.
import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";

type Case = readonly [title: string, input: string, expected: string];

function cases(source: string, table: readonly Case[]): void {
  test.for(table)("%s", ([, input, expected]) => {
    expect(judge(source, input)).toBe(expected);
  });
}

describe("an element's own length hides the frame's from its first statement on", () => {
  cases(
    `protocol P {
      frame {
        u8 length in 2..32;
        block[length] {
          repeat items filling rest max 8 { u8 id; u8 length in 2..9; text[length - 2] value; }
        }
      }
      key value = items where id == 1 take value;
    }`,
    [
      ["the first element", "\x06\x01\x04ab\x02\x02", 'frame 7 value="ab"'],
      ["a later one", "\x08\x02\x03x\x01\x05abc", 'frame 9 value="abc"'],
      ["one that reaches beyond", "\x04\x01\x05ab", "reject too-short:items.value at 3"],
    ],
  );
});

test("a name is unknown before its declaration, also where one around has it", () => {
  const source = `protocol P {
    frame { u8 size in 2..9; block[4] inner { bytes[size] a; u8 size; rest; } }
    key a = inner.a;
  }`;
  expect(() => judge(source, "")).toThrow(/WB0201 there is no field 'size'/);
});

describe("a search that begins late does not lead out of the largest frame", () => {
  cases(`protocol P { frame { max 8; text a until " " max 4; text b until "!"; } key b = b; }`, [
    ["eight bytes", "a bcdef!", 'frame 8 b="bcdef"'],
    ["eight bytes, a late beginning", "abcd ef!", 'frame 8 b="ef"'],
    ["nine bytes", "abcd efg!", "reject too-long:b at 5"],
  ]);
});

describe("a repetition in a branch is a key where the branch was taken", () => {
  cases(
    `protocol P {
      frame {
        u8 has in 0..1;
        if has == 1 { repeat labels until 0 max 4 { u8 size in 1..9; bytes[size] label; } }
        u8 tail;
      }
      key name = labels dotted lower else "none";
    }`,
    [
      ["taken", "\x01\x01A\x02BC\0!", 'frame 8 name="a.bc"'],
      ["taken, and empty", "\x01\0!", 'frame 3 name=""'],
      ["not taken", "\0!", 'frame 2 name="none"'],
    ],
  );
});

describe("decide at key: a key in a branch is decided behind the branch, and need counts up to there", () => {
  cases(
    `protocol P {
      decide at key;
      frame { max 64; u8 kind; if kind == 1 { text[4] id; "\\r\\n"; } u16 tail; }
      key id = id;
    }`,
    [
      ["two of the key's bytes and the line end are missing", "\x01ab", "need 4"],
      ["decided before the tail", "\x01abcd\r\n", 'key of ? id="abcd"'],
      ["the branch was not taken", "\x02", "key of ? id=-"],
      ["what stands in the branch is verified", "\x01abcd\n\n", "reject mark:literal at 5"],
    ],
  );
});

describe("a frame grows too long by the field whose size the client sent, not by what stands behind it", () => {
  cases("protocol P { frame { max 64; text[u16] a; text[u8] b; } key k = b; }", [
    ["by its first text", "\x01\x00AB", "reject too-long:a at 2"],
    ["by its second", "\x00\x02AB\xff", "reject too-long:b at 5"],
  ]);
  cases("protocol P { frame { max 20; u8 n; bytes[n] data; u16 crc; u8 tail; } key k = n; }", [
    ["with fields of fixed size behind", "\xff", "reject too-long:data at 1"],
  ]);
});
