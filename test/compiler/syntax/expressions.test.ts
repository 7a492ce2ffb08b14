import { expect, test } from "vitest";
import type { Expression } from "../../../src/compiler/syntax/ast.ts";
import { parseText, statementOf } from "./parse-text.ts";
import { sketch } from "./sketch.ts";

function conditionOf(text: string): Expression {
  const statement = statementOf(`if ${text} { }`);
  if (statement.kind !== "if") throw new Error(statement.kind);
  return statement.condition;
}

test.for([
  ["a + b * c", "(a + (b * c))"],
  ["a - b - c", "((a - b) - c)"],
  ["(a - (b - c))", "(a - (b - c))"],
  ["a -1", "(a - 1)"],
  ["a - -1", "(a - -1)"],
  ["10 % 3", "(10 % 3)"],
  ["a << 8", "(a << 8)"],
  ["(a << 8) | b", "((a << 8) | b)"],
  ["a | b | c", "((a | b) | c)"],
  ["a >> 4 == 1", "((a >> 4) == 1)"],
  ["(a & 1) == 1", "((a & 1) == 1)"],
  ["a & 1 and b", "((a & 1) and b)"],
  ["a == 1 and b == 2 or c == 3", "(((a == 1) and (b == 2)) or (c == 3))"],
  ["a == 1 or b == 2 and c == 3", "((a == 1) or ((b == 2) and (c == 3)))"],
  ["not a == 1 and b", "(not{operand: (a == 1)} and b)"],
  ["not (a or b)", "not{operand: (a or b)}"],
  ["not not a", "not{operand: not{operand: a}}"],
  ["a in (1, 2)", "in{operand: a, isNegated: false, set: {items: [{from: 1}, {from: 2}]}}"],
  ["a + 1 not in 3..5", "in{operand: (a + 1), isNegated: true, set: {items: [{from: 3, to: 5}]}}"],
  ["more", "more"],
  ["more and more.bit == 1", "(more and (more.bit == 1))"],
  ["length(a.b) > 4", "(length{of: a.b} > 4)"],
  ["present(a)", "present{of: a}"],
  ['any ext.alpn == "h2" and a', '(any{condition: (ext.alpn == "h2")} and a)'],
  ["any (a == 1 or b == 2)", "any{condition: ((a == 1) or (b == 2))}"],
  ["not any a == 1", "not{operand: any{condition: (a == 1)}}"],
  ["methods has 0", "has{operand: methods, value: 0}"],
  ['methods has "x" or a', '(has{operand: methods, value: "x"} or a)'],
] as const)("%s", ([text, expected]) => {
  expect(sketch(conditionOf(text))).toBe(expected);
});

test("spans cover the parentheses of operands", () => {
  const text = "protocol P { frame { size = (a + b) * (c - 1); } }";
  const { tree } = parseText(text);
  const [protocol] = tree.declarations;
  const frame = protocol?.kind === "protocol" ? protocol.items[0] : undefined;
  const size = frame?.kind === "frame" ? frame.body[0] : undefined;
  const value = size?.kind === "size" ? size.value : undefined;
  expect(text.slice(value?.span.start, value?.span.end)).toBe("(a + b) * (c - 1)");
});
