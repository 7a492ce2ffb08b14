// Which searches are known to begin within the bytes that are present: what lies before their place was awaited or read.

import type { Op, Position, Slot } from "../ir.ts";
import { bodiesOf, everyOp, slotsSet } from "./access.ts";

/** The scans and varints whose first byte lies at or before the end of what is present, on every path to them. */
export function searchesWithinPresent(body: readonly Op[]): ReadonlySet<Op> {
  const reached = new Set<Op>();
  throughBody(body, new Map([[null, 0]]), reached);
  return reached;
}

/** For each base the farthest offset before which all bytes are present. */
type Places = Map<Slot | null, number>;

/** Moves `places` from before the sequence to behind it. */
function throughBody(ops: readonly Op[], places: Places, reached: Set<Op>): void {
  for (const op of ops) throughOp(op, places, reached);
}

function throughOp(op: Op, places: Places, reached: Set<Op>): void {
  switch (op.kind) {
    case "open":
      return add(places, { base: null, offset: op.start?.length ?? 0 });
    case "await":
      return add(places, op.to);
    case "load":
      forget(places, [op.slot]);
      return add(places, { ...op.at, offset: op.at.offset + op.bytes });
    case "scan":
    case "varint": {
      const from = op.kind === "scan" ? op.from : op.at;
      if (covers(places, from)) reached.add(op);
      forget(places, slotsSet(op));
      return add(places, { base: op.next, offset: 0 });
    }
    case "calc": {
      const { value } = op;
      const copied = value.kind === "slot" ? places.get(value.slot) : undefined;
      forget(places, [op.slot]);
      if (copied !== undefined) add(places, { base: op.slot, offset: copied });
      return;
    }
    case "if":
    case "switch":
    case "loop": {
      const set = slotsSetWithin(op);
      // A loop's body runs behind itself; an arm behind what stands before the choice.
      if (op.kind === "loop") forget(places, set);
      for (const each of bodiesOf(op)) throughBody(each, new Map(places), reached);
      return forget(places, set);
    }
    default:
      return forget(places, slotsSet(op));
  }
}

function add(places: Places, { base, offset }: Position): void {
  places.set(base, Math.max(places.get(base) ?? offset, offset));
}

function covers(places: Places, { base, offset }: Position): boolean {
  if (base === null && offset === 0) return true;
  const farthest = places.get(base);
  return farthest !== undefined && farthest >= offset;
}

function slotsSetWithin(op: Op): readonly Slot[] {
  return [...everyOp([op])].flatMap(slotsSet);
}

function forget(places: Places, slots: readonly Slot[]): void {
  for (const slot of slots) places.delete(slot);
}
