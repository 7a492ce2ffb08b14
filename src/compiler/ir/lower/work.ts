// How often a byte is looked at at most, however the input is split: what `explain` states and a property holds it to.
// Reads the operations, changes nothing.

import { assertNever } from "../../../base/assert.ts";
import type { Cond, Op } from "../ir.ts";

/** A pass over names or values compares beside it what it looks for. */
const SEARCH_PASSES = 3;

/**
 * Passes over a byte: one to decode it, one for each operation that walks over a run of bytes, as often again for each false
 * start; and what a call looks at again after NEED: the header where nothing is kept, a mark's length where state is.
 */
export function workPerByte(ops: readonly Op[], keepsState: boolean, falseStarts: number): number {
  const passes = 1 + passesOf(ops);
  const again = keepsState ? longestMark(ops) : headerBytes(ops);
  return (passes + again) * (1 + falseStarts);
}

function passesOf(ops: readonly Op[]): number {
  return ops.reduce((sum, op) => sum + passesOfOp(op), 0);
}

function passesOfOp(op: Op): number {
  switch (op.kind) {
    case "open":
      return op.ignore.length + 2;
    case "guard":
      return passesOfCond(op.condition);
    case "if":
      return passesOfCond(op.condition) + passesOf(op.then) + passesOf(op.else);
    case "switch":
      return Math.max(0, passesOf(op.else), ...op.arms.map((arm) => passesOf(arm.body)));
    case "loop":
      return passesOfCond(op.while) + passesOf(op.body);
    case "scan":
      return op.marks.length;
    case "digits":
    case "checksum":
    case "trim":
    case "rewrite":
    case "number":
    case "varint":
      return 1;
    case "piece":
    case "pair":
    case "header":
    case "url":
      return SEARCH_PASSES;
    case "await":
    case "bound":
    case "load":
    case "calc":
    case "fail":
    case "leave":
    case "select":
    case "clear":
    case "key":
    case "verdict":
    case "field":
      return 0;
    default:
      return assertNever(op);
  }
}

function passesOfCond(cond: Cond): number {
  switch (cond.kind) {
    case "equals":
      return cond.literals.length;
    case "has":
    case "encoding":
      return 1;
    case "and":
    case "or":
      return passesOfCond(cond.left) + passesOfCond(cond.right);
    case "not":
      return passesOfCond(cond.operand);
    case "compare":
    case "in":
    case "true":
      return 0;
  }
}

/** Bytes read before the last wait: a program that keeps no state reads them again on each call. */
function headerBytes(ops: readonly Op[]): number {
  const last = ops.findLastIndex(holdsWait);
  return ops.slice(0, last + 1).reduce((sum, op) => sum + readBytes(op), 0);
}

function holdsWait(op: Op): boolean {
  switch (op.kind) {
    case "await":
    case "open":
      return true;
    case "varint":
      return op.extent.kind === "suspend";
    case "if":
      return op.then.some(holdsWait) || op.else.some(holdsWait);
    case "switch":
      return op.else.some(holdsWait) || op.arms.some((arm) => arm.body.some(holdsWait));
    default:
      return false;
  }
}

function readBytes(op: Op): number {
  switch (op.kind) {
    case "open":
      return (op.start?.length ?? 0) + op.ignore.reduce((sum, mark) => sum + mark.length, 0);
    case "load":
      return op.bytes;
    case "varint":
      return op.most;
    case "digits":
      return op.view.length.kind === "const" ? op.view.length.value : 0;
    case "guard":
      return literalBytes(op.condition);
    case "if":
      return [...op.then, ...op.else].reduce(
        (sum, inner) => sum + readBytes(inner),
        literalBytes(op.condition),
      );
    case "switch":
      return [...op.else, ...op.arms.flatMap((arm) => arm.body)].reduce(
        (sum, inner) => sum + readBytes(inner),
        0,
      );
    default:
      return 0;
  }
}

function literalBytes(cond: Cond): number {
  switch (cond.kind) {
    case "equals":
      return cond.literals.reduce((sum, literal) => sum + literal.length, 0);
    case "encoding":
    case "has":
      return cond.view.length.kind === "const" ? cond.view.length.value : 0;
    case "and":
    case "or":
      return literalBytes(cond.left) + literalBytes(cond.right);
    case "not":
      return literalBytes(cond.operand);
    default:
      return 0;
  }
}

function longestMark(ops: readonly Op[]): number {
  return ops.reduce((most, op) => {
    switch (op.kind) {
      case "scan":
        return Math.max(most, ...op.marks.map((mark) => mark.length));
      case "varint":
        return Math.max(most, op.most);
      case "open":
        return Math.max(most, readBytes(op));
      case "loop":
        return Math.max(most, longestMark(op.body));
      case "if":
        return Math.max(most, longestMark(op.then), longestMark(op.else));
      case "switch":
        return Math.max(most, longestMark(op.else), ...op.arms.map((arm) => longestMark(arm.body)));
      default:
        return most;
    }
  }, 1);
}
