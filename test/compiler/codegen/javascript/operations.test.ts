// Each operation by itself, generated against interpreted, over texts that are made to hit its corners.
import fc from "fast-check";
import { describe, test } from "vitest";
import { checksumNames, findChecksum } from "../../../../src/compiler/check/checksums.ts";
import type { Checksum, Cond, Op, UrlPart, View } from "../../../../src/compiler/ir/ir.ts";
import {
  ascii,
  at,
  from,
  guard,
  num,
  ref,
  reject,
  type SlotTable,
  scratch,
} from "../../../support/ir-build.ts";
import { shownSlot, type Tried, textFrame, textProgram } from "../../../support/op-programs.ts";
import { expectSameVerdicts } from "../../../support/same-verdicts.ts";

type Make = (slots: SlotTable, text: View) => Tried;

/** Texts over few different bytes, so that what is searched for occurs often. */
function textOf(alphabet: string, maxLength = 24): fc.Arbitrary<Uint8Array> {
  const piece = fc.constantFrom(...alphabet.split("|").map(ascii));
  return fc.array(piece, { maxLength }).map((pieces) => Uint8Array.from(Buffer.concat(pieces)));
}

const anyBytes = fc.uint8Array({ maxLength: 40 });

function tryOn(make: Make, texts: fc.Arbitrary<Uint8Array>, scratchBytes = 0): void {
  const program = textProgram(make, { scratchBytes });
  const frames = fc.oneof(texts, anyBytes).map(textFrame);
  expectSameVerdicts(program, frames);
}

