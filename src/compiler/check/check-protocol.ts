// What can be said of a protocol before it is lowered: constructs that are not supported yet, frames nobody uses, statements
// in the wrong place, keys declared twice. Knows no sizes.

import { type Collector, report } from "../diagnostics/collector.ts";
import type { ProtocolDeclaration, ProtocolItem, Statement } from "../syntax/ast.ts";
import { checkPlacement } from "./check-placement.ts";
import { bodiesOf } from "./statement-bodies.ts";

/** Reports what is wrong with a protocol's structure; false where it cannot be lowered. */
export function checkProtocol(protocol: ProtocolDeclaration, collector: Collector): boolean {
  const before = collector.counts.error;
  const frames = protocol.items.filter((item) => item.kind === "frame");
  const isUnsupported = protocol.items.some((item) => reportUnsupported(item, collector));
  if (frames.length === 0 && !isUnsupported)
    report(collector, "noFrame", protocol.name.span, { name: protocol.name.text });
  if (!isUnsupported)
    for (const frame of frames.slice(1))
      report(collector, "unusedFrame", frame.span, { name: frame.name?.text ?? "frame" });
  for (const frame of frames) {
    checkStatements(frame.body, collector);
    checkEnd(frame.body, collector);
    checkPlacement(protocol, frame, collector);
  }
  const isAtKey = protocol.items.some((item) => item.kind === "decide" && item.at === "key");
  if (isAtKey) for (const frame of frames) requireUnverified(frame.body, collector);
  checkKeys(protocol, collector);
  return collector.counts.error === before && frames.length > 0;
}

function reportUnsupported(item: ProtocolItem, collector: Collector): boolean {
  switch (item.kind) {
    case "variant":
      report(collector, "dialectsUnsupported", item.span, {});
      return true;
    case "layer":
      report(collector, "layersUnsupported", item.span, {});
      return true;
    case "dialog":
    case "server-first":
      report(collector, "dialoguesUnsupported", item.span, {});
      return true;
    case "stream":
      report(collector, "streamsUnsupported", item.span, {});
      return true;
    default:
      return false;
  }
}

function checkStatements(statements: readonly Statement[], collector: Collector): void {
  checkRest(statements, collector);
  for (const statement of statements) {
    switch (statement.kind) {
      case "between":
        report(collector, "stuffingUnsupported", statement.span, {});
        break;
      case "field":
        if (statement.feeds !== undefined)
          report(collector, "layersUnsupported", statement.span, {});
        if (statement.counts !== undefined) checkCounts(statement, statements, collector);
        break;
      default:
        break;
    }
    for (const body of bodiesOf(statement)) checkStatements(body, collector);
  }
}

/** With `decide at key` a check is not waited for, which its author has to have meant. */
function requireUnverified(statements: readonly Statement[], collector: Collector): void {
  for (const statement of statements) {
    const call =
      statement.kind === "check"
        ? statement.call
        : statement.kind === "field"
          ? statement.check
          : undefined;
    if (call !== undefined && !call.isUnverified)
      report(collector, "checkUnverified", call.span, { algorithm: call.algorithm.text });
    for (const body of bodiesOf(statement)) requireUnverified(body, collector);
  }
}

/** What an integer counts: both ends among its neighbours, the last one behind it. */
function checkCounts(
  field: Statement & { kind: "field" },
  neighbours: readonly Statement[],
  collector: Collector,
): void {
  if (field.counts === undefined) return;
  const { first, last = first } = field.counts;
  const indexOf = (name: string | undefined): number =>
    neighbours.findIndex(
      (other) => "name" in other && other.name !== undefined && other.name.text === name,
    );
  const at = neighbours.indexOf(field);
  for (const [end, isKnown] of [
    [first, indexOf(first.parts[0]?.text) >= 0],
    [last, indexOf(last.parts[0]?.text) > at],
  ] as const)
    if (!isKnown)
      report(collector, "countsUnknown", end.span, {
        name: end.parts.map((part) => part.text).join("."),
      });
}

function checkEnd(body: readonly Statement[], collector: Collector): void {
  const at = body.findIndex((statement) => statement.kind === "end");
  if (at < 0) return;
  const behind = body.slice(at + 1).find((statement) => takesBytes(statement));
  const end = body[at];
  if (behind !== undefined && end !== undefined) report(collector, "endNotLast", end.span, {});
}

/** Nothing follows what takes all, unless a length ends it before. */
function checkRest(statements: readonly Statement[], collector: Collector): void {
  const at = statements.findIndex((statement) => statement.kind === "rest");
  const rest = statements[at];
  if (rest?.kind !== "rest" || isCounted(rest.name?.text, statements)) return;
  const behind = statements
    .slice(at + 1)
    .find((statement) => statement.kind !== "end" && takesBytes(statement) && !isPlaced(statement));
  if (behind === undefined) return;
  const name = "name" in behind ? behind.name?.text : undefined;
  report(collector, "restNotLast", rest.span, {
    name: rest.name === undefined ? "rest" : `rest ${rest.name.text}`,
    follows: name ?? behind.kind,
  });
}

function isCounted(name: string | undefined, statements: readonly Statement[]): boolean {
  return statements.some((statement) => {
    if (statement.kind !== "field" || statement.counts === undefined) return false;
    const { first, last = first } = statement.counts;
    return name !== undefined && last.parts[0]?.text === name;
  });
}

function isPlaced(statement: Statement): boolean {
  return "at" in statement && statement.at !== undefined;
}

function takesBytes(statement: Statement): boolean {
  return !["max", "drop", "ignore", "endian", "check", "size"].includes(statement.kind);
}

function checkKeys(protocol: ProtocolDeclaration, collector: Collector): void {
  const seen = new Set<string>();
  for (const item of protocol.items) {
    if (item.kind !== "key") continue;
    if (seen.has(item.name.text))
      report(collector, "keyTwice", item.name.span, { name: item.name.text });
    seen.add(item.name.text);
  }
}
