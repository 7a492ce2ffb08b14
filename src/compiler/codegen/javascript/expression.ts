// Expressions, positions, views and conditions of the IR as JavaScript. Every one is an expression without effects.

import { assertNever } from "../../../base/assert.ts";
import { BIT_OPERAND_MAX, type Interval, intervalOfExpr } from "../../ir/interval.ts";
import type { Cond, Expr, Position, Range, View } from "../../ir/ir.ts";
import { encodingRoutine, hasByteRoutine } from "./byte-routines.ts";
import { equalsOneLiteral } from "./literal-set.ts";
import {
  add,
  all,
  any,
  binary,
  call,
  hex,
  index,
  type Js,
  js,
  member,
  negate,
  subtract,
} from "./tree.ts";
import { BUFFER, START, type UnpackScope } from "./unpack-scope.ts";

const INT32_MAX = 2 ** 31 - 1;

/** A run of bytes as arguments: what holds it, the index of its first byte, the index behind its last. */
export interface Run {
  readonly bytes: string;
  readonly from: Js;
  readonly to: Js;
  readonly length: Js;
}

/** The value of an expression. */
export function exprJs(scope: UnpackScope, expr: Expr): Js {
  if (expr.kind === "const") return js(expr.value);
  if (expr.kind === "slot") return js(scope.nameOf(expr.slot));
  const left = exprJs(scope, expr.left);
  const right = exprJs(scope, expr.right);
  const operands = {
    left: intervalOfExpr(expr.left, scope.intervalOf),
    right: intervalOfExpr(expr.right, scope.intervalOf),
    result: intervalOfExpr(expr, scope.intervalOf),
  };
  switch (expr.operator) {
    case "+":
      return add(left, right);
    case "-":
      return subtract(left, right);
    case "*":
      return binary("*", left, right);
    case "/":
      return quotient(left, right, operands);
    case "%":
      return binary("%", left, right);
    case "&":
    case "|":
      return bitwise(expr.operator, left, right, operands.result);
    case "<<":
      return shiftedLeft(left, right, operands);
    case ">>":
      return shiftedRight(left, right, operands.right);
    default:
      return assertNever(expr.operator);
  }
}

interface Operands {
  readonly left: Interval;
  readonly right: Interval;
  readonly result: Interval;
}

function quotient(left: Js, right: Js, operands: Operands): Js {
  const divided = binary("/", left, right);
  const fits = operands.result.lo >= -INT32_MAX && operands.result.hi <= INT32_MAX;
  return fits ? binary("|", divided, 0) : call(member("Math", "trunc"), divided);
}

function bitwise(operator: "&" | "|", left: Js, right: Js, result: Interval): Js {
  const value = binary(operator, left, mask(right));
  return result.hi > INT32_MAX ? binary(">>>", value, 0) : value;
}

/** Constants of bit operations read better in hexadecimal. */
function mask(operand: Js): Js {
  return operand.kind === "number" && operand.value > 9 ? hex(operand.value) : operand;
}

function shiftedLeft(left: Js, right: Js, operands: Operands): Js {
  if (operands.result.hi <= INT32_MAX && operands.right.hi <= 31) return binary("<<", left, right);
  if (right.kind === "number") return binary("*", left, 2 ** right.value);
  return binary("*", left, call(member("Math", "pow"), 2, right));
}

function shiftedRight(left: Js, right: Js, by: Interval): Js {
  const shifted = binary(">>>", left, right);
  if (by.hi <= 31) return shifted;
  return { kind: "conditional", test: binary(">", right, 31), yes: js(0), no: shifted };
}

/** A position, counted from the frame's start. */
export function offsetJs(scope: UnpackScope, position: Position): Js {
  return position.base === null
    ? js(position.offset)
    : add(scope.nameOf(position.base), position.offset);
}

/** A position as an index of `buf`. */
export function indexJs(scope: UnpackScope, position: Position): Js {
  const base = position.base === null ? js(START) : add(START, scope.nameOf(position.base));
  return add(base, position.offset);
}

/** The byte at a position, `ahead` bytes behind it. */
export function byteJs(scope: UnpackScope, position: Position, ahead = 0): Js {
  return index(BUFFER, indexJs(scope, { ...position, offset: position.offset + ahead }));
}

/** A view's bytes as a run of indexes. */
export function runOf(scope: UnpackScope, view: View): Run {
  const bytes = view.source === "wire" ? BUFFER : scope.scratch;
  const from = view.source === "wire" ? indexJs(scope, view.at) : offsetJs(scope, view.at);
  const length = exprJs(scope, view.length);
  return { bytes, from, to: add(from, length), length };
}

/** Whether the condition holds. */
export function condJs(scope: UnpackScope, cond: Cond): Js {
  switch (cond.kind) {
    case "compare":
      return binary(
        COMPARISONS[cond.operator],
        exprJs(scope, cond.left),
        exprJs(scope, cond.right),
      );
    case "in":
      return inRanges(exprJs(scope, cond.value), cond.ranges);
    case "equals":
      return equalsOne(scope, cond.view, cond.literals);
    case "has": {
      const { bytes, from, to } = runOf(scope, cond.view);
      return call(hasByteRoutine(scope.module), bytes, from, to, hex(cond.byte));
    }
    case "encoding": {
      const { bytes, from, to } = runOf(scope, cond.view);
      return call(encodingRoutine(scope.module, cond.encoding), bytes, from, to);
    }
    case "and":
      return all(condJs(scope, cond.left), condJs(scope, cond.right));
    case "or":
      return any(condJs(scope, cond.left), condJs(scope, cond.right));
    case "not":
      return negate(condJs(scope, cond.operand));
    case "true":
      return js("true");
    default:
      return assertNever(cond);
  }
}

const COMPARISONS = {
  "==": "===",
  "!=": "!==",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
} as const;

/** Whether one of the ranges holds the value; at least one range. */
export function inRanges(value: Js, ranges: readonly Range[]): Js {
  const [first, ...others] = ranges.map(({ lo, hi }) =>
    lo === hi ? binary("===", value, lo) : all(binary(">=", value, lo), binary("<=", value, hi)),
  );
  return first === undefined ? js("false") : any(first, ...others);
}

function equalsOne(scope: UnpackScope, view: View, literals: readonly Uint8Array[]): Js {
  const { bytes, from, length } = runOf(scope, view);
  return equalsOneLiteral(scope.module, { bytes, from, length }, literals);
}

/** Whether a slot's values need more than the 32 bits of one state word. */
export function isWide({ lo, hi }: Interval): boolean {
  return lo < -INT32_MAX - 1 || hi > BIT_OPERAND_MAX || (lo < 0 && hi > INT32_MAX);
}
