// Expressions as documents: parentheses where precedence or clarity asks for them, breaks where Biome would break.
// Knows nothing of statements.

import { assertNever } from "../../../base/assert.ts";
import { type Document, group, hardLine, indent, joined, line, softLine } from "./document.ts";
import type { BinaryOperator, Js } from "./tree.ts";

type Binary = Extract<Js, { kind: "binary" }>;

/** Binding strength, ECMA-262 13.5 to 13.13. */
const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "===": 6,
  "!==": 6,
  "<": 7,
  "<=": 7,
  ">": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  ">>>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
};

const UNARY_PRECEDENCE = 11;
const CONDITIONAL_PRECEDENCE = 0;

/** An expression where anything may stand. */
export function expressionDocument(expression: Js): Document {
  switch (expression.kind) {
    case "name":
      return expression.name;
    case "number":
      return expression.isHex === true ? hexadecimal(expression.value) : String(expression.value);
    case "string":
      return quoted(expression.value);
    case "index":
      return [target(expression.object), "[", expressionDocument(expression.index), "]"];
    case "member":
      return [target(expression.object), ".", expression.property];
    case "call":
      return [target(expression.callee), argumentsDocument(expression.args)];
    case "new":
      return ["new ", target(expression.callee), argumentsDocument(expression.args)];
    case "unary":
      return unaryDocument(expression.operator, expression.operand);
    case "binary":
      return group(indentedBehindFirst(chainOf(expression)));
    case "conditional":
      return group([
        choiceDocument(expression.test),
        indent([
          line,
          "? ",
          operandDocument(expression.yes, CONDITIONAL_PRECEDENCE),
          line,
          ": ",
          operandDocument(expression.no, CONDITIONAL_PRECEDENCE),
        ]),
      ]);
    case "array":
      return arrayDocument(expression.items);
    case "object":
      return objectDocument(expression);
    default:
      return assertNever(expression);
  }
}

/** Inside the parentheses of `if` and `while`: operands of a chain stand below one another. */
export function testDocument(expression: Js): Document {
  const parts = expression.kind === "binary" ? chainOf(expression) : expressionDocument(expression);
  return group(["(", indent([softLine, parts]), softLine, ")"]);
}

/** Behind `=`: a chain too long for the line starts on the next. */
export function assignedDocument(expression: Js): Document {
  if (expression.kind !== "binary") return [" ", expressionDocument(expression)];
  return group(indent([line, group(chainOf(expression))]));
}

/** Behind `return`: a chain too long for the line is put in parentheses. */
export function returnedDocument(expression: Js): Document {
  if (expression.kind !== "binary") return expressionDocument(expression);
  return group([
    { kind: "either", broken: "(", flat: "" },
    indent([softLine, chainOf(expression)]),
    softLine,
    { kind: "either", broken: ")", flat: "" },
  ]);
}

