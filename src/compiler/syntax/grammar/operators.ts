// How a flat row of operands and operators becomes a tree: precedence, and which operators may not stand side by side.
// Knows neither tokens of other kinds nor how the tree is bounded.

import type { BinaryOperator, Expression } from "../ast.ts";
import type { Token } from "../lexer.ts";

/** Binds tighter the higher; operators of one height associate to the left. */
const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  "==": 3,
  "!=": 3,
  "<": 3,
  "<=": 3,
  ">": 3,
  ">=": 3,
  "|": 4,
  "&": 5,
  "<<": 6,
  ">>": 6,
  "+": 7,
  "-": 7,
  "*": 8,
  "/": 8,
  "%": 8,
};

/** Operators on bits: beside any other operator they need parentheses. */
const BIT_OPERATORS: ReadonlySet<string> = new Set(["&", "|", "<<", ">>"]);

/** The operator a token spells; `undefined` for tokens that are none. */
export function operatorOf(spelling: string): BinaryOperator | undefined {
  // The table's keys are exactly the operators.
  return Object.hasOwn(PRECEDENCE, spelling) ? (spelling as BinaryOperator) : undefined;
}

/** `&` and `|`: beside a comparison they need parentheses. */
export function isBitwise(expression: Expression): boolean {
  return (
    expression.kind === "binary" && (expression.operator === "&" || expression.operator === "|")
  );
}

/** Index of the first operator that may not stand beside the one before it; -1: there is none. */
export function mixedAt(operators: readonly Token[]): number {
  return operators.findIndex(({ image }, index) => {
    const previous = operators[index - 1]?.image;
    if (previous === undefined || previous === image) return false;
    return BIT_OPERATORS.has(image) || BIT_OPERATORS.has(previous);
  });
}

/**
 * Joins `operands[0] operators[0] operands[1] …` by precedence. `join` makes one node; an operator that spells none
 * ends the row.
 */
export function combine(
  operands: readonly Expression[],
  operators: readonly Token[],
  join: (operator: BinaryOperator, left: Expression, right: Expression) => Expression,
): Expression | undefined {
  const pending: BinaryOperator[] = [];
  const done: Expression[] = operands.slice(0, 1);
  const reduce = (): void => {
    const operator = pending.pop();
    const right = done.pop();
    const left = done.pop();
    if (operator === undefined || right === undefined || left === undefined) return;
    done.push(join(operator, left, right));
  };
  for (const [index, token] of operators.entries()) {
    const operator = operatorOf(token.image);
    const operand = operands[index + 1];
    if (operator === undefined || operand === undefined) break;
    let last = pending.at(-1);
    while (last !== undefined && PRECEDENCE[last] >= PRECEDENCE[operator]) {
      reduce();
      last = pending.at(-1);
    }
    pending.push(operator);
    done.push(operand);
  }
  while (pending.length > 0) reduce();
  return done[0];
}
