// Random expressions and conditions over a few slots, and their values by big integers: what arithmetic is checked with.
import fc from "fast-check";
import type { Cond, Expr } from "../../src/compiler/ir/ir.ts";

const operators = ["+", "-", "*", "/", "%", "&", "|", "<<", ">>"] as const;
const comparisons = ["==", "!=", "<", "<=", ">", ">="] as const;
const bitMax = 2n ** 32n - 1n;
const exactMax = BigInt(Number.MAX_SAFE_INTEGER);

/** Expressions over the slots 0 … `slots` − 1. */
export function arbitraryExpr(slots: number): fc.Arbitrary<Expr> {
  const constant = fc.oneof(
    fc.integer({ min: -9, max: 40 }),
    fc.constantFrom(255, 65535, 2 ** 32 - 1, 2 ** 32, 2 ** 52),
  );
  const { expr } = fc.letrec<{ expr: Expr; binary: Expr; leaf: Expr }>((tie) => ({
    leaf: fc.oneof(
      constant.map((value): Expr => ({ kind: "const", value })),
      fc.nat(slots - 1).map((slot): Expr => ({ kind: "slot", slot })),
    ),
    binary: fc.record({
      kind: fc.constant("binary" as const),
      operator: fc.constantFrom(...operators),
      left: tie("expr"),
      right: tie("expr"),
    }),
    expr: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie("leaf"), tie("binary")),
  }));
  return expr;
}

/** Conditions of comparisons, ranges, and, or, not. */
export function arbitraryCond(slots: number): fc.Arbitrary<Cond> {
  const expr = arbitraryExpr(slots);
  const ranges = fc
    .uniqueArray(fc.integer({ min: -5, max: 60 }), { minLength: 2, maxLength: 6 })
    .map((edges) => edges.sort((a, b) => a - b))
    .map((edges) =>
      edges.flatMap((lo, index) => (index % 2 === 0 ? [{ lo, hi: edges[index + 1] ?? lo }] : [])),
    );
  const { cond } = fc.letrec<{ cond: Cond; leaf: Cond; both: Cond; not: Cond }>((tie) => ({
    leaf: fc.oneof(
      fc.record({
        kind: fc.constant("compare" as const),
        operator: fc.constantFrom(...comparisons),
        left: expr,
        right: expr,
      }),
      fc.record({ kind: fc.constant("in" as const), value: expr, ranges }),
    ),
    both: fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      left: tie("cond"),
      right: tie("cond"),
    }),
    not: fc.record({ kind: fc.constant("not" as const), operand: tie("cond") }),
    cond: fc.oneof({ maxDepth: 3 }, tie("leaf"), tie("both"), tie("not")),
  }));
  return cond;
}

/** The value, or null where a step is not exact. */
export function exactValue(expr: Expr, slots: readonly number[]): number | null {
  const value = bigValueOf(expr, slots);
  return value === null ? null : Number(value);
}

/** Whether the condition holds, or null where a step of it is not exact. */
export function truthOf(condition: Cond, slots: readonly number[]): boolean | null {
  switch (condition.kind) {
    case "compare":
      return compared(
        condition,
        exactValue(condition.left, slots),
        exactValue(condition.right, slots),
      );
    case "in": {
      const value = exactValue(condition.value, slots);
      return value === null
        ? null
        : condition.ranges.some(({ lo, hi }) => value >= lo && value <= hi);
    }
    case "and":
    case "or": {
      const left = truthOf(condition.left, slots);
      const right = truthOf(condition.right, slots);
      if (left === null || right === null) return null;
      return condition.kind === "and" ? left && right : left || right;
    }
    case "not": {
      const operand = truthOf(condition.operand, slots);
      return operand === null ? null : !operand;
    }
    default:
      throw new Error(`${condition.kind} has no value here`);
  }
}

function bigValueOf(expr: Expr, slots: readonly number[]): bigint | null {
  if (expr.kind === "const") return BigInt(expr.value);
  if (expr.kind === "slot") return BigInt(slots[expr.slot] ?? 0);
  const left = bigValueOf(expr.left, slots);
  const right = bigValueOf(expr.right, slots);
  if (left === null || right === null) return null;
  const value = operated(expr.operator, left, right);
  return value !== null && value >= -exactMax && value <= exactMax ? value : null;
}

function operated(
  operator: (typeof operators)[number],
  left: bigint,
  right: bigint,
): bigint | null {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0n ? null : left / right;
    case "%":
      return right === 0n ? null : left % right;
    default:
      if (left < 0n || right < 0n || left > bitMax || right > bitMax) return null;
      return operatedOnBits(operator, left, right);
  }
}

function operatedOnBits(
  operator: "&" | "|" | "<<" | ">>",
  left: bigint,
  right: bigint,
): bigint | null {
  switch (operator) {
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "<<":
      // Beyond any exact result; kept from being computed.
      return right > 99n ? (left === 0n ? 0n : null) : left << right;
    case ">>":
      return right > 99n ? 0n : left >> right;
  }
}

function compared(
  { operator }: Extract<Cond, { kind: "compare" }>,
  left: number | null,
  right: number | null,
): boolean | null {
  if (left === null || right === null) return null;
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
  }
}
