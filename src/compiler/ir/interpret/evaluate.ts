// The values of expressions, views and conditions. Reads the machine, changes nothing.

import { assert, assertNever } from "../../../base/assert.ts";
import { BIT_OPERAND_MAX } from "../interval.ts";
import type { Cond, Expr, Range, View } from "../ir.ts";
import { matchesEncoding } from "./encoding.ts";
import { type Machine, positionOf, readSlot, scratchBytes, wireBytes } from "./machine.ts";

/** A view that was looked up: where its bytes lie and what they are (not copied). */
export interface Located {
  readonly source: View["source"];
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The value of an expression; asserts that every step is exact. */
export function evaluate(machine: Machine, expr: Expr): number {
  switch (expr.kind) {
    case "const":
      return expr.value;
    case "slot":
      return readSlot(machine, expr.slot);
    case "binary": {
      const left = evaluate(machine, expr.left);
      const right = evaluate(machine, expr.right);
      const value = operate(expr.operator, left, right);
      assert(Number.isSafeInteger(value), `${left} ${expr.operator} ${right} is not exact`);
      return value;
    }
    default:
      return assertNever(expr);
  }
}

/** The bytes of a view; asserts that they are present. */
export function locate(machine: Machine, view: View): Located {
  const at = positionOf(machine, view.at);
  const end = at + evaluate(machine, view.length);
  const read = view.source === "wire" ? wireBytes : scratchBytes;
  return { source: view.source, at, bytes: read(machine, at, end) };
}

/** Whether a condition holds. `and` and `or` look at their right side only where the left one does not decide. */
export function holds(machine: Machine, condition: Cond): boolean {
  switch (condition.kind) {
    case "compare":
      return compare(
        condition.operator,
        evaluate(machine, condition.left),
        evaluate(machine, condition.right),
      );
    case "in":
      return isIn(evaluate(machine, condition.value), condition.ranges);
    case "equals": {
      const bytes = Buffer.from(locate(machine, condition.view).bytes);
      return condition.literals.some((literal) => bytes.equals(literal));
    }
    case "has":
      return locate(machine, condition.view).bytes.includes(condition.byte);
    case "encoding":
      return matchesEncoding(locate(machine, condition.view).bytes, condition.encoding);
    case "and":
      return holds(machine, condition.left) && holds(machine, condition.right);
    case "or":
      return holds(machine, condition.left) || holds(machine, condition.right);
    case "not":
      return !holds(machine, condition.operand);
    case "true":
      return true;
    default:
      return assertNever(condition);
  }
}

/** Whether one of the inclusive ranges holds the value. */
export function isIn(value: number, ranges: readonly Range[]): boolean {
  return ranges.some((range) => value >= range.lo && value <= range.hi);
}

function operate(
  operator: Extract<Expr, { kind: "binary" }>["operator"],
  left: number,
  right: number,
) {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return Math.trunc(left / right);
    case "%":
      return left % right;
    case "&":
      return Number(bits(left) & bits(right));
    case "|":
      return Number(bits(left) | bits(right));
    case "<<":
      return Number(bits(left) << bits(right));
    case ">>":
      return Number(bits(left) >> bits(right));
    default:
      return assertNever(operator);
  }
}

function bits(value: number): bigint {
  assert(value >= 0 && value <= BIT_OPERAND_MAX, `${value} is no operand of a bit operation`);
  return BigInt(value);
}

function compare(
  operator: Extract<Cond, { kind: "compare" }>["operator"],
  left: number,
  right: number,
) {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    default:
      return assertNever(operator);
  }
}
