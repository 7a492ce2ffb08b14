// Variable-length integers: they run over a window, or suspend and begin again.

import { assertNever } from "../../../base/assert.ts";
import type { Op } from "../../ir/ir.ts";
import { indexJs, offsetJs } from "./expression.ts";
import { mayClobber, missingWith } from "./need.ts";
import {
  add,
  assign,
  binary,
  constantOf,
  declare,
  hex,
  increment,
  index,
  type Js,
  js,
  loopFor,
  type Operand,
  type Statement,
  subtract,
  when,
} from "./tree.ts";
import { BUFFER, BYTE, PRESENT, SCALE, SHIFT, START, type UnpackScope } from "./unpack-scope.ts";

type Varint = Extract<Op, { kind: "varint" }>;

/** A variable-length integer. Where it runs out of bytes it begins again: it has ten at most. */
export function varintStatements(scope: UnpackScope, op: Varint): readonly Statement[] {
  const clobbers = mayClobber(op, [op.slot, op.next]);
  const value = clobbers ? scope.module.fresh("value") : scope.nameOf(op.slot);
  const next = clobbers ? scope.module.fresh("next") : scope.nameOf(op.next);
  const begin = (name: string, slot: number, first: Js) =>
    clobbers ? declare("let", name, first) : scope.begin(op, slot, first);
  const parts: Decoding = { scope, op, value, next, begin };
  const isTooLarge = binary(">", value, scope.intervalOf(op.slot).hi);
  return [
    ...decodeStatements(parts),
    ...(largestOf(op) > scope.intervalOf(op.slot).hi
      ? [when(isTooLarge, scope.fail(op.fail))]
      : []),
    ...(clobbers
      ? [op.slot, op.next]
          .filter((slot) => scope.isKept(slot))
          .map((slot) => scope.set(op, slot, slot === op.slot ? value : next))
      : []),
  ];
}

interface Decoding {
  readonly scope: UnpackScope;
  readonly op: Varint;
  readonly value: string;
  readonly next: string;
  readonly begin: (name: string, slot: number, first: Js) => Statement;
}

function decodeStatements(parts: Decoding): readonly Statement[] {
  switch (parts.op.encoding) {
    case "varint":
    case "vlq":
      return groupStatements(parts);
    case "ber":
      return prefixedStatements(parts, 0x80, berCount);
    case "lenenc":
      return prefixedStatements(parts, 0xfb, lenencCount);
    default:
      return assertNever(parts.op.encoding);
  }
}

/** The largest value that the encoding can write in `most` bytes. */
function largestOf(op: Varint): number {
  if (op.encoding === "varint" || op.encoding === "vlq") return 2 ** (7 * op.most) - 1;
  return op.most === 1 ? 0xfa : 2 ** (8 * (op.most - 1)) - 1;
}

/** Seven bits a byte; the top bit says "more". */
function groupStatements({ scope, op, value, next, begin }: Decoding): readonly Statement[] {
  const byte = BYTE;
  const scale = op.most <= 4 ? SHIFT : SCALE;
  const at = offsetJs(scope, op.at);
  const group = binary("&", byte, hex(0x7f));
  const isLowFirst = op.encoding === "varint";
  const taken = !isLowFirst
    ? assign(value, add(binary("*", value, 128), group))
    : op.most <= 4
      ? assign(value, binary("<<", group, scale), "|=")
      : assign(value, binary("*", group, scale), "+=");
  const step = op.most <= 4 ? assign(scale, 7, "+=") : assign(scale, 128, "*=");
  return [
    begin(value, op.slot, js(0)),
    begin(next, op.next, at),
    loopFor(
      isLowFirst ? declare("let", scale, op.most <= 4 ? 0 : 1) : null,
      null,
      isLowFirst ? step : null,
      [
        when(isBehind(endOf(scope, op), js(next)), runOut(scope, op, js(1), next)),
        declare("const", byte, index(BUFFER, add(START, next))),
        increment(next),
        taken,
        when(binary("<", byte, hex(0x80)), [{ kind: "break", label: null }]),
        when(binary("===", next, add(at, op.most)), scope.fail(op.fail)),
      ],
    ),
  ];
}

/** Behind the last byte it may look at, counted from the frame's start. */
function endOf(scope: UnpackScope, op: Varint): Js {
  return op.extent.kind === "window" ? offsetJs(scope, op.extent.end) : js(PRESENT);
}

function isBehind(end: Js, at: Js): Js {
  return binary(">=", at, end);
}

/** No more bytes in the window, or none present: `wanted` bytes from `at` on are missing. */
function runOut(scope: UnpackScope, op: Varint, wanted: Js, at: Operand): readonly Statement[] {
  if (op.extent.kind === "window") return scope.fail(op.extent.short);
  const isNear = scope.isReached(op) && constantOf(wanted) === 1;
  const missing = isNear ? js(1) : subtract(add(at, wanted), PRESENT);
  return scope.suspend(op, missingWith(scope, missing, op.extent.need));
}

/** How many bytes of value the first byte announces, and when that is none at all. */
type Count = (first: string) => { readonly count: Js; readonly isMalformed: Js | null };

const berCount: Count = (first) => ({
  count: binary("&", first, hex(0x7f)),
  isMalformed: binary("||", binary("===", first, hex(0x80)), binary("===", first, hex(0xff))),
});

const lenencCount: Count = (first) => ({
  count: {
    kind: "conditional",
    test: binary("===", first, hex(0xfc)),
    yes: js(2),
    no: {
      kind: "conditional",
      test: binary("===", first, hex(0xfd)),
      yes: js(3),
      no: js(8),
    },
  },
  isMalformed: binary("||", binary("===", first, hex(0xfb)), binary("===", first, hex(0xff))),
});

/** A small value in the first byte, or the number of bytes behind it that hold the value. */
function prefixedStatements(
  { scope, op, value, next, begin }: Decoding,
  longFrom: number,
  countOf: Count,
): readonly Statement[] {
  const { module } = scope;
  const end = endOf(scope, op);
  const at = offsetJs(scope, op.at);
  const [first, count, place] = [module.fresh("first"), module.fresh("count"), module.fresh("i")];
  const announced = countOf(first);
  const isTooLong = binary(">=", count, op.most);
  const isMalformed =
    announced.isMalformed === null ? isTooLong : binary("||", announced.isMalformed, isTooLong);
  const take = assign(value, add(binary("*", value, 256), index(BUFFER, add(START, place))));
  const firstPlace = add(at, 1);
  const loop =
    op.encoding === "lenenc"
      ? loopFor(
          declare("let", place, subtract(next, 1)),
          binary(">=", place, firstPlace),
          { kind: "update", target: js(place), operator: "--" },
          [take],
        )
      : loopFor(declare("let", place, firstPlace), binary("<", place, next), increment(place), [
          take,
        ]);
  return [
    when(isBehind(end, at), runOut(scope, op, js(1), at)),
    declare("const", first, index(BUFFER, indexJs(scope, op.at))),
    begin(value, op.slot, js(first)),
    begin(next, op.next, firstPlace),
    when(binary(">=", first, hex(longFrom)), [
      declare("const", count, announced.count),
      when(isMalformed, scope.fail(op.fail)),
      assign(next, add(firstPlace, count)),
      when(binary(">", next, end), runOut(scope, op, js(0), next)),
      assign(value, 0),
      loop,
    ]),
  ];
}
