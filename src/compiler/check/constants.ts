// Constant expressions: literals, `const` names, enum members and arithmetic on them. Knows no fields.

import { type Collector, report } from "../diagnostics/collector.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { BinaryOperator, Expression, FieldPath } from "../syntax/ast.ts";
import type { Symbols } from "./symbols.ts";

export type Constant =
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** Constants may refer to constants so deep; more is taken for a cycle. */
const MAX_CONSTANT_DEPTH = 64;

/**
 * The value of an expression of constants, or undefined where it has none: it names something else (`null` of
 * `constantOfPath`), or has no arithmetic meaning. Never reports.
 */
export function constantOf(
  expression: Expression,
  symbols: Symbols,
  depth = 0,
): Constant | undefined {
  if (depth > MAX_CONSTANT_DEPTH) return undefined;
  switch (expression.kind) {
    case "number":
      return { kind: "integer", value: expression.value };
    case "bytes":
      return { kind: "bytes", bytes: expression.bytes };
    case "path":
      return constantOfPath(expression, symbols, depth);
    case "binary": {
      const left = constantOf(expression.left, symbols, depth + 1);
      const right = constantOf(expression.right, symbols, depth + 1);
      if (left?.kind !== "integer" || right?.kind !== "integer") return undefined;
      const value = fold(expression.operator, left.value, right.value);
      return value === undefined ? undefined : { kind: "integer", value };
    }
    default:
      return undefined;
  }
}

/** The constant or enum member that a path names; undefined where it names neither. */
export function constantOfPath(path: FieldPath, symbols: Symbols, depth = 0): Constant | undefined {
  const [first, second] = path.parts;
  if (first === undefined) return undefined;
  if (second === undefined) {
    const constant = symbols.constants.get(first.text);
    return constant === undefined ? undefined : constantOf(constant.value, symbols, depth + 1);
  }
  const member = symbols.enums
    .get(first.text)
    ?.members.find((candidate) => candidate.name.text === second.text);
  return member === undefined ? undefined : constantOf(member.value, symbols, depth + 1);
}

/** A constant that must be an integer of at most 2^53 − 1; reports and gives undefined otherwise. */
export function integerConstant(
  expression: Expression,
  symbols: Symbols,
  collector: Collector,
  what: string,
): number | undefined {
  const constant = constantOf(expression, symbols);
  if (constant?.kind === "integer" && constant.value <= BigInt(Number.MAX_SAFE_INTEGER))
    return Number(constant.value);
  report(collector, "notConstant", expression.span, {
    what,
    suggestion: suggestionFor(expression, symbols),
  });
  return undefined;
}

/** A constant that must be bytes, for marks; reports and gives undefined otherwise. */
export function bytesConstant(
  expression: Expression,
  symbols: Symbols,
  collector: Collector,
  what: string,
): Uint8Array | undefined {
  const constant = constantOf(expression, symbols);
  if (constant?.kind === "bytes") return constant.bytes;
  report(collector, "notConstant", expression.span, {
    what,
    suggestion: suggestionFor(expression, symbols),
  });
  return undefined;
}

function suggestionFor(expression: Expression, symbols: Symbols): string | undefined {
  if (expression.kind !== "path") return undefined;
  const names = [...symbols.constants.keys(), ...symbols.enums.keys()];
  return suggest(expression.parts.map((part) => part.text).join("."), names);
}

function fold(operator: BinaryOperator, left: bigint, right: bigint): bigint | undefined {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0n ? undefined : left / right;
    case "%":
      return right === 0n ? undefined : left % right;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "<<":
      return right > 64n ? undefined : left << right;
    case ">>":
      return right > 64n ? undefined : left >> right;
    default:
      return undefined;
  }
}