describe("text", () => {
  const founds = (make: (text: View, into: ReturnType<SlotTable["found"]>) => Op): Make => {
    return (slots, text) => {
      const into = slots.found("part", 256, 255);
      const shown = [into.found, into.offset, into.length].map(shownSlot);
      return { ops: [make(text, into)], shown };
    };
  };

  test.for([
    [";", 0],
    [";", 1],
    [";", 3],
    [";", -1],
    [";", -3],
    ["ab", 1],
    ["aa", 2],
    ["aa", -2],
    ["\r\n", -1],
  ] as const)("piece between %j, %i", ([separator, index]) => {
    tryOn(
      founds((of, into) => ({ kind: "piece", of, separator: ascii(separator), index, into })),
      textOf(";|a|b|ab|\r\n|x"),
    );
  });

  test.for(
    [
      [";", "=", "MN"],
      ["&", "=", ""],
      ["ab", "=", "k"],
      [";", "==", "a="],
      [";;", "=;", "k"],
      [";", ":", "k:"],
    ].flatMap(([separator = "", assign = "", name = ""]) =>
      (["first", "last", "only"] as const).map(
        (which) => [separator, assign, name, which] as const,
      ),
    ),
  )("pair by %j and %j, name %j, %s", ([separator, assign, name, which]) => {
    tryOn(
      founds((of, into) => ({
        kind: "pair",
        of,
        separator: ascii(separator),
        assign: ascii(assign),
        name: ascii(name),
        which,
        duplicate: which === "only" ? reject(1, of.at) : null,
        into,
      })),
      textOf(";|&|=|==|MN|MN=|k|k=|a|b|k:|:|1|=;"),
    );
  });

  test.for(
    ["host", "x-id", "a:b", "Host"].flatMap((name) =>
      (["first", "last", "only"] as const).map((which) => [name, which] as const),
    ),
  )("header %j, %s", ([name, which]) => {
    tryOn(
      founds((of, into) => ({
        kind: "header",
        of,
        name: ascii(name),
        which,
        duplicate: which === "only" ? reject(1, of.at) : null,
        into,
      })),
      textOf("host|HOST|Host|x-id|X\rid|:|: |\t| |a|a:b|\r\n|\n|\r\nHost: |\r|é"),
    );
  });

  test.for<readonly [string, UrlPart]>([
    ["scheme", { kind: "scheme" }],
    ["user", { kind: "user" }],
    ["host", { kind: "host" }],
    ["port", { kind: "port" }],
    ["path", { kind: "path" }],
    ["segment 0", { kind: "segment", index: 0 }],
    ["segment 2", { kind: "segment", index: 2 }],
    ["segment -1", { kind: "segment", index: -1 }],
    ["segment -2", { kind: "segment", index: -2 }],
    ["query", { kind: "query", name: ascii("id") }],
  ])("url: %s", ([, part]) => {
    tryOn(
      founds((of, into) => ({ kind: "url", of, part, into })),
      textOf("http|://|:|/|//|?|#|@|[|]|id=|&|a|7|id|u:p@|+|-|.|h|%"),
    );
  });

  test.for(
    (["left", "right", "both"] as const).flatMap((side) =>
      ["0", " \0", "xyz"].map((bytes) => [side, bytes] as const),
    ),
  )("trim %s %j", ([side, bytes]) => {
    tryOn((slots, of) => {
      const offset = slots.position("offset", 256);
      const length = slots.integer("trimmed", 0, 255);
      const op: Op = { kind: "trim", of, side, bytes: ascii(bytes), offset, length };
      return { ops: [op], shown: [shownSlot(offset), shownSlot(length)] };
    }, textOf("0| |\0|x|y|z|a"));
  });

  test.for([
    ["lower", null],
    ["upper", null],
    ["copy", null],
    ["bcd", null],
    ["bcd", 15],
    ["bcd", 0],
    ["dotted", null],
    ["utf16le", null],
    ["utf16be", null],
  ] as const)("rewrite %s, filler %s", ([how, filler]) => {
    tryOn(
      (slots, of) => {
        const length = slots.integer("written", 0, 520);
        const view = scratch(at(3), ref(length));
        return {
          ops: [{ kind: "rewrite", of, how, filler, at: 3, length }],
          shown: [{ kind: "view", view }],
        };
      },
      textOf("a|Z|\x12|\x3f|\xf0|\x01|\x02|\x00|\xd8|\xdc|\xdf|\x40|é", 60),
      530,
    );
  });

  test("number", () => {
    tryOn(
      (slots, of) => {
        const slot = slots.integer("value", 0, 10 ** 15 - 1);
        const found = slots.flag("isNumber");
        return {
          ops: [{ kind: "number", of, slot, found }],
          shown: [shownSlot(slot), shownSlot(found)],
        };
      },
      textOf("0|1|9|12345|99999|a", 16),
    );
  });

  test("select and clear, of slots that they overwrite", () => {
    tryOn((slots, text) => {
      const into = slots.found("part", 512, 512);
      const again: View = {
        source: "wire",
        at: from(into.offset),
        length: { kind: "binary", operator: "-", left: ref(into.length), right: ref(into.found) },
      };
      const first: Op = { kind: "select", view: text, into };
      const ops: readonly Op[] = [
        first,
        {
          kind: "if",
          condition: {
            kind: "compare",
            operator: ">",
            left: ref(into.length),
            right: num(3),
          },
          then: [{ kind: "select", view: again, into }],
          else: [{ kind: "clear", into }],
        },
      ];
      return { ops, shown: [into.found, into.offset, into.length].map(shownSlot) };
    }, textOf("a|b"));
  });
});

describe("conditions", () => {
  const longLiteral = ascii("0123456789abcdefgh");
  test.for<readonly [string, (view: View) => Cond]>([
    ["has", (view) => ({ kind: "has", view, byte: 0x62 })],
    ...(["ascii", "utf8", "dec", "hex", "bcd"] as const).map(
      (encoding) =>
        [encoding, (view: View): Cond => ({ kind: "encoding", view, encoding })] as const,
    ),
    [
      "equals",
      (view) => ({ kind: "equals", view, literals: [ascii("ab"), ascii("abc"), ascii("")] }),
    ],
    [
      "equals one of many",
      (view) => ({
        kind: "equals",
        view,
        literals: ["a0", "a1", "a2", "b0", "b3", "b4", "bb", "a", "9", "f", "ab0", "ab9"].map(
          ascii,
        ),
      }),
    ],
    ["equals a long literal", (view) => ({ kind: "equals", view, literals: [longLiteral] })],
    [
      "not, and, or",
      (view) => ({
        kind: "or",
        left: { kind: "not", operand: { kind: "has", view, byte: 0x61 } },
        right: {
          kind: "and",
          left: { kind: "has", view, byte: 0x62 },
          right: {
            kind: "not",
            operand: {
              kind: "in",
              value: view.length,
              ranges: [
                { lo: 2, hi: 3 },
                { lo: 7, hi: 7 },
              ],
            },
          },
        },
      }),
    ],
  ])("%s", ([, make]) => {
    tryOn(
      (_, text) => ({ ops: [guard(make(text), reject(0, at(1)))], shown: [] }),
      textOf(
        "a|b|ab|abc|0|9|F|f|g|\x12|\x9f|\xff|\xf9|\xc3\xa9|\xe2\x82\xac|\xf0\x9f\x98\x80|\xed\xa0\x80|\xc0\x80|\xf4\x90\x80\x80|\x80|0123456789abcdefgh",
        5,
      ),
    );
  });
});

