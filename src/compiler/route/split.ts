// Which share of `split` a key falls in: by a hash of its own, so that it is stable per key, the same on every node,
// and independent of consistent hashing. Frozen as `split/1`.

import { murmur3, murmur3Integer } from "../../base/hash.ts";
import { KEY_SOURCE } from "../abi.ts";
import {
  keyBuffer,
  keyHigh,
  keyLength,
  keyLow,
  keyOffset,
  keySource,
  type RouteInput,
} from "./route-input.ts";

/** ASCII "spl1". A nested split adds its depth. */
const SPLIT_SEED = 0x73706c31;
const TWO_31 = 2 ** 31;
const TWO_32 = 2 ** 32;

/**
 * The place of a key that is present among all keys: any 32-bit integer, evenly spread. Signed, so that it stays a
 * small integer for the engine. Allocates nothing.
 */
export function splitPointOf(input: RouteInput, key: number, depth: number): number {
  return hashOf(input, key, SPLIT_SEED + depth) ^ -TWO_31;
}

/** The last point that the first `percent` percent of all keys hold; below every point for 0. */
export function lastPointOf(percent: number): number {
  return Math.ceil((percent * TWO_32) / 100) - 1 - TWO_31;
}

/**
 * The same place as a percentage, 0 inclusive to 100 exclusive. A share takes the keys from the sum of the shares
 * before it up to its own: moving a border by 5 points moves only the 5 % of keys between.
 */
export function percentileOf(input: RouteInput, key: number, depth: number): number {
  return ((splitPointOf(input, key, depth) + TWO_31) / TWO_32) * 100;
}

function hashOf(input: RouteInput, key: number, seed: number): number {
  const source = keySource(input, key);
  if (source === KEY_SOURCE.integer) {
    return murmur3Integer(keyLow(input, key), keyHigh(input, key), seed);
  }
  const offset = keyOffset(input, key, source);
  return murmur3(keyBuffer(input, source), offset, keyLength(input, key), seed);
}
