// Hash table from integers of 53 bits to integers: open addressing, one slot a lookup. Knows no rule.

import { murmur3Integer } from "../../base/hash.ts";
import { NO_CANDIDATE } from "./candidate-lists.ts";
import { SOUGHT } from "./sought.ts";
import { allocateInt32 } from "./table-memory.ts";

/** Slots of three words: low 32 bits, high 21 bits (-1: empty), value. At most half of them are used. */
export interface NumberTable {
  /** Slots less one. */
  readonly mask: number;
  readonly slots: Int32Array;
}

/** A table that still grows. */
export interface NumberTableBuilder {
  count: number;
  mask: number;
  slots: Int32Array;
}

const TABLE_SEED = 0;
const FIRST_SLOTS = 16;
const SLOT_WORDS = 3;
const EMPTY = -1;
const TWO_32 = 2 ** 32;

export function createNumberTable(): NumberTableBuilder {
  return { count: 0, mask: FIRST_SLOTS - 1, slots: emptySlots(FIRST_SLOTS) };
}

/** The value of the number in `SOUGHT` (0..2^53 − 1), or `NO_CANDIDATE`. Allocates nothing. */
export function lookupSought(table: NumberTable): number {
  const number = SOUGHT[0] as number;
  const at = findSlot(table, number | 0, Math.floor(number / TWO_32));
  return table.slots[at + 1] === EMPTY ? NO_CANDIDATE : (table.slots[at + 2] as number);
}

/**
 * Sets the value of a number to `change(its value)`, `NO_CANDIDATE` where it is new.
 * @returns whether it was new
 */
export function putNumber(
  table: NumberTableBuilder,
  number: number,
  change: (value: number) => number,
): boolean {
  if (2 * (table.count + 1) > table.mask + 1) doubleSlots(table);
  const low = number | 0;
  const high = Math.floor(number / TWO_32);
  const at = findSlot(table, low, high);
  const isNew = table.slots[at + 1] === EMPTY;
  const value = change(isNew ? NO_CANDIDATE : (table.slots[at + 2] as number));
  table.slots.set([low, high, value], at);
  if (isNew) table.count += 1;
  return isNew;
}

/** The finished table, or `undefined` where it is empty. */
export function packNumberTable(builder: NumberTableBuilder): NumberTable | undefined {
  if (builder.count === 0) return undefined;
  const slots = allocateInt32(builder.slots.length);
  slots.set(builder.slots);
  return { mask: builder.mask, slots };
}

/** First word of the slot that holds the number, or of the empty one where it would stand. */
function findSlot(table: NumberTable, low: number, high: number): number {
  const { slots, mask } = table;
  for (let slot = murmur3Integer(low, high, TABLE_SEED) & mask; ; slot = (slot + 1) & mask) {
    const at = SLOT_WORDS * slot;
    const heldHigh = slots[at + 1] as number;
    if (heldHigh === EMPTY || (heldHigh === high && slots[at] === low)) return at;
  }
}

function doubleSlots(table: NumberTableBuilder): void {
  const old = table.slots;
  table.mask = 2 * table.mask + 1;
  table.slots = emptySlots(table.mask + 1);
  for (let from = 0; from < old.length; from += SLOT_WORDS) {
    const high = old[from + 1] as number;
    if (high === EMPTY) continue;
    table.slots.set(
      old.subarray(from, from + SLOT_WORDS),
      findSlot(table, old[from] as number, high),
    );
  }
}

function emptySlots(count: number): Int32Array {
  const slots = new Int32Array(SLOT_WORDS * count);
  for (let at = 1; at < slots.length; at += SLOT_WORDS) slots[at] = EMPTY;
  return slots;
}
