// One line for each operation, with its bodies indented below. Text only; spans are left out, so that moving a
// declaration in its file changes nothing here.

import { assertNever } from "../../../base/assert.ts";
import type { Found, Op, Position, SuspendNeed } from "../ir.ts";
import { type Phrases, printBytes, printChecksum, printRanges } from "./phrases.ts";

type OpOf<Kind extends Op["kind"]> = Extract<Op, { kind: Kind }>;

/** The lines of a sequence, not indented. */
export function printOps(ops: readonly Op[], phrases: Phrases): readonly string[] {
  return ops.flatMap((op) => printOp(op, phrases));
}

function printOp(op: Op, phrases: Phrases): readonly string[] {
  switch (op.kind) {
    case "if":
      return [
        `if ${phrases.cond(op.condition)}`,
        ...printBody(op.then, phrases),
        ...(op.else.length === 0 ? [] : ["else", ...printBody(op.else, phrases)]),
      ];
    case "switch":
      return [
        `switch ${phrases.expr(op.on)}`,
        ...op.arms.flatMap((arm) => [
          `case ${printRanges(arm.ranges)}`,
          ...printBody(arm.body, phrases),
        ]),
        "else",
        ...printBody(op.else, phrases),
      ];
    case "loop": {
      const advances = op.advances === null ? "" : ` advances ${phrases.slot(op.advances)}`;
      return [
        `loop ${phrases.slot(op.index)} while ${phrases.cond(op.while)} most ${op.most}${advances}` +
          ` overrun ${phrases.fail(op.overrun)}`,
        ...printBody(op.body, phrases),
      ];
    }
    default:
      return [printLine(op, phrases)];
  }
}

function printBody(ops: readonly Op[], phrases: Phrases): readonly string[] {
  const lines = ops.length === 0 ? ["nothing"] : printOps(ops, phrases);
  return lines.map((line) => `  ${line}`);
}

function printLine(op: Exclude<Op, { kind: "if" | "switch" | "loop" }>, phrases: Phrases): string {
  const { slot, expr, position, view, fail } = phrases;
  switch (op.kind) {
    case "open":
      return printOpen(op, phrases);
    case "await":
      return `await ${position(op.to)} need ${printNeed(op.need, phrases)}`;
    case "bound":
      return `bound ${position(op.to)} in ${position(op.end)} else ${fail(op.fail)}`;
    case "load": {
      const overflow = op.overflow === undefined ? "" : ` else ${fail(op.overflow)}`;
      const type = `${op.signed ? "i" : "u"}${8 * op.bytes}${op.bytes === 1 ? "" : ` ${op.order}`}`;
      return `${slot(op.slot)} = ${type} at ${position(op.at)}${overflow}`;
    }
    case "calc":
      return `${slot(op.slot)} = ${expr(op.value)}`;
    case "guard":
      return `guard ${phrases.cond(op.condition)} else ${fail(op.fail)}`;
    case "fail":
      return fail(op.fail);
    case "varint": {
      const short = op.extent.kind === "window" ? ` short ${fail(op.extent.short)}` : "";
      return (
        `${slot(op.slot)}, ${slot(op.next)} = ${op.encoding}[${op.most}] at ${position(op.at)}` +
        ` ${printExtent(op.extent, phrases)} else ${fail(op.fail)}${short}`
      );
    }
    case "digits": {
      const base = `${op.base}${op.filler === null ? "" : ` filler ${op.filler}`}`;
      return `${slot(op.slot)} = ${base} ${view(op.view)} else ${fail(op.fail)}`;
    }
    case "scan":
      return (
        `${slot(op.found)}, ${slot(op.next)} = scan ${op.marks.map(printBytes).join(" | ")}` +
        ` from ${position(op.from)} max ${op.max} ${printExtent(op.extent, phrases)}` +
        ` else ${fail(op.fail)}`
      );
    case "leave":
      return "leave";
    case "checksum":
      return (
        `${slot(op.slot)} = checksum ${printChecksum(op.algorithm)}` +
        ` from ${position(op.from)} to ${position(op.to)}`
      );
    case "select":
      return `${phrases.found(op.into)} = select ${view(op.view)}`;
    case "clear":
      return `${phrases.found(op.into)} = none`;
    case "piece":
    case "pair":
    case "header":
    case "url":
      return printSearch(op, op.into, phrases);
    case "trim":
      return (
        `${slot(op.offset)}, ${slot(op.length)} = trim ${op.side} ${printBytes(op.bytes)}` +
        ` of ${view(op.of)}`
      );
    case "rewrite": {
      const how = `${op.how}${op.filler === null ? "" : ` filler ${op.filler}`}`;
      return `${slot(op.length)} = ${how} of ${view(op.of)} into scratch at ${op.at}`;
    }
    case "number":
      return `${slot(op.found)}, ${slot(op.slot)} = number of ${view(op.of)}`;
    case "key":
      return printKey(op, phrases);
    case "verdict":
      return printVerdict(op, phrases);
    case "field":
      return printField(op, phrases);
    default:
      return assertNever(op);
  }
}

