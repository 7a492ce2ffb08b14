// The meanings that LANGUAGE.md states, one line a case: a source, the bytes, what comes of them.
import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";

type Case = readonly [title: string, input: string, expected: string];

function cases(source: string, table: readonly Case[]): void {
  test.for(table)("%s", ([, input, expected]) => {
    expect(judge(source, input)).toBe(expected);
  });
}

describe("need: what must still come at least", () => {
  cases(
    `protocol P { frame { start "*"; u32 length; size = length + 7; max 64KiB; text[4] id @19; } key id = id; }`,
    [
      ["nothing yet", "", "need 23"],
      ["the mark alone", "*", "need 22"],
      ["the length tells the frame's size", "*\0\0\0\x14", "need 22"],
      ["all but one byte", `*\0\0\0\x10${"x".repeat(17)}`, "need 1"],
      ["a frame", `*\0\0\0\x10${"x".repeat(14)}A01B`, 'frame 23 id="A01B"'],
    ],
  );
});

describe("need counts sizes decoded before other lengths", () => {
  cases(
    `protocol P { frame { u8 a; u8 b; text[u8] name; bytes[b] tail; u16 end; } key name = name; }`,
    [
      [
        "the first run ends with the name's length: nothing is decoded before it is complete",
        "\x01\x05",
        "need 3",
      ],
      ["the name's length too", "\x01\x05\x02", "need 9"],
    ],
  );
});

describe("a checksum covers the value: not the mark that ends it, unless a field behind it is named", () => {
  cases(
    `protocol P { frame { start "$" at connection; text id until "*" max 9; hex[2] sum = check xor(id); "!"; } key id = id; }`,
    [
      ["as in NMEA 0183", "$AB*03!", 'frame 7 id="AB"'],
      ["with the mark", "$AB*29!", "reject check:sum at 4"],
    ],
  );
  cases(
    `protocol P { frame { text id until "|" max 9; bytes[0] end; u8 sum = check sum8(id..end); } key id = id; }`,
    [
      ["with the mark", "A|\xBD", 'frame 3 id="A"'],
      ["without it", "A|A", "reject check:sum at 2"],
    ],
  );
  cases(`protocol P { frame { cstring[9] id; u8 sum = check crc8(id); } key id = id; }`, [
    ["without the NUL", "A\0\xC0", 'frame 3 id="A"'],
  ]);
});

describe("the length of a field bounds a size", () => {
  cases(
    `protocol P { frame { varint[2] length max 200; size = length + length(length); text[u8] id; bytes[length(id)] twin; rest; } key id = id; }`,
    [
      ["one byte of length", "\x05\x02abcd", 'frame 6 id="ab"'],
      ["two bytes", "\x85\0\x02abcd", 'frame 7 id="ab"'],
    ],
  );
});

describe("commit points: a refusal comes after the run that gives the next length, or at the end", () => {
  cases(
    `protocol P { frame { u8 type = 1; u16 length in 2..9; u8 kind = 7; bytes[length] body; "!"; } key k = kind; }`,
    [
      ["the first run is not complete: no refusal yet", "\x02\0", "need 5"],
      ["complete: guards in wire order", "\x02\0\x63\x08", "reject guard:type at 0"],
      ["the second guard", "\x01\0\x63\x08", "reject guard:length at 1"],
      ["the third", "\x01\0\x02\x08", "reject guard:kind at 3"],
      ["at the frame's end: the literal", "\x01\0\x02\x07ab?", "reject mark:literal at 6"],
      ["a frame", "\x01\0\x02\x07ab!", "frame 7 k=7"],
    ],
  );
});

const RESYNC = (confirm: string): string =>
  `protocol P { frame { start "#" ${confirm}; u8 length in 1..4; text[length] id; u8 sum = check sum8(id); end "!"; } key id = id; }`;

describe("start … confirm header: a false start in the header is dropped, later it refuses", () => {
  cases(RESYNC("confirm header"), [
    ["junk before the mark", "??#\x01A\x41!", 'frame 5 drop 2 id="A"'],
    ["a mark with an impossible length", "#\x09#\x01A\x41!", 'frame 5 drop 2 id="A"'],
    ["a wrong end mark refuses", "#\x01A\x41?", "reject mark:end at 4"],
    ["a wrong checksum refuses", "#\x01A\x42!", "reject check:sum at 3"],
    ["the end mark is looked at before the checksum", "#\x01A\x42?", "reject mark:end at 4"],
  ]);
});

