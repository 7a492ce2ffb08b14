// The subset of JavaScript that generated modules use, as data, with short constructors. Knows neither how it is
// printed nor what it is made from.

/** Operators of two operands that generated code uses. */
export type BinaryOperator =
  | "||"
  | "&&"
  | "|"
  | "^"
  | "&"
  | "==="
  | "!=="
  | "<"
  | "<="
  | ">"
  | ">="
  | "<<"
  | ">>"
  | ">>>"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%";

export type UnaryOperator = "!" | "-" | "~";

/** An expression. */
export type Js =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "number"; readonly value: number; readonly isHex?: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "index"; readonly object: Js; readonly index: Js }
  | { readonly kind: "member"; readonly object: Js; readonly property: string }
  | { readonly kind: "call"; readonly callee: Js; readonly args: readonly Js[] }
  | { readonly kind: "new"; readonly callee: Js; readonly args: readonly Js[] }
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Js }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Js;
      readonly right: Js;
    }
  | { readonly kind: "conditional"; readonly test: Js; readonly yes: Js; readonly no: Js }
  | { readonly kind: "array"; readonly items: readonly Js[] }
  | {
      readonly kind: "object";
      readonly entries: readonly (readonly [key: string, value: Js])[];
      /** Each entry on a line of its own. */
      readonly isOpen: boolean;
    };

export type AssignOperator = "=" | "+=" | "-=" | "*=" | "^=" | "|=" | ">>>=";

export type Statement =
  /** `//` lines; line breaks within the text start new ones. */
  | { readonly kind: "comment"; readonly text: string }
  | { readonly kind: "blank" }
  /** A whole routine that is the same in every module, laid out as the printer would; only at the module's level. */
  | { readonly kind: "verbatim"; readonly text: string }
  | {
      readonly kind: "declare";
      readonly how: "const" | "let";
      readonly name: string;
      readonly value: Js;
      readonly isExported?: boolean;
    }
  | {
      readonly kind: "assign";
      readonly target: Js;
      readonly operator: AssignOperator;
      readonly value: Js;
    }
  | { readonly kind: "update"; readonly target: Js; readonly operator: "++" | "--" }
  | { readonly kind: "run"; readonly expression: Js }
  | {
      readonly kind: "if";
      readonly test: Js;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: "for";
      readonly label: string | null;
      readonly init: Statement | null;
      readonly test: Js | null;
      readonly update: Statement | null;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "while";
      readonly test: Js;
      readonly body: readonly Statement[];
    }
  | { readonly kind: "switch"; readonly on: Js; readonly cases: readonly SwitchCase[] }
  | { readonly kind: "return"; readonly value: Js }
  | { readonly kind: "break"; readonly label: string | null }
  | { readonly kind: "continue"; readonly label: string | null }
  | {
      readonly kind: "function";
      readonly name: string;
      readonly parameters: readonly string[];
      readonly body: readonly Statement[];
      /** A `/** … *\/` comment above it; empty: none. */
      readonly documentation: string;
      readonly isExported: boolean;
    };

/** One arm; no test: the default. Its body falls through unless it ends otherwise. */
export interface SwitchCase {
  readonly tests: readonly Js[];
  readonly body: readonly Statement[];
}

/** Operands may be given as names and numbers. */
export type Operand = Js | string | number;

/** A name for a string, a number literal for a number. */
export function js(operand: Operand): Js {
  if (typeof operand === "string") return { kind: "name", name: operand };
  if (typeof operand !== "number") return operand;
  if (operand >= 0) return { kind: "number", value: operand };
  return { kind: "unary", operator: "-", operand: { kind: "number", value: -operand } };
}

/** A number literal in hexadecimal, for masks and polynomials; not negative. */
export function hex(value: number): Js {
  return { kind: "number", value, isHex: true };
}

export function binary(operator: BinaryOperator, left: Operand, right: Operand): Js {
  return { kind: "binary", operator, left: js(left), right: js(right) };
}

/** `left + right`, with constants joined and zero left out. */
export function add(left: Operand, right: Operand): Js {
  const sum = [js(left), js(right)];
  const [head, tail] = sum;
  if (head === undefined || tail === undefined) return js(0);
  const headValue = constantOf(head);
  const tailValue = constantOf(tail);
  if (headValue !== null && tailValue !== null) return js(headValue + tailValue);
  if (headValue !== null) return add(tail, headValue);
  if (tailValue === null) return binary("+", head, tail);
  if (head.kind === "binary" && (head.operator === "+" || head.operator === "-")) {
    const inner = constantOf(head.right);
    if (inner !== null)
      return add(head.left, head.operator === "+" ? inner + tailValue : tailValue - inner);
  }
  if (tailValue === 0) return head;
  return tailValue > 0 ? binary("+", head, tailValue) : binary("-", head, -tailValue);
}