function printOpen(op: OpOf<"open">, phrases: Phrases): string {
  const parts = ["open"];
  if (op.ignore.length > 0) parts.push(`ignore ${op.ignore.map(printBytes).join(", ")}`);
  if (op.start !== null) parts.push(`start ${printBytes(op.start)}`);
  if (op.atConnection) parts.push("at connection");
  parts.push(`need ${op.need}`);
  if (op.fail !== null) parts.push(`else ${phrases.fail(op.fail)}`);
  return parts.join(" ");
}

function printSearch(
  op: OpOf<"piece"> | OpOf<"pair"> | OpOf<"header"> | OpOf<"url">,
  into: Found,
  phrases: Phrases,
): string {
  const of = `of ${phrases.view(op.of)}`;
  return `${phrases.found(into)} = ${printSought(op, phrases)(of)}`;
}

function printSought(
  op: OpOf<"piece"> | OpOf<"pair"> | OpOf<"header"> | OpOf<"url">,
  phrases: Phrases,
): (of: string) => string {
  switch (op.kind) {
    case "piece":
      return (of) => `piece ${op.index} by ${printBytes(op.separator)} ${of}`;
    case "pair": {
      const syntax = `by ${printBytes(op.separator)} assign ${printBytes(op.assign)}`;
      return (of) =>
        `pair ${op.which} ${printBytes(op.name)} ${syntax} ${of}${printDuplicate(op, phrases)}`;
    }
    case "header":
      return (of) =>
        `header ${op.which} ${printBytes(op.name)} ${of}${printDuplicate(op, phrases)}`;
    case "url": {
      const { part } = op;
      if (part.kind === "segment") return (of) => `url segment ${part.index} ${of}`;
      if (part.kind === "query") return (of) => `url query ${printBytes(part.name)} ${of}`;
      return (of) => `url ${part.kind} ${of}`;
    }
    default:
      return assertNever(op);
  }
}

function printDuplicate(op: OpOf<"pair"> | OpOf<"header">, phrases: Phrases): string {
  return op.duplicate === null ? "" : ` twice ${phrases.fail(op.duplicate)}`;
}

function printKey(op: OpOf<"key">, phrases: Phrases): string {
  const { value } = op;
  const name = phrases.key(op.key);
  switch (value.kind) {
    case "missing":
      return `key ${name} missing`;
    case "integer":
      return `key ${name} = ${phrases.expr(value.value)}`;
    case "view":
      return `key ${name} = ${phrases.view(value.view)}`;
    default:
      return assertNever(value);
  }
}

function printVerdict({ verdict }: OpOf<"verdict">, { position }: Phrases): string {
  if (verdict.kind !== "key") return `${verdict.kind} ${position(verdict.length)}`;
  const length = verdict.length === null ? "unknown" : position(verdict.length);
  return `decided inspected ${position(verdict.inspected)} length ${length}`;
}

function printField(op: OpOf<"field">, phrases: Phrases): string {
  const path = op.path.map((part) => (typeof part === "string" ? part : phrases.slot(part)));
  const value =
    op.value.kind === "integer" ? `integer ${phrases.expr(op.value.value)}` : op.value.kind;
  return `field ${path.join("")}: ${value}, ${phrases.view(op.view)}`;
}

function printExtent(
  extent: OpOf<"scan">["extent"] | OpOf<"varint">["extent"],
  phrases: Phrases,
): string {
  if (extent.kind === "window") return `within ${phrases.position(extent.end)}`;
  return `suspend ${printSuspendNeed(extent.need, phrases)}`;
}

function printSuspendNeed({ rest, floors }: SuspendNeed, phrases: Phrases): string {
  return floors.length === 0 ? `rest ${rest}` : `rest ${rest} floor ${printNeed(floors, phrases)}`;
}

function printNeed(need: readonly Position[], { position }: Phrases): string {
  const places = need.map(position);
  return places.length === 1 ? places.join("") : `max(${places.join(", ")})`;
}
