// Where a key's bytes lie after a verdict, and their hash. Makes no strings.

import { murmur3, murmur3Integer } from "../../base/hash.ts";
import { KEY_SOURCE, KEYS_AT, MISSING, WORDS_PER_KEY } from "../../compiler/abi.ts";
import type { RouteInput } from "./program.ts";

/** Seed of the hash that pools balance by. Part of `ring/1`: frozen. */
export const KEY_HASH_SEED = 0x77617962;

/** Where key `index` lies; reused by its owner, valid until the next verdict. */
export interface KeyPlace {
  /** The bytes are `bytes[offset, offset + length)`; for an integer nothing but `low` and `high` counts. */
  bytes: Uint8Array;
  offset: number;
  length: number;
  isInteger: boolean;
  low: number;
  high: number;
}

export function createKeyPlace(): KeyPlace {
  return { bytes: new Uint8Array(0), offset: 0, length: 0, isInteger: false, low: 0, high: 0 };
}

/** Fills `place` from the words of key `index`. @returns false where the key is missing. */
export function locateKey(input: RouteInput, index: number, place: KeyPlace): boolean {
  const at = KEYS_AT + WORDS_PER_KEY * index;
  const source = input.s[at + 2] ?? MISSING;
  if (source === MISSING) return false;
  const first = input.s[at] ?? 0;
  const second = input.s[at + 1] ?? 0;
  place.isInteger = source === KEY_SOURCE.integer;
  if (place.isInteger) {
    place.low = first;
    place.high = second;
    return true;
  }
  const isWire = source === KEY_SOURCE.wire;
  place.bytes = isWire ? input.buf : input.scratch;
  place.offset = isWire ? input.start + first : first;
  place.length = second;
  return true;
}

/** @returns the signed 32-bit hash that pools balance by: murmur3 of the bytes, or of the integer's 8. */
export function hashKey(place: KeyPlace): number {
  return place.isInteger
    ? murmur3Integer(place.low, place.high, KEY_HASH_SEED)
    : murmur3(place.bytes, place.offset, place.length, KEY_HASH_SEED);
}
