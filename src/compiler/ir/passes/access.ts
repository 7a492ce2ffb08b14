// Which slots an operation reads and sets, and which sequences lie within it. Must not know what it does with them.

import { assertNever } from "../../../base/assert.ts";
import type { Cond, Expr, Fail, Op, Position, Slot, SuspendNeed, View } from "../ir.ts";

/** The sequences within an operation, in order; none for most. */
export function bodiesOf(op: Op): readonly (readonly Op[])[] {
  switch (op.kind) {
    case "if":
      return [op.then, op.else];
    case "switch":
      return [...op.arms.map((arm) => arm.body), op.else];
    case "loop":
      return [op.body];
    default:
      return [];
  }
}

/** The operation with each of its sequences replaced; the same operation where it has none. */
export function mapBodies<T extends Op>(op: T, map: (body: readonly Op[]) => readonly Op[]): T {
  switch (op.kind) {
    case "if":
      return { ...op, then: map(op.then), else: map(op.else) };
    case "switch": {
      const arms = op.arms.map((arm) => ({ ranges: arm.ranges, body: map(arm.body) }));
      return { ...op, arms, else: map(op.else) };
    }
    case "loop":
      return { ...op, body: map(op.body) };
    default:
      return op;
  }
}

/** Every operation of a sequence; those within another come behind it. */
export function* everyOp(ops: readonly Op[]): Generator<Op> {
  for (const op of ops) {
    yield op;
    for (const body of bodiesOf(op)) yield* everyOp(body);
  }
}

/** Operations that may run out of bytes and give NEED. */
export type SuspendingOp = Extract<Op, { kind: "open" | "await" | "varint" | "scan" }>;

/** Whether the operation itself may give NEED. */
export function isSuspending(op: Op): op is SuspendingOp {
  if (op.kind === "varint" || op.kind === "scan") return op.extent.kind === "suspend";
  return op.kind === "open" || op.kind === "await";
}

/** Whether it or an operation within it may give NEED. */
export function holdsSuspension(op: Op): boolean {
  for (const each of everyOp([op])) if (isSuspending(each)) return true;
  return false;
}

/** The slots that the operation itself sets, not those within its bodies. */
export function slotsSet(op: Op): readonly Slot[] {
  switch (op.kind) {
    case "load":
    case "calc":
    case "digits":
    case "checksum":
      return [op.slot];
    case "varint":
      return [op.slot, op.next];
    case "scan":
      return [op.found, op.next];
    case "loop":
      return [op.index];
    case "select":
    case "clear":
    case "piece":
    case "pair":
    case "header":
    case "url":
      return [op.into.found, op.into.offset, op.into.length];
    case "trim":
      return [op.offset, op.length];
    case "rewrite":
      return [op.length];
    case "number":
      return [op.slot, op.found];
    case "open":
    case "await":
    case "bound":
    case "guard":
    case "fail":
    case "if":
    case "switch":
    case "leave":
    case "key":
    case "verdict":
    case "field":
      return [];
    default:
      return assertNever(op);
  }
}

/** The slots that the operation itself reads, not those within its bodies; what a `field` mentions does not count. */
export function slotsRead(op: Op): ReadonlySet<Slot> {
  const slots = new Set<Slot>();
  const gather = gatherInto(slots);
  switch (op.kind) {
    case "open":
    case "fail":
      gather.fail(op.fail);
      break;
    case "await":
      gather.positions(op.to, ...op.need);
      break;
    case "bound":
      gather.positions(op.to, op.end);
      gather.fail(op.fail);
      break;
    case "load":
      gather.positions(op.at);
      gather.fail(op.overflow ?? null);
      break;
    case "calc":
      gather.expr(op.value);
      break;
    case "guard":
      gather.cond(op.condition);
      gather.fail(op.fail);
      break;
    case "varint":
      gather.positions(op.at);
      gather.fail(op.fail);
      if (op.extent.kind === "suspend") gather.need(op.extent.need);
      else {
        gather.positions(op.extent.end);
        gather.fail(op.extent.short);
      }
      break;
    case "digits":
      gather.view(op.view);
      gather.fail(op.fail);
      break;
    case "scan":
      gather.positions(op.from);
      gather.fail(op.fail);
      if (op.extent.kind === "suspend") gather.need(op.extent.need);
      else gather.positions(op.extent.end);
      break;
    case "if":
      gather.cond(op.condition);
      break;
    case "switch":
      gather.expr(op.on);
      break;
    case "loop":
      gather.cond(op.while);
      gather.fail(op.overrun);
      break;
    case "checksum":
      gather.positions(op.from, op.to);
      break;
    case "select":
      gather.view(op.view);
      break;
    case "pair":
    case "header":
      gather.view(op.of);
      gather.fail(op.duplicate);
      break;
    case "piece":
    case "url":
    case "trim":
    case "rewrite":
    case "number":
      gather.view(op.of);
      break;
    case "key":
      if (op.value.kind === "view") gather.view(op.value.view);
      if (op.value.kind === "integer") gather.expr(op.value.value);
      break;
    case "verdict":
      if (op.verdict.length !== null) gather.positions(op.verdict.length);
      if (op.verdict.kind === "key") gather.positions(op.verdict.inspected);
      break;
    case "clear":
    case "leave":
    case "field":
      break;
    default:
      return assertNever(op);
  }
  return slots;
}

/** The slots in a condition. */
export function slotsOfCond(cond: Cond): ReadonlySet<Slot> {
  const slots = new Set<Slot>();
  gatherInto(slots).cond(cond);
  return slots;
}

/** The slots in an expression. */
export function slotsOfExpr(expr: Expr): ReadonlySet<Slot> {
  const slots = new Set<Slot>();
  gatherInto(slots).expr(expr);
  return slots;
}

function gatherInto(slots: Set<Slot>) {
  const positions = (...list: readonly Position[]) => {
    for (const { base } of list) if (base !== null) slots.add(base);
  };
  const fail = (each: Fail | null) => {
    if (each !== null) positions(each.at);
  };
  const need = ({ floors }: SuspendNeed) => positions(...floors);
  const expr = (each: Expr): void => {
    if (each.kind === "slot") slots.add(each.slot);
    if (each.kind !== "binary") return;
    expr(each.left);
    expr(each.right);
  };
  const view = ({ at, length }: View) => {
    positions(at);
    expr(length);
  };
  const cond = (each: Cond): void => {
    switch (each.kind) {
      case "compare":
        expr(each.left);
        expr(each.right);
        return;
      case "in":
        expr(each.value);
        return;
      case "equals":
      case "has":
      case "encoding":
        view(each.view);
        return;
      case "and":
      case "or":
        cond(each.left);
        cond(each.right);
        return;
      case "not":
        cond(each.operand);
        return;
      case "true":
        return;
      default:
        assertNever(each);
    }
  };
  return { positions, fail, need, expr, view, cond };
}