describe("start … max false starts counts those of the header too", () => {
  cases(RESYNC("max 2 false starts"), [
    ["as many as are allowed", "#\x09#\x09#\x01B\x42!", 'frame 5 drop 4 id="B"'],
    ["one more", "#\x09#\x09#\x09#\x01B\x42!", "reject resync at 5 drop 5"],
  ]);
  cases(RESYNC(""), [
    ["any number, unless it is said", `${"#\x09".repeat(4)}#\x01B\x42!`, 'frame 5 drop 8 id="B"'],
  ]);
});

describe("start … confirm none: only the mark", () => {
  cases(RESYNC("confirm none"), [
    ["junk is still dropped", "?#\x01A\x41!", 'frame 5 drop 1 id="A"'],
    ["an impossible length refuses", "#\x09", "reject guard:length at 1"],
  ]);
});

describe("start … confirm end", () => {
  cases(RESYNC("confirm end max 2 false starts"), [
    ["a wrong end mark is a false start", "#\x01A\x41?#\x01B\x42!", 'frame 5 drop 5 id="B"'],
    ["a wrong checksum refuses", "#\x01A\x42!", "reject check:sum at 3"],
    ["more false starts than allowed", "#\x09#\x09#\x09#\x01B\x42!", "reject resync at 5 drop 5"],
  ]);
});

describe("start … confirm check", () => {
  cases(RESYNC("confirm check max 3 false starts"), [
    ["a wrong checksum is a false start", "#\x01A\x42!#\x01B\x42!", 'frame 5 drop 5 id="B"'],
  ]);
});

describe("start … at connection: nothing may come before it", () => {
  cases(RESYNC("at connection"), [
    ["junk refuses", "?#\x01A\x41!", "reject mark:start at 0"],
    ["a failure in the header refuses", "#\x09", "reject guard:length at 1"],
    ["a frame", "#\x01A\x41!", 'frame 5 id="A"'],
  ]);
});

describe("drop max and ignore", () => {
  cases(
    `protocol P { frame { ignore x"00", "\\r\\n" before frame; start "ab"; u8 id; drop max 4; } key id = id; }`,
    [
      ["ignored bytes", "\0\r\n\0ab\x05", "frame 3 drop 4 id=5"],
      ["the start of an ignored literal waits", "\r", "need 2"],
      ["half a mark is kept", "??a", "need 2 drop 2"],
      ["too much junk", "?????ab\x05", "reject junk at 5 drop 5"],
    ],
  );
});

describe("a field beyond a shorter frame", () => {
  cases(
    `protocol P { frame { u8 length; size = length; text[2] id @3; u8 kind @1; } key id = id; }`,
    [
      ["too short at the field", "\x04abcd", "reject too-short:id at 3"],
      ["room enough", "\x05abcde", 'frame 5 id="cd"'],
      ["a size smaller than what was read", "\x00abcd", "reject too-short:size at 0"],
    ],
  );
});

describe("sized parts are used up exactly", () => {
  cases(
    `protocol P { frame { block[u8] { u8 a; text[u8] name; } block[u8] { u8 b; rest; } } key n = name; }`,
    [
      ["exactly", "\x03a\x01x\x01b", 'frame 6 n="x"'],
      ["left over", "\x04a\x01xy\x01b", "reject trailing:block at 4"],
      ["too short inside", "\x02a\x01x\x01", "reject too-short:name at 3"],
      ["rest takes what is left", "\x03a\x01x\x03bcd", 'frame 8 n="x"'],
    ],
  );
});

describe("decide at key: as soon as every key is final", () => {
  cases(
    `protocol P { decide at key; max 100KiB; frame { u8 type = 1; u24 length in 9..90000; size = length + 4; text[u8] id max 8; bytes[length - 9] body; } key id = id; }`,
    [
      ["the key has come", "\x01\0\x27\x10\x02AB", 'key of 10004 id="AB"'],
      ["not yet", "\x01\0\x27\x10\x02A", "need 1"],
      ["a guard before it refuses", "\x02\0\x27\x10", "reject guard:type at 0"],
    ],
  );
});

