// Hash table from byte strings to integers: open addressing, exact comparison after the hash. A lookup touches one
// slot and one entry in memory, however many there are. Knows no rule.

import { murmur3, tailAt, wordAt } from "../../base/hash.ts";
import { NO_CANDIDATE } from "./candidate-lists.ts";
import { allocateInt32 } from "./table-memory.ts";

/**
 * ```
 * slots:   hash, entry + 1   (0: empty)          twice a power of two words, at most half of them used
 * words:   value, length, bytes…                 an entry: its bytes as little-endian words, padded with 0
 * ```
 */
export interface ByteTable {
  /** Slots less one. */
  readonly mask: number;
  readonly slots: Int32Array;
  readonly words: Int32Array;
}

/** A table that still grows. */
export interface ByteTableBuilder {
  count: number;
  mask: number;
  slots: Int32Array;
  used: number;
  words: Int32Array;
}

const TABLE_SEED = 0;
const FIRST_SLOTS = 16;
const ENTRY_HEADER_WORDS = 2;

export function createByteTable(): ByteTableBuilder {
  return {
    count: 0,
    mask: FIRST_SLOTS - 1,
    slots: new Int32Array(2 * FIRST_SLOTS),
    used: 0,
    words: new Int32Array(FIRST_SLOTS),
  };
}

/** The value of the entry equal to `key[offset, offset + length)`, or `NO_CANDIDATE`. Allocates nothing. */
export function lookupBytes(
  table: ByteTable,
  key: Uint8Array,
  offset: number,
  length: number,
): number {
  const entry = findEntry(table, key, offset, length, murmur3(key, offset, length, TABLE_SEED));
  return entry < 0 ? NO_CANDIDATE : (table.words[entry] as number);
}

/**
 * Sets the value of an entry to `change(its value)`, `NO_CANDIDATE` where it is new.
 * @returns whether it was new
 */
export function putBytes(
  table: ByteTableBuilder,
  key: Uint8Array,
  change: (value: number) => number,
): boolean {
  const hash = murmur3(key, 0, key.length, TABLE_SEED);
  const found = findEntry(table, key, 0, key.length, hash);
  if (found >= 0) {
    table.words[found] = change(table.words[found] as number);
    return false;
  }
  if (2 * (table.count + 1) > table.mask + 1) doubleSlots(table);
  insertSlot(table.slots, table.mask, hash, appendEntry(table, key, change(NO_CANDIDATE)));
  table.count += 1;
  return true;
}

/** The finished table, or `undefined` where it is empty. */
export function packByteTable(builder: ByteTableBuilder): ByteTable | undefined {
  if (builder.count === 0) return undefined;
  const slots = allocateInt32(builder.slots.length);
  slots.set(builder.slots);
  const words = allocateInt32(builder.used);
  words.set(builder.words.subarray(0, builder.used));
  return { mask: builder.mask, slots, words };
}

function findEntry(
  table: ByteTable,
  key: Uint8Array,
  offset: number,
  length: number,
  hash: number,
): number {
  const { slots, mask } = table;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const entry = (slots[2 * slot + 1] as number) - 1;
    if (entry < 0) return -1;
    if (slots[2 * slot] === hash && equalsEntry(table, entry, key, offset, length)) return entry;
  }
}

function equalsEntry(
  table: ByteTable,
  entry: number,
  key: Uint8Array,
  offset: number,
  length: number,
): boolean {
  const { words } = table;
  if (words[entry + 1] !== length) return false;
  const end = offset + (length & ~3);
  let word = entry + ENTRY_HEADER_WORDS;
  for (let at = offset; at < end; at += 4) {
    if (words[word] !== wordAt(key, at)) return false;
    word += 1;
  }
  const rest = length & 3;
  return rest === 0 || words[word] === tailAt(key, end, rest);
}

function appendEntry(table: ByteTableBuilder, key: Uint8Array, value: number): number {
  const entry = table.used;
  const end = entry + ENTRY_HEADER_WORDS + ((key.length + 3) >> 2);
  if (end > table.words.length) growWords(table, end);
  table.words[entry] = value;
  table.words[entry + 1] = key.length;
  const bodyEnd = key.length & ~3;
  let word = entry + ENTRY_HEADER_WORDS;
  for (let at = 0; at < bodyEnd; at += 4) table.words[word++] = wordAt(key, at);
  const rest = key.length & 3;
  if (rest !== 0) table.words[word] = tailAt(key, bodyEnd, rest);
  table.used = end;
  return entry;
}

function growWords(table: ByteTableBuilder, least: number): void {
  const words = new Int32Array(Math.max(least, 2 * table.words.length));
  words.set(table.words);
  table.words = words;
}

function doubleSlots(table: ByteTableBuilder): void {
  const old = table.slots;
  table.mask = 2 * table.mask + 1;
  table.slots = new Int32Array(2 * old.length);
  for (let at = 0; at < old.length; at += 2) {
    const entry = (old[at + 1] as number) - 1;
    if (entry >= 0) insertSlot(table.slots, table.mask, old[at] as number, entry);
  }
}

function insertSlot(slots: Int32Array, mask: number, hash: number, entry: number): void {
  let slot = hash & mask;
  while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
  slots[2 * slot] = hash;
  slots[2 * slot + 1] = entry + 1;
}
