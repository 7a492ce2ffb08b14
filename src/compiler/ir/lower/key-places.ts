// Where a program's keys lie, read off its operations: in words for `explain`, and as the farthest offset for a warning.

import type { Op, Position, SlotInfo, View } from "../ir.ts";

/** A place where a key may be taken from; several where alternatives or branches differ. */
export interface KeyPlace {
  readonly key: number;
  /**
   * From the frame's start, inclusive bounds of where it begins, or where the text begins that it is cut from; null: not
   * on the wire.
   */
  readonly at: { readonly lo: number; readonly hi: number } | null;
  /** Somewhere in a text that begins there. */
  readonly isWithin: boolean;
}

/** Every place a key operation takes its value from. */
export function keyPlacesOf(ops: readonly Op[], slots: readonly SlotInfo[]): readonly KeyPlace[] {
  const all = collectOps(ops, []);
  return all.flatMap((op) => {
    if (op.kind !== "key" || op.value.kind === "missing") return [];
    const found = op.value.kind === "view" ? wireView(op.value.view, all) : integerView(op, all);
    const at = found === undefined ? null : boundsOf(found.view.at, slots);
    return [{ key: op.key, at, isWithin: found?.isWithin === true }];
  });
}

/** A key's places as `explain` says them: `station: at offset 19`. None lies beyond the largest frame. */
export function describeKeyPlaces(
  names: readonly string[],
  places: readonly KeyPlace[],
  frameMax: number,
): readonly string[] {
  return names.map((name, key) => {
    const own = places.filter((place) => place.key === key);
    const found = own.flatMap((place) => (place.at === null ? [] : [place.at]));
    if (found.length === 0) return `${name}: not on the wire`;
    const lo = Math.min(...found.map((at) => at.lo));
    const hi = Math.min(Math.max(...found.map((at) => at.hi)), frameMax);
    const isWithin = own.some((place) => place.isWithin);
    if (lo === hi) return `${name}: ${isWithin ? "in the text " : ""}at offset ${lo}`;
    return `${name}: ${isWithin ? "in a text " : ""}from offset ${lo} on, ${hi} at most`;
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

interface WireView {
  readonly view: View;
  readonly isWithin: boolean;
}

/** The wire bytes that a view was cut or rewritten from; undefined for literals. */
function wireView(view: View, all: readonly Op[]): WireView | undefined {
  const { base, offset } = view.at;
  const from = all.find((op) =>
    base === null
      ? view.source === "scratch" && op.kind === "rewrite" && op.at === offset
      : setsOffset(op, base),
  );
  if (from !== undefined && "of" in from) {
    const whole = wireView(from.of, all);
    const isCut = from.kind !== "rewrite" && from.kind !== "trim";
    return whole && { view: whole.view, isWithin: whole.isWithin || isCut };
  }
  return view.source === "wire" ? { view, isWithin: false } : undefined;
}

function setsOffset(op: Op, slot: number): boolean {
  if (op.kind === "trim") return op.offset === slot;
  return "into" in op && op.into.offset === slot;
}

/** Where an integer key was loaded from. */
function integerView(op: Op & { kind: "key" }, all: readonly Op[]): WireView | undefined {
  if (op.value.kind !== "integer" || op.value.value.kind !== "slot") return undefined;
  const { slot } = op.value.value;
  const view = viewOfInteger(slot, all);
  return view && { view, isWithin: false };
}

function viewOfInteger(
  slot: number,
  all: readonly Op[],
  seen: ReadonlySet<number> = new Set(),
): View | undefined {
  if (seen.has(slot)) return undefined;
  for (const each of all) {
    if (each.kind === "load" && each.slot === slot)
      return { source: "wire", at: each.at, length: { kind: "const", value: each.bytes } };
    if (each.kind === "digits" && each.slot === slot) return each.view;
    if (each.kind === "varint" && each.slot === slot)
      return { source: "wire", at: each.at, length: { kind: "const", value: each.most } };
    if (each.kind === "field" && each.value.kind === "integer" && each.value.value.kind === "slot")
      if (each.value.value.slot === slot) return each.view;
    // What a branch declared has a slot of its own behind it.
    if (each.kind === "calc" && each.slot === slot && each.value.kind === "slot")
      return viewOfInteger(each.value.slot, all, new Set([...seen, slot]));
  }
  return undefined;
}

function boundsOf(at: Position, slots: readonly SlotInfo[]) {
  if (at.base === null) return { lo: at.offset, hi: at.offset };
  const base = slots[at.base] ?? { lo: 0, hi: 0 };
  return { lo: base.lo + at.offset, hi: base.hi + at.offset };
}
