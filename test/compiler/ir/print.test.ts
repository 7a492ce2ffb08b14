// The printed form of programs: goldens for whole protocols, a table for what those do not hold.
import { expect, test } from "vitest";
import type { Op } from "../../../src/compiler/ir/ir.ts";
import { printBytes } from "../../../src/compiler/ir/print/phrases.ts";
import { printProgram } from "../../../src/compiler/ir/print.ts";
import {
  ascii,
  at,
  awaitTo,
  choose,
  test as compare,
  createSlots,
  from,
  load,
  math,
  nowhere,
  open,
  programOf,
  reason,
  ref,
  reject,
  scratch,
  wire,
} from "../../support/ir-build.ts";
import { samplePrograms } from "../../support/ir-samples.ts";

test.for(samplePrograms)("$name reads as its golden", async ({ name, program }) => {
  const golden = `../../golden/ir/${name.toLowerCase()}.txt`;
  await expect(printProgram(program)).toMatchFileSnapshot(golden);
});

test("spans do not show", () => {
  for (const { program } of samplePrograms) {
    const moved = JSON.parse(JSON.stringify(program), (name, value) =>
      name === "span" ? { file: 7, start: 1, end: 2 } : revived(value),
    );
    expect(printProgram(moved)).toBe(printProgram(program));
  }
});

const slots = createSlots();
const [a, b] = [slots.integer("a", 0, 255), slots.integer("b", -8, 255)];
const pos = slots.position("pos", 99);
const found = slots.found("part", 99, 99);
const view = wire(at(1), ref(a));

const lines: readonly (readonly [string, Op])[] = [
  ["a = a - (b - 1) * 2", calcOf(math(a, "-", math(math(b, "-", 1), "*", 2)))],
  ["a = a - b - 1", calcOf(math(math(a, "-", ref(b)), "-", 1))],
  ["a = a * (b / 2)", calcOf(math(a, "*", math(b, "/", 2)))],
  ["a = (a & 15) + (b >> 4)", calcOf(math(math(a, "&", 15), "+", math(b, ">>", 4)))],
  ["a = (a << 8) | b", calcOf(math(math(a, "<<", 8), "|", ref(b)))],
  ["b = i16 little at pos - 2", load(b, from(pos, -2), 2, { order: "little", signed: true })],
  [
    "a = u64 big at 0 else reject too-long:size at 0",
    load(a, at(0), 8, { overflow: reject(0, at(0)) }),
  ],
  ["await pos need max(pos + 4, 20)", awaitTo(from(pos), from(pos, 4), at(20))],
  [
    'open ignore "\\r\\n", x"00" at connection need 3 else reject too-long:size at 0',
    open(null, 3, {
      ignore: [ascii("\r\n"), ascii("\0")],
      atConnection: true,
      fail: reject(0),
    }),
  ],
  [
    "guard (a < 1 or a in (3, 5..9)) and not (bytes[a] at 1 is utf8) else drop 1 as too-long:size at 1",
    {
      kind: "guard",
      condition: {
        kind: "and",
        left: {
          kind: "or",
          left: compare(a, "<", 1),
          right: {
            kind: "in",
            value: ref(a),
            ranges: [
              { lo: 3, hi: 3 },
              { lo: 5, hi: 9 },
            ],
          },
        },
        right: { kind: "not", operand: { kind: "encoding", view, encoding: "utf8" } },
      },
      fail: { reason: 0, at: at(1), resync: true },
    },
  ],
  [
    "partFound, partOffset, partLength = url segment -1 of scratch[4] at pos",
    { kind: "url", of: scratch(from(pos), 4), part: { kind: "segment", index: -1 }, into: found },
  ],
  [
    'partFound, partOffset, partLength = url query "id" of bytes[a] at 1',
    { kind: "url", of: view, part: { kind: "query", name: ascii("id") }, into: found },
  ],
  [
    'pos, a = trim both x"00 20" of bytes[a] at 1',
    { kind: "trim", of: view, side: "both", bytes: ascii("\0 "), offset: pos, length: a },
  ],
  [
    "a = bcd filler 15 of bytes[a] at 1 into scratch at 3",
    { kind: "rewrite", of: view, how: "bcd", filler: 15, at: 3, length: a },
  ],
  [
    "partFound, a = number of bytes[a] at 1",
    { kind: "number", of: view, slot: a, found: found.found },
  ],
  [
    "decided inspected pos length unknown",
    { kind: "verdict", verdict: { kind: "key", inspected: from(pos), length: null } },
  ],
  ["consume pos", { kind: "verdict", verdict: { kind: "consume", length: from(pos) } }],
  ["key key0 = a + 1", { kind: "key", key: 0, value: { kind: "integer", value: math(a, "+", 1) } }],
  [
    "a = checksum sum16 complement two from 0 to pos",
    {
      kind: "checksum",
      slot: a,
      algorithm: { kind: "sum", width: 16, complement: "two" },
      from: at(0),
      to: from(pos),
    },
  ],
  ["if true\n    nothing", choose({ kind: "true" }, [], [])],
  [
    "switch a\n  case 1, 3..4\n    leave\n  else\n    nothing",
    {
      kind: "switch",
      on: ref(a),
      arms: [
        {
          ranges: [
            { lo: 1, hi: 1 },
            { lo: 3, hi: 4 },
          ],
          body: [{ kind: "leave" }],
        },
      ],
      else: [],
    },
  ],
  [
    "field list[a].id: integer a, bytes[2] at pos",
    {
      kind: "field",
      path: ["list[", a, "].id"],
      view: wire(from(pos), 2),
      value: { kind: "integer", value: ref(a) },
      span: nowhere,
    },
  ],
];

test.for(lines)("%s", ([line, op]) => {
  const program = programOf({
    slots: slots.all,
    body: [op],
    reasons: [reason("too-long", "size")],
  });
  const printed = printProgram(program);
  expect(printed.slice(printed.indexOf("body\n"))).toBe(`body\n  ${line}\n`);
});

test.for([
  ["GET ", '"GET "'],
  ["\r\n", '"\\r\\n"'],
  ["\x01\xff", 'x"01 FF"'],
  ['a\x01\\"\t', '"a\\x01\\\\\\"\\t"'],
  ["", '""'],
] as const)("bytes %j", ([text, printed]) => {
  expect(printBytes(ascii(text))).toBe(printed);
});

test("a slot or reason that is not there does not stop the printer", () => {
  const faulty = programOf({
    slots: [],
    body: [{ kind: "guard", condition: compare(3, "==", 1), fail: reject(9) }],
  });
  expect(printProgram(faulty)).toContain("guard slot3 == 1 else reject reason9 at 0");
});

function calcOf(value: Extract<Op, { kind: "calc" }>["value"]): Op {
  const slot = value.kind === "binary" && value.operator === "<<" ? b : a;
  return { kind: "calc", slot, value };
}

/** Arrays of bytes come out of JSON as objects with numbered keys. */
function revived(value: unknown): unknown {
  const isBytes =
    typeof value === "object" && value !== null && "0" in value && !Array.isArray(value);
  return isBytes ? Uint8Array.from(Object.values(value)) : value;
}
