// Operations that read integers whose place and size are known: loads, digits, checksums, calculations.

import { assertNever } from "../../../base/assert.ts";
import type { Op } from "../../ir/ir.ts";
import { decimalRoutine, hexadecimalRoutine, packedDecimalRoutine } from "./byte-routines.ts";
import { checksumRoutine } from "./checksum-routines.ts";
import { byteJs, exprJs, indexJs, runOf } from "./expression.ts";
import { add, all, any, binary, call, declare, type Js, type Statement, when } from "./tree.ts";
import { BUFFER, type UnpackScope } from "./unpack-scope.ts";

type OpOf<Kind extends Op["kind"]> = Extract<Op, { kind: Kind }>;

const TWO_POW_32 = 2 ** 32;
/** The upper word of 2^53: values from there on are not exact. */
const INEXACT_HIGH = 2 ** 21;

export function loadStatements(scope: UnpackScope, op: OpOf<"load">): readonly Statement[] {
  const byte = (place: number) =>
    byteJs(scope, op.at, op.order === "big" ? place : op.bytes - 1 - place);
  if (op.bytes <= 4) return [scope.set(op, op.slot, word(byte, 0, op.bytes, op.signed))];
  const high = word(byte, 0, op.bytes - 4, op.signed);
  const low = word(byte, op.bytes - 4, op.bytes, false);
  if (op.overflow === undefined) {
    return [scope.set(op, op.slot, add(binary("*", high, TWO_POW_32), low))];
  }
  const highName = scope.module.fresh(`${scope.nameOf(op.slot)}High`);
  const lowName = scope.module.fresh(`${scope.nameOf(op.slot)}Low`);
  return [
    declare("const", highName, high),
    declare("const", lowName, low),
    when(isInexact(highName, lowName, op.signed), scope.fail(op.overflow)),
    ...(scope.isKept(op.slot)
      ? [scope.set(op, op.slot, add(binary("*", highName, TWO_POW_32), lowName))]
      : []),
  ];
}

/** The bytes [from, to), most significant first, as an integer of 32 bits. */
function word(byte: (place: number) => Js, from: number, to: number, isSigned: boolean): Js {
  const bits = 8 * (to - from);
  const parts: Js[] = [];
  for (let place = from; place < to; place += 1) {
    const shift = 8 * (to - 1 - place);
    parts.push(shift === 0 ? byte(place) : binary("<<", byte(place), shift));
  }
  const joined = parts.reduce((left, right) => binary("|", left, right));
  if (isSigned && bits < 32) return binary(">>", binary("<<", joined, 32 - bits), 32 - bits);
  return bits === 32 && !isSigned ? binary(">>>", joined, 0) : joined;
}

function isInexact(high: string, low: string, isSigned: boolean): Js {
  const isAbove = binary(">=", high, INEXACT_HIGH);
  if (!isSigned) return isAbove;
  const isLeast = all(binary("===", high, -INEXACT_HIGH), binary("===", low, 0));
  return any(isAbove, binary("<", high, -INEXACT_HIGH), isLeast);
}

export function digitsStatements(scope: UnpackScope, op: OpOf<"digits">): readonly Statement[] {
  const name = scope.nameOf(op.slot);
  return [
    scope.set(op, op.slot, digitsValue(scope, op)),
    when(binary("<", name, 0), scope.fail(op.fail)),
  ];
}

function digitsValue(scope: UnpackScope, op: OpOf<"digits">): Js {
  const { bytes, from, to } = runOf(scope, op.view);
  const most = scope.intervalOf(op.slot).hi;
  switch (op.base) {
    case "dec":
      return call(decimalRoutine(scope.module), bytes, from, to, most);
    case "hex":
      return call(hexadecimalRoutine(scope.module), bytes, from, to, most);
    case "bcd":
      return call(packedDecimalRoutine(scope.module), bytes, from, to, op.filler ?? -1, most);
    default:
      return assertNever(op.base);
  }
}

export function checksumStatement(scope: UnpackScope, op: OpOf<"checksum">): Statement {
  const routine = checksumRoutine(scope.module, op.algorithm);
  const value = call(routine, BUFFER, indexJs(scope, op.from), indexJs(scope, op.to));
  return scope.set(op, op.slot, value);
}

export function calcStatement(scope: UnpackScope, op: OpOf<"calc">): Statement {
  return scope.set(op, op.slot, exprJs(scope, op.value));
}