describe("keys: missing, empty, alternatives, limits", () => {
  cases(
    `protocol P { frame { u8 has; if has == 1 { text[u8] db max 9; } text[u8] user; }
       key db = db nonempty else user lower max 4; key raw = db; }`,
    [
      ["the first alternative", "\x01\x02DB\x01U", 'frame 6 db="DB" raw="DB"'],
      ["empty counts as missing", "\x01\x00\x01U", 'frame 4 db="u" raw=""'],
      ["an arm that was not taken", "\x00\x02Me", 'frame 4 db="me" raw=-'],
      ["longer than max refuses", "\x00\x05Hello", "reject key-too-long:db at 2"],
      ["max binds to its alternative", "\x01\x05HELLO\x01U", 'frame 9 db="HELLO" raw="HELLO"'],
    ],
  );
});

describe("text operations", () => {
  cases(
    `protocol P { frame { text line until "\\n" max 99; }
       key third = line split "," [2] trim " "; key last = line split "," [-1];
       key id = line split "," pairs "=" take "id"; key n = number(line split "," [0]); }`,
    [
      ["pieces and pairs", "7, b , c ,id=x\n", 'frame 15 third="c" last="id=x" id="x" n=7'],
      ["what is not there is missing", "a\n", 'frame 2 third=- last="a" id=- n=-'],
      ["no delimiter within max", "x".repeat(101), "reject delimiter:line at 0"],
      ["waiting for the delimiter", "abc", "need 1"],
    ],
  );
  cases(
    `protocol P { frame { text head until "\\r\\n\\r\\n" max 999; }
       key host = headers(head) take only "host" lower;
       key path = head split " " [1] url path; key seg = head split " " [1] url path [-1]; key q = head split " " [1] url query "id"; }`,
    [
      [
        "headers and urls",
        "GET http://u@H:1/a/b?x=1&id=9#f HTTP/1.1\r\nHOST:  Example.ORG \r\n\r\n",
        'frame 65 host="example.org" path="/a/b" seg="b" q="9"',
      ],
      [
        "a second host refuses",
        "GET / H\r\nHost: a\r\nhost: b\r\n\r\n",
        "reject duplicate:host at 0",
      ],
    ],
  );
});

describe("digits", () => {
  cases(
    `protocol P { frame { dec[2] n; hex[2] h; bcd[2] b; dec t until ";" max 3; bcd[3] phone filler F; } key n = n; key h = h; key b = b; key t = t; key phone = phone trim left "0"; }`,
    [
      [
        "a digit a byte, two in BCD; keys are the digits",
        "07aB\x12\x3442;\x01\x23\xff",
        'frame 12 n="07" h="aB" b="1234" t="42" phone="123"',
      ],
      ["a letter among digits", "0xaB\x12\x3442;\x01\x23\x45", "reject digits:n at 0"],
      ["a nibble above nine", "07aB\x1a\x3442;\x01\x23\x45", "reject digits:b at 4"],
    ],
  );
});

describe("variable-length integers", () => {
  cases(
    `protocol P { frame { varint[2] n; bytes[n] body; vlq[2] v; ber[3] b; lenenc l; } key n = n; key v = v; key b = b; key l = l; }`,
    [
      ["one byte each", "\x01x\x05\x7f\xfa", "frame 5 n=1 v=5 b=127 l=250"],
      ["several bytes", "\x01x\x81\x00\x82\x01\x00\xfc\x00\x02", "frame 10 n=1 v=128 b=256 l=512"],
      ["unfinished at its most bytes", "\x80\x80\x80", "reject varint:n at 0"],
      ["MySQL's NULL", "\x00\x00\x00\xfb", "reject varint:l at 3"],
    ],
  );
});

describe("byte order and bits", () => {
  cases(
    `protocol P { frame { u8 mark; endian by mark { "B": big, "l": little } u16 a; bits u8 f { x bit 7, y bits 3..2, z bit 0 } u24 c endian little; } key a = a; key y = f.y; key c = c; }`,
    [
      ["big", "B\x01\x02\x8c\x01\x00\x00", "frame 7 a=258 y=3 c=1"],
      ["little", "l\x01\x02\x04\x01\x00\x00", "frame 7 a=513 y=1 c=1"],
      ["neither refuses", "?\x01\x02\x8c\x01\x00\x00", "reject guard:mark at 0"],
    ],
  );
});

