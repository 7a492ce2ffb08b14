// Repetitions at their edges: the last element, exactly as many as allowed, elements without bytes, elements with a size.
import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";

type Case = readonly [title: string, input: string, expected: string];

function cases(source: string, table: readonly Case[]): void {
  test.for(table)("%s", ([, input, expected]) => {
    expect(judge(source, input)).toBe(expected);
  });
}

describe("[-1] is the last element, and only that", () => {
  cases(
    `protocol P {
      frame { u8 n; repeat items n times max 4 { u8 kind; if kind == 1 { text[1] v; } } }
      key kind = items[-1] take kind;
      key v = items[-1] take v;
      key first = items[0] take kind;
    }`,
    [
      ["of several", "\x03\x02\x01a\x01b", 'frame 6 kind=1 v="b" first=2'],
      ["the last one has no v", "\x02\x01a\x02", "frame 4 kind=2 v=- first=1"],
      ["of none", "\x00", "frame 1 kind=- v=- first=-"],
    ],
  );
});

describe("until: as many elements as max says, then the terminator", () => {
  cases(`protocol P { frame { repeat items until ";" max 2 { u8 v; } u8 z; } key z = z; }`, [
    ["none", ";z", "frame 2 z=122"],
    ["exactly as many", "ab;z", "frame 4 z=122"],
    ["one more", "abc;z", "reject too-long:items at 0"],
  ]);
});

describe("times: an element may have no bytes", () => {
  cases(
    `protocol P { frame { u8 n max 3; repeat items n times { if n == 2 { u8 v; } } u8 z; } key z = z; }`,
    [
      ["without", "\x01z", "frame 2 z=122"],
      ["with", "\x02abz", "frame 4 z=122"],
    ],
  );
});

describe("an element that says its size", () => {
  cases(
    `protocol P {
      frame { u8 n max 3; repeat items n times { u8 size in 1..4; size = size; text[u8] v; } u8 z; }
      key z = z;
    }`,
    [
      ["is used up", "\x01\x03\x01az", "frame 5 z=122"],
      ["has bytes left over", "\x01\x04\x01a?z", "reject trailing:items.element at 4"],
    ],
  );
  cases(
    `protocol P {
      frame { u8 n max 3; repeat items n times { u8 size in 2..4; size = size; u8 v @1; } u8 z; }
      key z = z;
      key v = items[0] take v;
    }`,
    [["ends where its size says, with fields at offsets", "\x01\x04a??z", "frame 6 z=122 v=97"]],
  );
});

describe("rest uses up the part where it stands, not in the branches beside it", () => {
  cases(`protocol P { frame { u8 n; block[n] { u8 k; if k == 1 { rest; } } } key k = k; }`, [
    ["in the branch that was taken", "\x03\x01ab", "frame 4 k=1"],
    ["in one that was not", "\x03\x02ab", "reject trailing:block at 2"],
    ["nothing is left over", "\x01\x02", "frame 2 k=2"],
  ]);
  cases(
    `protocol P { frame { u8 n; block[n] { u8 length counts length..v max 9; u8 k; rest v; } } key v = v; }`,
    [
      ["ended by what counts it", "\x03\x03ka", 'frame 4 v="a"'],
      ["bytes behind what is counted", "\x04\x03ka?", "reject trailing:block at 4"],
    ],
  );
});
