// Which searches are known to begin within the bytes that are present: what lies before their place was awaited or read.

import type { Op, Position, Slot } from "../ir.ts";
import { bodiesOf, everyOp, slotsSet } from "./access.ts";

/** The scans and varints whose first byte lies at or before the end of what is present, on every path to them. */
export function searchesWithinPresent(body: readonly Op[]): ReadonlySet<Op> {
  const reached = new Set<Op>();
  throughBody(body, [{ base: null, offset: 0 }], reached);
  return reached;
}

type Places = readonly Position[];

/** Places behind the sequence, before which all bytes are present, given those before it. */
function throughBody(ops: readonly Op[], before: Places, reached: Set<Op>): Places {
  return ops.reduce((places, op) => throughOp(op, places, reached), before);
}

function throughOp(op: Op, places: Places, reached: Set<Op>): Places {
  switch (op.kind) {
    case "open":
      return [...places, { base: null, offset: op.start?.length ?? 0 }];
    case "await":
      return [...places, op.to];
    case "load":
      return [...without(places, [op.slot]), { ...op.at, offset: op.at.offset + op.bytes }];
    case "scan":
    case "varint": {
      const from = op.kind === "scan" ? op.from : op.at;
      if (places.some((place) => covers(place, from))) reached.add(op);
      return [...without(places, slotsSet(op)), { base: op.next, offset: 0 }];
    }
    case "calc": {
      const { value } = op;
      const copied = value.kind === "slot" ? places.filter(({ base }) => base === value.slot) : [];
      const renamed = copied.map(({ offset }) => ({ base: op.slot, offset }));
      return [...without(places, [op.slot]), ...renamed];
    }
    case "if":
    case "switch":
    case "loop": {
      const kept = without(places, slotsSetWithin(op));
      // A loop's body runs behind itself; an arm behind what stands before the choice.
      const before = op.kind === "loop" ? kept : places;
      for (const each of bodiesOf(op)) throughBody(each, before, reached);
      return kept;
    }
    default:
      return without(places, slotsSet(op));
  }
}

function covers(place: Position, position: Position): boolean {
  if (position.base === null && position.offset === 0) return true;
  return place.base === position.base && place.offset >= position.offset;
}

function slotsSetWithin(op: Op): readonly Slot[] {
  return [...everyOp([op])].flatMap(slotsSet);
}

function without(places: Places, slots: readonly Slot[]): Places {
  return places.filter(({ base }) => base === null || !slots.includes(base));
}
