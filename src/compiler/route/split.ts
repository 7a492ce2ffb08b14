// Which share of `split` a key falls in: by a hash of its own, so that it is stable per key, the same on every node,
// and independent of consistent hashing. Frozen as `split/1`.

import { murmur3, murmur3Integer } from "../../base/hash.ts";
import { KEY_SOURCE, MISSING } from "../abi.ts";
import {
  keyBuffer,
  keyHigh,
  keyLength,
  keyLow,
  keyOffset,
  keySource,
  type RouteInput,
} from "./route-input.ts";

/** Where no key is: shares are of keys, so a split on a missing key does not decide. */
export const NO_PERCENTILE = -1;

/** ASCII "spl1". A nested split adds its depth. */
const SPLIT_SEED = 0x73706c31;
const TWO_32 = 2 ** 32;

/**
 * The place of a key among all keys, 0 inclusive to 100 exclusive, evenly spread; `NO_PERCENTILE` where it is missing.
 * A share takes the keys from the sum of the shares before it up to its own: moving a border by 5 points moves
 * only the 5 % of keys between.
 */
export function percentileOf(input: RouteInput, key: number, depth: number): number {
  const source = keySource(input, key);
  if (source === MISSING) return NO_PERCENTILE;
  const hash =
    source === KEY_SOURCE.integer
      ? murmur3Integer(keyLow(input, key), keyHigh(input, key), SPLIT_SEED + depth)
      : murmur3(
          keyBuffer(input, source),
          keyOffset(input, key, source),
          keyLength(input, key),
          SPLIT_SEED + depth,
        );
  return ((hash >>> 0) / TWO_32) * 100;
}
