// MurmurHash3 x86_32 over byte ranges and integers: the one hash of route tables, of `split` and of
// consistent hashing. Frozen: nodes of different releases must agree. Knows nothing of keys or pools.

const C1 = 0xcc9e2d51 | 0;
const C2 = 0x1b873593;
const BYTES_PER_INTEGER = 8;

/**
 * MurmurHash3 x86_32 of `bytes[offset, offset + length)`. Allocates nothing.
 * @param seed any 32-bit integer; different uses take different seeds, so that their answers are independent
 * @returns the hash as a signed 32-bit integer; `>>> 0` gives the published form
 */
export function murmur3(bytes: Uint8Array, offset: number, length: number, seed: number): number {
  let hash = seed | 0;
  const bodyEnd = offset + (length & ~3);
  for (let at = offset; at < bodyEnd; at += 4) {
    hash = addWord(hash, wordAt(bytes, at));
  }
  const rest = length & 3;
  if (rest !== 0) hash ^= scramble(tailAt(bytes, bodyEnd, rest));
  return mix32(hash ^ length);
}

/** The little-endian 32-bit word at `bytes[at, at + 4)`, signed. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** The little-endian word of the `count` bytes (1 to 3) from `at` on, the bytes beyond being 0. */
export function tailAt(bytes: Uint8Array, at: number, count: number): number {
  let tail = bytes[at] as number;
  if (count > 1) tail |= (bytes[at + 1] as number) << 8;
  if (count > 2) tail |= (bytes[at + 2] as number) << 16;
  return tail;
}

/**
 * `murmur3` of the eight little-endian bytes of an integer, given as its two words.
 * @param low the lowest 32 bits; `high` the next 32; either may be signed
 */
export function murmur3Integer(low: number, high: number, seed: number): number {
  return mix32(addWord(addWord(seed | 0, low), high) ^ BYTES_PER_INTEGER);
}

/** The finaliser of MurmurHash3 x86_32: a bijection of 32-bit integers, each input bit changes half the output. */
export function mix32(value: number): number {
  let hash = value;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function addWord(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function scramble(word: number): number {
  const mixed = Math.imul(word, C1);
  return Math.imul((mixed << 15) | (mixed >>> 17), C2);
}
