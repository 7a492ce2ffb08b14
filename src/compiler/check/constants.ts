// Constant expressions: literals, `const` names, enum members and arithmetic on them. Knows no fields.

import { type Collector, report } from "../diagnostics/collector.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { BinaryOperator, Expression, FieldPath } from "../syntax/ast.ts";
import type { Symbols } from "./symbols.ts";

export type Constant =
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** No constant is larger: what none can be computed with, and keeps products of products small. */
const MAX_MAGNITUDE = 2n ** 64n;

/** Constants may refer to constants so deep; deeper ones have no value. */
const MAX_CONSTANT_DEPTH = 256;

interface Known {
  /** By what is declared, so that each is computed once; undefined while it is, which ends cycles. */
  readonly values: Map<Expression, Constant | undefined>;
  depth: number;
}

const knownOf = new WeakMap<Symbols, Known>();

/**
 * The value of an expression of constants, or undefined where it has none: it names something else (`null` of
 * `constantOfPath`), or has no arithmetic meaning. Never reports.
 */
export function constantOf(expression: Expression, symbols: Symbols): Constant | undefined {
  switch (expression.kind) {
    case "number":
      return { kind: "integer", value: expression.value };
    case "bytes":
      return { kind: "bytes", bytes: expression.bytes };
    case "path":
      return constantOfPath(expression, symbols);
    case "binary": {
      const left = constantOf(expression.left, symbols);
      const right = constantOf(expression.right, symbols);
      if (left?.kind !== "integer" || right?.kind !== "integer") return undefined;
      const value = fold(expression.operator, left.value, right.value);
      if (value === undefined || value > MAX_MAGNITUDE || value < -MAX_MAGNITUDE) return undefined;
      return { kind: "integer", value };
    }
    default:
      return undefined;
  }
}

/** The constant or enum member that a path names; undefined where it names neither. */
export function constantOfPath(path: FieldPath, symbols: Symbols): Constant | undefined {
  const [first, second] = path.parts;
  if (first === undefined) return undefined;
  if (second === undefined) return declaredValue(symbols.constants.get(first.text)?.value, symbols);
  const member = symbols.enums
    .get(first.text)
    ?.members.find((candidate) => candidate.name.text === second.text);
  return declaredValue(member?.value, symbols);
}

/** The value that a declaration gives; none where it refers to itself, or to others by too many steps. */
function declaredValue(value: Expression | undefined, symbols: Symbols): Constant | undefined {
  if (value === undefined) return undefined;
  const known = knownOf.get(symbols) ?? { values: new Map(), depth: 0 };
  knownOf.set(symbols, known);
  if (known.values.has(value)) return known.values.get(value);
  known.values.set(value, undefined);
  if (known.depth === MAX_CONSTANT_DEPTH) return undefined;
  known.depth += 1;
  const constant = constantOf(value, symbols);
  known.depth -= 1;
  known.values.set(value, constant);
  return constant;
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
