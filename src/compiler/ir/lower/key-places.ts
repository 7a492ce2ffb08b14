// Where a program's keys lie, read off its operations: in words for `explain`, and as the farthest offset for a warning.

import type { Op, Position, SlotInfo, View } from "../ir.ts";

/** A place where a key may be taken from; several where alternatives or branches differ. */
export interface KeyPlace {
  readonly key: number;
  /** From the frame's start, inclusive bounds of where it begins; null: not on the wire. */
  readonly at: { readonly lo: number; readonly hi: number } | null;
}

/** Every place a key operation takes its value from. */
export function keyPlacesOf(ops: readonly Op[], slots: readonly SlotInfo[]): readonly KeyPlace[] {
  const all = collectOps(ops, []);
  return all.flatMap((op) => {
    if (op.kind !== "key" || op.value.kind === "missing") return [];
    const view = op.value.kind === "view" ? wireView(op.value.view, all) : integerView(op, all);
    return [{ key: op.key, at: view === undefined ? null : boundsOf(view.at, slots) }];
  });
}

/** A key's places as `explain` says them: `station: at offset 19`. */
export function describeKeyPlaces(
  names: readonly string[],
  places: readonly KeyPlace[],
): readonly string[] {
  return names.map((name, key) => {
    const own = places.filter((place) => place.key === key);
    const found = own.flatMap((place) => (place.at === null ? [] : [place.at]));
    if (found.length === 0) return `${name}: not on the wire`;
    const lo = Math.min(...found.map((at) => at.lo));
    const hi = Math.max(...found.map((at) => at.hi));
    return lo === hi ? `${name}: at offset ${lo}` : `${name}: from offset ${lo} on, ${hi} at most`;
  });
}

function collectOps(ops: readonly Op[], into: Op[]): Op[] {
  for (const op of ops) {
    into.push(op);
    if (op.kind === "if") {
      collectOps(op.then, into);
      collectOps(op.else, into);
    }
    if (op.kind === "switch") {
      for (const arm of op.arms) collectOps(arm.body, into);
      collectOps(op.else, into);
    }
    if (op.kind === "loop") collectOps(op.body, into);
  }
  return into;
}

/** The wire bytes behind a view: those that a rewrite put into scratch; undefined for literals. */
function wireView(view: View, all: readonly Op[]): View | undefined {
  if (view.source === "wire") return view;
  const base = view.at.base;
  const from = all.find((op) =>
    base === null ? op.kind === "rewrite" && op.at === view.at.offset : setsOffset(op, base),
  );
  if (from === undefined || !("of" in from)) return undefined;
  return wireView(from.of, all);
}

function setsOffset(op: Op, slot: number): boolean {
  if (op.kind === "trim") return op.offset === slot;
  return "into" in op && op.into.offset === slot;
}

/** Where an integer key was loaded from. */
function integerView(op: Op & { kind: "key" }, all: readonly Op[]): View | undefined {
  if (op.value.kind !== "integer" || op.value.value.kind !== "slot") return undefined;
  const { slot } = op.value.value;
  for (const each of all) {
    if (each.kind === "load" && each.slot === slot)
      return { source: "wire", at: each.at, length: { kind: "const", value: each.bytes } };
    if (each.kind === "digits" && each.slot === slot) return each.view;
    if (each.kind === "varint" && each.slot === slot)
      return { source: "wire", at: each.at, length: { kind: "const", value: each.most } };
    if (each.kind === "field" && each.value.kind === "integer" && each.value.value.kind === "slot")
      if (each.value.value.slot === slot) return each.view;
  }
  return undefined;
}

function boundsOf(at: Position, slots: readonly SlotInfo[]) {
  if (at.base === null) return { lo: at.offset, hi: at.offset };
  const base = slots[at.base] ?? { lo: 0, hi: 0 };
  return { lo: base.lo + at.offset, hi: base.hi + at.offset };
}
