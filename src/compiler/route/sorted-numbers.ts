// Sorted numbers with a jump table: where they are spread at all evenly, a search looks at a few of them however many
// there are; never at more than a binary search would. Knows nothing of what they stand for.

import { SOUGHT } from "./sought.ts";
import { allocateFloat64, allocateInt32 } from "./table-memory.ts";

/**
 * Number x belongs to bucket `floor((x - first) * scale)`, limited to the buckets there are. The numbers of bucket b
 * are those from index `jumps[b]` to `jumps[b + 1]`.
 */
export interface SortedNumbers {
  readonly numbers: Float64Array;
  readonly scale: number;
  readonly jumps: Int32Array;
}

/** Numbers a bucket, on average. */
const BUCKET_SIZE = 2;

/** Packs `count` numbers, `numberAt(0)` the lowest, none below the one before it. */
export function sortedNumbers(count: number, numberAt: (index: number) => number): SortedNumbers {
  const numbers = allocateFloat64(count);
  for (let index = 0; index < count; index++) numbers[index] = numberAt(index);
  const buckets = Math.max(1, Math.floor(count / BUCKET_SIZE));
  const span = (numbers[count - 1] ?? 0) - (numbers[0] ?? 0);
  const scale = span > 0 ? buckets / span : 0;
  const jumps = allocateInt32(buckets + 1);
  const sorted = { numbers, scale, jumps };
  let index = 0;
  for (let bucket = 0; bucket <= buckets; bucket++) {
    for (; index < count; index++) {
      SOUGHT[0] = numbers[index] as number;
      if (bucketOfSought(sorted) >= bucket) break;
    }
    jumps[bucket] = index;
  }
  return sorted;
}

/** How many of the numbers are at most the one in `SOUGHT`. Allocates nothing. */
export function countUpToSought(sorted: SortedNumbers): number {
  const { numbers, jumps } = sorted;
  const limit = SOUGHT[0] as number;
  if (numbers.length === 0 || limit < (numbers[0] as number)) return 0;
  const bucket = bucketOfSought(sorted);
  let low = jumps[bucket] as number;
  let high = jumps[bucket + 1] as number;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Never falls as the number rises, rounding or not: that is all the search relies on. */
function bucketOfSought({ numbers, scale, jumps }: SortedNumbers): number {
  const distance = (SOUGHT[0] as number) - (numbers[0] as number);
  return Math.min(jumps.length - 2, Math.floor(distance * scale));
}
