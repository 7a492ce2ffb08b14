// The parts of a printed operation: expressions, conditions, places, bytes, failures. Text only, one line each.

import { assertNever } from "../../../base/assert.ts";
import type {
  Checksum,
  Cond,
  Expr,
  Fail,
  Found,
  Position,
  Program,
  Range,
  Slot,
  View,
} from "../ir.ts";

/** Writes the parts of operations with the names of one program. */
export interface Phrases {
  readonly slot: (slot: Slot) => string;
  readonly key: (index: number) => string;
  readonly expr: (expr: Expr) => string;
  readonly cond: (condition: Cond) => string;
  /** `19`, `size`, `size + 7`. */
  readonly position: (position: Position) => string;
  /** `bytes[16] at 19`, `scratch[n] at 0`. */
  readonly view: (view: View) => string;
  /** `reject too-long:length at 1` or `drop 1 as …` where it resyncs. */
  readonly fail: (fail: Fail) => string;
  readonly found: (found: Found) => string;
}

/** The phrases of a program; a slot or reason that it does not have is written as its number. */
export function phrasesOf(program: Program): Phrases {
  const slot = (index: Slot) => program.slots[index]?.name ?? `slot${index}`;
  const key = (index: number) => program.keys[index]?.name ?? `key${index}`;
  const expr = (each: Expr) => printExpr(each, slot);
  const position = (each: Position) => printPosition(each, slot);
  const view = (each: View) => {
    const source = each.source === "wire" ? "bytes" : "scratch";
    return `${source}[${expr(each.length)}] at ${position(each.at)}`;
  };
  const fail = (each: Fail) => {
    const reason = program.reasons[each.reason];
    const name = reason === undefined ? `reason${each.reason}` : `${reason.kind}:${reason.field}`;
    return `${each.resync ? "drop 1 as" : "reject"} ${name} at ${position(each.at)}`;
  };
  const found = (each: Found) => [each.found, each.offset, each.length].map(slot).join(", ");
  const cond = (each: Cond) => printCond(each, expr, view);
  return { slot, key, expr, cond, position, view, fail, found };
}

/** Bytes as a literal of the language: `"GET "`, `"\r\n"`, `x"7D 01"` where no printable character is in it. */
export function printBytes(bytes: Uint8Array): string {
  const isText = bytes.length === 0 || bytes.some((byte) => byte > 0x20 && byte < 0x7f);
  if (!isText && !bytes.every((byte) => ESCAPES.has(byte))) return `x"${hex(bytes).join(" ")}"`;
  return `"${Array.from(bytes, printCharacter).join("")}"`;
}

/** `0, 2..4`. */
export function printRanges(ranges: readonly Range[]): string {
  return ranges.map(({ lo, hi }) => (lo === hi ? `${lo}` : `${lo}..${hi}`)).join(", ");
}

/** `crc16_modbus`, `sum8`, `sum8 complement two`. */
export function printChecksum(checksum: Checksum): string {
  switch (checksum.kind) {
    case "crc":
      return checksum.name;
    case "sum": {
      const complement = checksum.complement === "none" ? "" : ` complement ${checksum.complement}`;
      return `sum${checksum.width}${complement}`;
    }
    case "hj212":
    case "xor":
    case "adler32":
      return checksum.kind;
    default:
      return assertNever(checksum);
  }
}

type NameOf = (slot: Slot) => string;

function printPosition({ base, offset }: Position, slot: NameOf): string {
  if (base === null) return `${offset}`;
  if (offset === 0) return slot(base);
  return `${slot(base)} ${offset < 0 ? "-" : "+"} ${Math.abs(offset)}`;
}

/** How tightly an operator binds. Bit operators beside others are always bracketed: nobody knows their order. */
const BINDING: Readonly<Record<Extract<Expr, { kind: "binary" }>["operator"], number>> = {
  "*": 2,
  "/": 2,
  "%": 2,
  "+": 1,
  "-": 1,
  "&": 0,
  "|": 0,
  "<<": 0,
  ">>": 0,
};

function printExpr(expr: Expr, slot: NameOf): string {
  switch (expr.kind) {
    case "const":
      return `${expr.value}`;
    case "slot":
      return slot(expr.slot);
    case "binary": {
      const binding = BINDING[expr.operator];
      const left = printOperand(expr.left, binding, slot);
      // The right side binds tighter than what stands on its left: a - (b - c).
      const right = printOperand(expr.right, binding + 1, slot);
      return `${left} ${expr.operator} ${right}`;
    }
    default:
      return assertNever(expr);
  }
}

function printOperand(expr: Expr, least: number, slot: NameOf): string {
  const isLoose = expr.kind === "binary" && BINDING[expr.operator] < Math.max(least, 1);
  return isLoose ? `(${printExpr(expr, slot)})` : printExpr(expr, slot);
}

function printCond(
  condition: Cond,
  expr: (expr: Expr) => string,
  view: (view: View) => string,
): string {
  const inner = (each: Cond) => {
    const text = printCond(each, expr, view);
    return each.kind === "and" || each.kind === "or" ? `(${text})` : text;
  };
  switch (condition.kind) {
    case "compare":
      return `${expr(condition.left)} ${condition.operator} ${expr(condition.right)}`;
    case "in":
      return `${expr(condition.value)} in (${printRanges(condition.ranges)})`;
    case "equals":
      return `${view(condition.view)} in (${condition.literals.map(printBytes).join(", ")})`;
    case "has":
      return `${view(condition.view)} has ${condition.byte}`;
    case "encoding":
      return `${view(condition.view)} is ${condition.encoding}`;
    case "and":
    case "or":
      return `${inner(condition.left)} ${condition.kind} ${inner(condition.right)}`;
    case "not":
      return `not (${printCond(condition.operand, expr, view)})`;
    case "true":
      return "true";
    default:
      return assertNever(condition);
  }
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

function printCharacter(byte: number): string {
  const escaped = ESCAPES.get(byte);
  if (escaped !== undefined) return escaped;
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${hex([byte]).join("")}`;
}

function hex(bytes: Iterable<number>): readonly string[] {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
}
