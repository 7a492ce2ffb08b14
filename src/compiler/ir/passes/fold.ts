// Partial evaluation: what constants and the slots' intervals decide is decided here, and operations that can have no
// effect go. The meaning stays: the same verdicts, reasons and needs on every input.

import { assertNever } from "../../../base/assert.ts";
import type { Op, Program, SlotInfo, SuspendNeed } from "../ir.ts";
import { mapBodies } from "./access.ts";
import { type Folding, foldingFor, outcomeOf } from "./fold-expression.ts";

/** The program with everything decided that can be, without operations behind the end of a path. */
export function fold(program: Program): Program {
  const folding = foldingFor(program.slots);
  return { ...program, body: foldBody(program.body, folding, program.slots) };
}

function foldBody(ops: readonly Op[], folding: Folding, slots: readonly SlotInfo[]): readonly Op[] {
  const folded: Op[] = [];
  for (const op of ops) {
    folded.push(...foldOp(op, folding, slots));
    const last = folded.at(-1);
    if (last !== undefined && endsPath(last)) break;
  }
  return folded;
}

/** Whether nothing behind the operation in its sequence is ever reached. */
export function endsPath(op: Op): boolean {
  switch (op.kind) {
    case "fail":
    case "verdict":
    case "leave":
      return true;
    case "if":
      return endsIn(op.then) && endsIn(op.else);
    case "switch":
      return endsIn(op.else) && op.arms.every((arm) => endsIn(arm.body));
    default:
      return false;
  }
}

function endsIn(ops: readonly Op[]): boolean {
  const last = ops.at(-1);
  return last !== undefined && endsPath(last);
}

function foldOp(op: Op, folding: Folding, slots: readonly SlotInfo[]): readonly Op[] {
  const inner = (body: readonly Op[]) => foldBody(body, folding, slots);
  switch (op.kind) {
    case "guard": {
      const condition = folding.cond(op.condition);
      const outcome = outcomeOf(condition);
      if (outcome === true) return [];
      return outcome === false ? [{ kind: "fail", fail: op.fail }] : [{ ...op, condition }];
    }
    case "bound": {
      const isWithin = folding.isWithin(op.to, op.end);
      if (isWithin === true) return [];
      if (isWithin === false) return [{ kind: "fail", fail: op.fail }];
      return [{ ...op, to: folding.position(op.to), end: folding.position(op.end) }];
    }
    case "if": {
      const condition = folding.cond(op.condition);
      const outcome = outcomeOf(condition);
      if (outcome !== null) return inner(outcome ? op.then : op.else);
      return [mapBodies({ ...op, condition }, inner)];
    }
    case "switch": {
      const on = folding.expr(op.on);
      if (on.kind !== "const") return [mapBodies({ ...op, on }, inner)];
      const taken = op.arms.find(({ ranges }) =>
        ranges.some(({ lo, hi }) => on.value >= lo && on.value <= hi),
      );
      return inner(taken?.body ?? op.else);
    }
    case "loop": {
      const condition = folding.cond(op.while);
      if (outcomeOf(condition) !== false) {
        return [mapBodies({ ...op, while: condition }, inner)];
      }
      return [{ kind: "calc", slot: op.index, value: { kind: "const", value: 0 } }];
    }
    default:
      return [foldParts(op, folding)];
  }
}

type SimpleOp = Exclude<Op, { kind: "guard" | "bound" | "if" | "switch" | "loop" }>;

function foldParts(op: SimpleOp, folding: Folding): Op {
  const { expr, position, view } = folding;
  switch (op.kind) {
    case "await":
      return { ...op, to: position(op.to), need: folding.need(op.need) };
    case "load":
      return { ...op, at: position(op.at) };
    case "calc":
      return { ...op, value: expr(op.value) };
    case "varint":
    case "scan":
      return foldSearch(op, folding);
    case "digits":
    case "select":
      return { ...op, view: view(op.view) };
    case "checksum":
      return { ...op, from: position(op.from), to: position(op.to) };
    case "piece":
    case "pair":
    case "header":
    case "url":
    case "trim":
    case "rewrite":
    case "number":
      return { ...op, of: view(op.of) };
    case "key":
      return foldKey(op, folding);
    case "verdict":
    case "open":
    case "fail":
    case "leave":
    case "clear":
    case "field":
      return op;
    default:
      return assertNever(op);
  }
}

function foldSearch(op: Extract<Op, { kind: "varint" | "scan" }>, folding: Folding): Op {
  const need = ({ rest, floors }: SuspendNeed) => ({ rest, floors: folding.need(floors) });
  if (op.kind === "varint") {
    const at = folding.position(op.at);
    if (op.extent.kind === "window") {
      return { ...op, at, extent: { ...op.extent, end: folding.position(op.extent.end) } };
    }
    return { ...op, at, extent: { kind: "suspend", need: need(op.extent.need) } };
  }
  const from = folding.position(op.from);
  if (op.extent.kind === "window") {
    return { ...op, from, extent: { kind: "window", end: folding.position(op.extent.end) } };
  }
  return { ...op, from, extent: { kind: "suspend", need: need(op.extent.need) } };
}

function foldKey(op: Extract<Op, { kind: "key" }>, folding: Folding): Op {
  const { key, value } = op;
  switch (value.kind) {
    case "view":
      return { kind: "key", key, value: { kind: "view", view: folding.view(value.view) } };
    case "integer":
      return { kind: "key", key, value: { kind: "integer", value: folding.expr(value.value) } };
    case "missing":
      return op;
    default:
      return assertNever(value);
  }
}
