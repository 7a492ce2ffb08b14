// Programs around one operation: what it sets becomes keys, so that every target's doing can be compared.
import type { Op, Program, Slot, View } from "../../src/compiler/ir/ir.ts";
import {
  at,
  awaitTo,
  calc,
  createSlots,
  from,
  key,
  load,
  math,
  programOf,
  reason,
  ref,
  type SlotTable,
  wire,
} from "./ir-build.ts";

/** Longest text that a frame of a `textProgram` carries. */
const textMax = 255;

type KeyValue = Extract<Op, { kind: "key" }>["value"];

/** An operation (or several) under test, and what is to be seen of it. */
export interface Tried {
  readonly ops: readonly Op[];
  readonly shown: readonly KeyValue[];
}

/** A slot as a key. */
export function shownSlot(slot: Slot): KeyValue {
  return { kind: "integer", value: ref(slot) };
}

/** The frame is a byte that counts, and so many bytes of text, which the operations get as a view. */
export function textProgram(
  make: (slots: SlotTable, text: View) => Tried,
  more: Partial<Program> = {},
): Program {
  const slots = createSlots();
  const length = slots.integer("length", 0, textMax);
  const size = slots.position("size", textMax + 1);
  const { ops, shown } = make(slots, wire(at(1), ref(length)));
  return programAround(slots, ops, shown, from(size), more, [
    awaitTo(at(1)),
    load(length, at(0), 1),
    calc(size, math(length, "+", 1)),
    awaitTo(from(size)),
  ]);
}

/** A frame of a `textProgram`; the text is cut to `textMax`. */
export function textFrame(text: Uint8Array): Uint8Array {
  const cut = text.subarray(0, textMax);
  return Uint8Array.of(cut.length, ...cut);
}

/** The frame ends where the operations say, which run out of bytes themselves. */
export function openProgram(
  make: (slots: SlotTable) => Tried & { readonly end: Slot },
  more: Partial<Program> = {},
): Program {
  const slots = createSlots();
  const { ops, shown, end } = make(slots);
  return programAround(slots, ops, shown, from(end), more, []);
}

function programAround(
  slots: SlotTable,
  ops: readonly Op[],
  shown: readonly KeyValue[],
  end: ReturnType<typeof from>,
  more: Partial<Program>,
  before: readonly Op[],
): Program {
  return programOf({
    slots: slots.all,
    reasons: [reason("guard", "first"), reason("duplicate", "second"), reason("digits", "third")],
    keys: shown.map(({ kind }, index) =>
      key(`key${index}`, { type: kind === "integer" ? "integer" : "text", maxBytes: 1024 }),
    ),
    ...more,
    body: [
      ...before,
      ...ops,
      ...shown.map((value, index): Op => ({ kind: "key", key: index, value })),
      { kind: "verdict", verdict: { kind: "frame", length: end } },
    ],
  });
}