/** `left - right`, with constants joined and zero left out. */
export function subtract(left: Operand, right: Operand): Js {
  const value = constantOf(js(right));
  return value === null ? binary("-", left, right) : add(left, -value);
}

/** The number that an expression is, or null. */
export function constantOf(expression: Js): number | null {
  if (expression.kind === "number") return expression.value;
  if (expression.kind !== "unary" || expression.operator !== "-") return null;
  return expression.operand.kind === "number" ? -expression.operand.value : null;
}

/** All of them joined by `&&`, as one chain; at least one. */
export function all(first: Js, ...others: readonly Js[]): Js {
  return chain("&&", [first, ...others]);
}

/** All of them joined by `||`, as one chain; at least one. */
export function any(first: Js, ...others: readonly Js[]): Js {
  return chain("||", [first, ...others]);
}

function chain(operator: "&&" | "||", operands: readonly Js[]): Js {
  const links = operands.flatMap((operand) => linksOf(operator, operand));
  return links.reduce((left, right) => binary(operator, left, right));
}

/** The operands of a chain of one operator; what is no such chain is its only link. */
function linksOf(operator: "&&" | "||", expression: Js): readonly Js[] {
  if (expression.kind !== "binary" || expression.operator !== operator) return [expression];
  return [...linksOf(operator, expression.left), ...linksOf(operator, expression.right)];
}

const OPPOSITES: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>> = {
  "===": "!==",
  "!==": "===",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

/** True where `condition` is false. Comparisons and chains of them are turned round: operands must not be NaN. */
export function negate(condition: Js): Js {
  if (condition.kind === "unary" && condition.operator === "!") return condition.operand;
  const opposite = oppositeOf(condition);
  if (opposite !== null) return opposite;
  for (const [operator, other] of [
    ["&&", "||"],
    ["||", "&&"],
  ] as const) {
    const links = linksOf(operator, condition).map(oppositeOf);
    if (links.length > 1 && links.every((link) => link !== null)) return chain(other, links);
  }
  return { kind: "unary", operator: "!", operand: condition };
}

function oppositeOf(comparison: Js): Js | null {
  if (comparison.kind !== "binary") return null;
  const opposite = OPPOSITES[comparison.operator];
  return opposite === undefined ? null : { ...comparison, operator: opposite };
}

export function index(object: Operand, at: Operand): Js {
  return { kind: "index", object: js(object), index: js(at) };
}

export function member(object: Operand, property: string): Js {
  return { kind: "member", object: js(object), property };
}

export function call(callee: Operand, ...args: readonly Operand[]): Js {
  return { kind: "call", callee: js(callee), args: args.map(js) };
}

export function construct(callee: Operand, ...args: readonly Operand[]): Js {
  return { kind: "new", callee: js(callee), args: args.map(js) };
}

export function text(value: string): Js {
  return { kind: "string", value };
}

export function comment(words: string): Statement {
  return { kind: "comment", text: words };
}

export const blank: Statement = { kind: "blank" };

export function declare(how: "const" | "let", name: string, value: Operand): Statement {
  return { kind: "declare", how, name, value: js(value) };
}

export function assign(target: Operand, value: Operand, operator: AssignOperator = "="): Statement {
  return { kind: "assign", target: js(target), operator, value: js(value) };
}

export function increment(target: Operand): Statement {
  return { kind: "update", target: js(target), operator: "++" };
}

export function decrement(target: Operand): Statement {
  return { kind: "update", target: js(target), operator: "--" };
}

export function giveBack(value: Operand): Statement {
  return { kind: "return", value: js(value) };
}

export function when(
  test: Js,
  body: readonly Statement[],
  otherwise: readonly Statement[] = [],
): Statement {
  return { kind: "if", test, body, otherwise };
}

export function loopWhile(test: Js, body: readonly Statement[]): Statement {
  return { kind: "while", test, body };
}

/** `for (init; test; update)`. */
export function loopFor(
  init: Statement | null,
  test: Js | null,
  update: Statement | null,
  body: readonly Statement[],
  label: string | null = null,
): Statement {
  return { kind: "for", label, init, test, update, body };
}