describe("repetitions and searches", () => {
  cases(
    `protocol P { frame { u8 n; repeat items n times max 3 { u8 id; text[u8] v max 8; } repeat more_ until x"FF" max 2 { u8 id; } }
       key first = items where id == 1 take v; key last = items where id == 1 take last v; key second = items[1] take v; key any = any items.id == 9; }`,
    [
      [
        "first, last, by index",
        "\x03\x01\x01a\x02\x01b\x01\x01c\xff",
        'frame 11 first="a" last="c" second="b" any=0',
      ],
      ["nothing found", "\x00\xff", "frame 2 first=- last=- second=- any=0"],
      ["more than max", "\x04", "reject too-long:items at 1"],
      ["more than max before the terminator", "\x00\x01\x02\x03\xff", "reject too-long:more_ at 1"],
    ],
  );
  cases(
    `protocol P { frame { repeat items filling u8 max 9 { u8 id; text[u8] v max 8; } } key only = items where id == 1 take only v; }`,
    [
      ["one match", "\x03\x01\x01a", 'frame 4 only="a"'],
      ["a second one refuses", "\x06\x01\x01a\x01\x01b", "reject duplicate:only at 4"],
      ["an element cut off", "\x02\x01\x05", "reject too-short:items.v at 3"],
    ],
  );
});

describe("switch without else refuses what no arm lists", () => {
  cases(`protocol P { frame { u8 t; switch t { 1: u8 a; 2..3: { u16 a; } } } key a = a; }`, [
    ["the first arm", "\x01\x07", "frame 2 a=7"],
    ["a range", "\x03\x01\x00", "frame 3 a=256"],
    ["no arm", "\x04\x01\x00", "reject switch:t at 1"],
  ]);
});

describe("counts, padding, the end of a sized frame", () => {
  cases(
    `protocol P { frame { u8 code; u16 length counts code..value; rest value; pad to 4; u8 tail; max 99; } key v = value; }`,
    [
      ["length from the code to the value's end", "\x01\0\x05ab\0\0\0T", 'frame 9 v="ab"'],
      ["a length that ends before its first field", "\x01\0\x02", "reject too-short:length at 3"],
    ],
  );
  cases(`protocol P { frame { u8 size; size = size; text[2] id @1; end "!"; } key id = id; }`, [
    ["the end mark is the last byte", "\x06abcd!", 'frame 6 id="ab"'],
    ["another last byte", "\x06abcde", "reject mark:end at 5"],
  ]);
});

describe("prefix", () => {
  const source = (required: string): string =>
    `protocol P { prefix X ${required}; frame { u8 id = 7; } key id = id; } protocol X { frame { start "X" at connection; u8 n; bytes[n] data; } key data = data; }`;
  cases(source("required"), [
    ["consumed, then the frame", "X\x01a\x07", "frame 1 consume 3 id=7"],
    ["absent", "\x07", "reject mark:start at 0"],
    ["incomplete", "X\x01", "need 1"],
  ]);
  cases(source(""), [
    ["consumed where it is there", "X\x00\x07", "frame 1 consume 2 id=7"],
    ["optional", "\x07", "frame 1 id=7"],
  ]);
});

describe("a checksum may cover the start mark; what counts bounds its frame", () => {
  cases(
    `protocol P { frame { start "#" confirm check; u8 length counts id..id max 9; rest id; u8 sum = check sum8(start..id); } key id = id; }`,
    [
      ["from the mark on", "#\x02AB\xa8", 'frame 5 id="AB"'],
      ["another sum is a false start", "#\x02AB\xa9", "need 3 drop 5"],
    ],
  );
});

describe("what keys are made of", () => {
  cases(
    `protocol P { frame { u64 device; text16le[6] label; repeat labels until 0 max 9 { text[u8] part max 9; } } key device = device; key label = label; key name = labels dotted; }`,
    [
      [
        "eight bytes as they are, UTF-16 as UTF-8, labels with dots",
        "\x01\x02\x03\x04\x05\x06\x07\x08A\0\xe4\x00B\0\x03www\x02de\0",
        'frame 22 device="\x01\x02\x03\x04\x05\x06\x07\x08" label="A\xc3\xa4B" name="www.de"',
      ],
    ],
  );
});