describe("integers", () => {
  test.for(
    [1, 2, 3, 4, 5, 6, 7, 8].flatMap((bytes) =>
      (["big", "little"] as const).flatMap((order) =>
        [false, true].map((signed) => [bytes, order, signed] as const),
      ),
    ),
  )("load of %i bytes, %s, signed %s", ([bytes, order, signed]) => {
    const most = Math.min(2 ** (8 * bytes), Number.MAX_SAFE_INTEGER);
    const program = textProgram((slots, text) => {
      const slot = slots.integer("value", signed ? -most : 0, most);
      const overflow = bytes > 6 ? { overflow: reject(0, text.at) } : {};
      const load: Op = { kind: "load", slot, at: text.at, bytes, order, signed, ...overflow };
      const isThere: Cond = {
        kind: "compare",
        operator: ">=",
        left: text.length,
        right: num(bytes),
      };
      return { ops: [guard(isThere, reject(1)), load], shown: [shownSlot(slot)] };
    });
    const corner = fc.constantFrom(0, 1, 0x1f, 0x20, 0x7f, 0x80, 0xdf, 0xe0, 0xff);
    const corners = fc.array(corner, { maxLength: 9 }).map((list) => Uint8Array.from(list));
    expectSameVerdicts(program, fc.oneof(corners, anyBytes).map(textFrame));
  });

  test.for(
    [9, 99, 65535, 2 ** 32, Number.MAX_SAFE_INTEGER].flatMap((hi) =>
      (
        [
          ["dec", null],
          ["hex", null],
          ["bcd", null],
          ["bcd", 15],
          ["bcd", 0],
        ] as const
      ).map(([base, filler]) => [base, filler, hi] as const),
    ),
  )("digits %s, filler %s, up to %i", ([base, filler, hi]) => {
    tryOn(
      (slots, view) => {
        const slot = slots.integer("value", 0, hi);
        return {
          ops: [{ kind: "digits", slot, view, base, filler, fail: reject(2, at(1)) }],
          shown: [shownSlot(slot)],
        };
      },
      textOf("0|1|9|a|F|g|\x10|\x99|\x00|\xff|\x1f|\x05", 20),
    );
  });

  test.for(checksumNames)("checksum %s", (name) => {
    const algorithm = findChecksum(name);
    if (algorithm === undefined) throw new Error(`no checksum ${name}`);
    tryChecksum(algorithm);
  });

  test.for([8, 16, 24, 32])("checksum of a CRC of %i bits that turns its bits once", (width) => {
    for (const reflectIn of [true, false]) {
      tryChecksum({
        kind: "crc",
        name: "odd",
        width,
        poly: 0x1021 % 2 ** width,
        init: 0x1d,
        reflectIn,
        reflectOut: !reflectIn,
        xorOut: 0x55,
      });
    }
  });

  function tryChecksum(algorithm: Checksum): void {
    tryOn(
      (slots, text) => {
        const slot = slots.integer("sum", 0, 2 ** 32 - 1);
        const end = slots.position("end", 256);
        return {
          ops: [
            {
              kind: "calc",
              slot: end,
              value: { kind: "binary", operator: "+", left: text.length, right: num(1) },
            },
            { kind: "checksum", slot, algorithm, from: at(1), to: from(end) },
          ],
          shown: [shownSlot(slot)],
        };
      },
      fc.uint8Array({ minLength: 100, maxLength: 200 }),
    );
  }
});
