// Values while a frame is made: choosing one that a guard allows, solving a size for the number that tells it, and the
// meaning of expressions, independent of the compiler's.
import { constantOf } from "../../src/compiler/check/constants.ts";
import type { Symbols } from "../../src/compiler/check/symbols.ts";
import type { Expression, FieldStatement, SetLiteral } from "../../src/compiler/syntax/ast.ts";
import { type Hints, namesIn } from "./hints.ts";
import { DeadEnd, type NumberPart, type Part } from "./parts.ts";
import type { Random } from "./random.ts";

/** What is made so far, and what it is made by. */
export interface Making {
  readonly symbols: Symbols;
  readonly hints: Hints;
  readonly random: Random;
  /** Named numbers and bytes made so far, innermost scope last. */
  readonly names: Map<string, NumberPart | Part>;
  order: "big" | "little";
}

/** A value that the guard allows. */
export function choose(making: Making, part: NumberPart): bigint {
  const { random } = making;
  const { guard } = part;
  const listed = making.hints.armValues.get(part.name);
  if (guard === undefined && listed !== undefined && random.chance(0.8))
    return evaluate(making, random.oneOf(listed));
  if (guard?.kind === "compare" && guard.operator === "=") return evaluate(making, guard.value);
  if (guard?.kind === "in" && !guard.isNegated) {
    const item = random.oneOf(guard.set.items);
    const lo = evaluate(making, item.from);
    const hi = evaluate(making, item.to ?? item.from);
    return lo + BigInt(random.between(0, Number(hi - lo)));
  }
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const most = random.chance(0.5) ? Math.min(part.max, 300) : part.max;
    const value = BigInt(random.between(0, most));
    if (isAllowed(making, part, value)) return value;
  }
  throw new DeadEnd("no value");
}

export function requireAllowed(making: Making, part: NumberPart): void {
  if (part.value === undefined || !isAllowed(making, part, part.value))
    throw new DeadEnd(`${part.name} cannot be ${part.value}`);
}

function isAllowed(making: Making, part: NumberPart, value: bigint): boolean {
  if (value < 0n || value > BigInt(part.max)) return false;
  const { guard } = part;
  if (guard === undefined) return true;
  if (guard.kind === "in") return isIn(making, value, guard.set) !== guard.isNegated;
  const limit = evaluate(making, guard.value);
  switch (guard.operator) {
    case "=":
      return value === limit;
    case "!=":
      return value !== limit;
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
  }
}

export function isIn(making: Making, value: bigint, set: SetLiteral): boolean {
  return set.items.some((item) => {
    const from = evaluate(making, item.from);
    return value >= from && value <= (item.to === undefined ? from : evaluate(making, item.to));
  });
}

/** The largest number that a type holds, roughly above 2^53. */
export function rangeMax(type: FieldStatement["type"]): number {
  switch (type.kind) {
    case "integer": {
      const bits = Number(type.name.slice(1)) - (type.name.startsWith("u") ? 0 : 1);
      return bits <= 53 ? 2 ** bits - 1 : 2 ** bits - 2 ** 12;
    }
    case "varint": {
      const most = type.mostBytes?.kind === "number" ? Number(type.mostBytes.value) : 3;
      return 2 ** Math.min(21, type.name === "ber" ? 8 * (most - 1) : 7 * most) - 1;
    }
    case "digits": {
      const bytes = type.sizeBytes?.kind === "number" ? Number(type.sizeBytes.value) : 7;
      const digits = type.name === "bcd" ? 2 * bytes : bytes;
      return Math.min((type.name === "hex" ? 16 : 10) ** digits - 1, Number.MAX_SAFE_INTEGER);
    }
    default:
      return 0;
  }
}

/** Gives the one unknown number in `expression` the value that makes it `wanted`; it must already be that otherwise. */
export function solve(making: Making, expression: Expression, wanted: number): void {
  const names = namesIn(expression);
  const unknown = names
    .map((name) => making.names.get(name))
    .find(
      (part): part is NumberPart => part?.kind === "number" && making.hints.sizes.has(part.name),
    );
  if (unknown === undefined) {
    if (evaluate(making, expression) !== BigInt(wanted)) throw new DeadEnd("a size that is fixed");
    return;
  }
  const at = (value: bigint): bigint => {
    unknown.value = value;
    return evaluate(making, expression);
  };
  const base = at(0n);
  const slope = at(1n) - base;
  if (slope === 0n) throw new DeadEnd("no slope");
  const value = (BigInt(wanted) - base) / slope;
  if (base + slope * value !== BigInt(wanted) || value < 0n) throw new DeadEnd("no solution");
  unknown.value = value;
}

export function tryEvaluate(making: Making, expression: Expression): bigint | undefined {
  for (const name of namesIn(expression)) {
    const part = making.names.get(name);
    if (part?.kind === "number" && part.value === undefined) return undefined;
  }
  return evaluate(making, expression);
}

export function evaluate(making: Making, expression: Expression): bigint {
  const known = constantOf(expression, making.symbols);
  if (known?.kind === "integer") return known.value;
  if (known?.kind === "bytes" && known.bytes.length === 1) return BigInt(known.bytes[0] ?? 0);
  if (expression.kind === "path") {
    const part = making.names.get(namesIn(expression)[0] ?? "");
    if (part?.kind === "number" && part.value !== undefined) return part.value;
    throw new DeadEnd(`no value for ${namesIn(expression)[0]}`);
  }
  if (expression.kind !== "binary") throw new DeadEnd(`no value for ${expression.kind}`);
  const left = evaluate(making, expression.left);
  const right = evaluate(making, expression.right);
  switch (expression.operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "<<":
      return left << right;
    case ">>":
      return left >> right;
    default:
      throw new DeadEnd("a condition as a number");
  }
}

export function holds(making: Making, condition: Expression): boolean {
  switch (condition.kind) {
    case "more":
      // The part around it gets as many bytes as the arm makes.
      return making.random.chance(0.6);
    case "not":
      return !holds(making, condition.operand);
    case "present":
      return making.names.has(namesIn(condition.of)[0] ?? "");
    case "in":
      return (
        isIn(making, evaluate(making, condition.operand), condition.set) !== condition.isNegated
      );
    case "binary": {
      const { operator } = condition;
      if (operator === "and")
        return holds(making, condition.left) && holds(making, condition.right);
      if (operator === "or") return holds(making, condition.left) || holds(making, condition.right);
      return compare(making, condition);
    }
    default:
      return evaluate(making, condition) !== 0n;
  }
}

function compare(making: Making, condition: Extract<Expression, { kind: "binary" }>): boolean {
  const part =
    condition.left.kind === "path" ? making.names.get(namesIn(condition.left)[0] ?? "") : undefined;
  const literal = constantOf(condition.right, making.symbols);
  if (part?.kind === "bytes" && literal?.kind === "bytes") {
    const isSame = Buffer.compare(part.bytes, literal.bytes) === 0;
    return condition.operator === "==" ? isSame : !isSame;
  }
  const left = evaluate(making, condition.left);
  const right = evaluate(making, condition.right);
  switch (condition.operator) {
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
      return evaluate(making, condition) !== 0n;
  }
}