/** A string literal in double quotes, in single ones where that saves escapes. */
function quoted(value: string): string {
  const literal = JSON.stringify(value).replace(
    /[\u2028\u2029\u007f-\u009f\ufeff]/g,
    unicodeEscape,
  );
  const doubles = value.split('"').length - 1;
  const singles = value.split("'").length - 1;
  if (doubles <= singles) return literal;
  return `'${literal.slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
}

/** Whole bytes: `0x0d`. */
function hexadecimal(value: number): string {
  const digits = value.toString(16);
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function target(expression: Js): Document {
  return operandDocument(expression, UNARY_PRECEDENCE + 1);
}

/** The test of a choice; its chain breaks without being indented. */
function choiceDocument(test: Js): Document {
  if (test.kind === "binary") return group(chainOf(test));
  return operandDocument(test, CONDITIONAL_PRECEDENCE + 1);
}

function argumentsDocument(args: readonly Js[]): Document {
  const [only] = args;
  if (only === undefined) return "()";
  if (args.length === 1 && only.kind === "array") return ["(", arrayDocument(only.items), ")"];
  const items = joined(args.map(expressionDocument), [",", line]);
  const comma: Document = { kind: "either", broken: ",", flat: "" };
  return group(["(", indent([softLine, items, comma]), softLine, ")"]);
}

function unaryDocument(operator: string, operand: Js): Document {
  if (operand.kind !== "binary" && operand.kind !== "conditional") {
    return [operator, operandDocument(operand, UNARY_PRECEDENCE)];
  }
  const parts = operand.kind === "binary" ? chainOf(operand) : expressionDocument(operand);
  return [operator, group(["(", indent([softLine, parts]), softLine, ")"])];
}

function precedenceOf(expression: Js): number {
  if (expression.kind === "binary") return PRECEDENCE[expression.operator];
  if (expression.kind === "unary") return UNARY_PRECEDENCE;
  return expression.kind === "conditional" ? CONDITIONAL_PRECEDENCE : UNARY_PRECEDENCE + 1;
}

function operandDocument(expression: Js, atLeast: number): Document {
  const document = expressionDocument(expression);
  return precedenceOf(expression) < atLeast ? ["(", document, ")"] : document;
}

/** `a && b && c` as a list of lines: operands of one operator side by side, others in their own parentheses. */
function chainOf(expression: Binary): readonly Document[] {
  const { operator, left, right } = expression;
  const head =
    left.kind === "binary" && joins(operator, left.operator)
      ? chainOf(left)
      : [chainOperand(left, operator, false)];
  const tail: Document = [" ", operator, line, chainOperand(right, operator, true)];
  const isAlone = left.kind !== "binary" && right.kind !== "binary";
  return [...head, isAlone && !isLogical(operator) ? group(tail) : tail];
}

function chainOperand(operand: Js, outer: BinaryOperator, isRight: boolean): Document {
  const document = expressionDocument(operand);
  return needsParentheses(operand, outer, isRight) ? ["(", document, ")"] : document;
}

function needsParentheses(operand: Js, outer: BinaryOperator, isRight: boolean): boolean {
  const inner = precedenceOf(operand);
  if (inner !== PRECEDENCE[outer] && operand.kind !== "binary") return inner < PRECEDENCE[outer];
  if (operand.kind !== "binary") return false;
  if (inner < PRECEDENCE[outer]) return true;
  if (inner === PRECEDENCE[outer]) return isRight || !joins(outer, operand.operator);
  // Clear to the machine, not to every reader: `a && b || c`, `a << 8 | b`, `a * b % c`.
  if (isLogical(outer)) return isLogical(operand.operator);
  return isBitwise(outer) || (operand.operator === "%" && isAdditive(outer));
}

/** Whether `a inner b outer c` reads as one chain. */
function joins(outer: BinaryOperator, inner: BinaryOperator): boolean {
  if (PRECEDENCE[outer] !== PRECEDENCE[inner]) return false;
  if (outer === "===" || outer === "!==" || isShift(outer)) return false;
  if (PRECEDENCE[outer] === PRECEDENCE["*"]) return outer === inner && outer !== "%";
  return PRECEDENCE[outer] !== PRECEDENCE["<"];
}

function isLogical(operator: BinaryOperator): boolean {
  return operator === "&&" || operator === "||";
}

function isShift(operator: BinaryOperator): boolean {
  return PRECEDENCE[operator] === PRECEDENCE["<<"];
}

function isBitwise(operator: BinaryOperator): boolean {
  return operator === "|" || operator === "^" || operator === "&" || isShift(operator);
}

function isAdditive(operator: BinaryOperator): boolean {
  return operator === "+" || operator === "-";
}

function indentedBehindFirst(parts: readonly Document[]): Document {
  return [parts[0] ?? "", indent(parts.slice(1))];
}

function arrayDocument(items: readonly Js[]): Document {
  if (items.length === 0) return "[]";
  const numbers = items.flatMap((item) => (item.kind === "number" ? [String(item.value)] : []));
  const comma: Document = { kind: "either", broken: ",", flat: "" };
  if (numbers.length === items.length) {
    return group(["[", indent([softLine, { kind: "fill", items: numbers }, comma]), softLine, "]"]);
  }
  const areRecords =
    items.length > 1 && items.every((item) => item.kind === "object" && item.entries.length > 1);
  const separator = areRecords ? hardLine : line;
  const open = areRecords ? hardLine : softLine;
  const content = joined(items.map(expressionDocument), [",", separator]);
  return group(["[", indent([open, content, comma]), open, "]"]);
}

function objectDocument(object: Extract<Js, { kind: "object" }>): Document {
  if (object.entries.length === 0) return "{}";
  const edge = object.isOpen ? hardLine : line;
  const entries = object.entries.map(([key, value]) => [`${key}: `, expressionDocument(value)]);
  const comma: Document = { kind: "either", broken: ",", flat: "" };
  return group(["{", indent([edge, joined(entries, [",", line]), comma]), edge, "}"]);
}
