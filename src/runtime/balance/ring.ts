// `ring/1`, weighted consistent hashing: members have points on a circle of 2^32 places, a key belongs to the
// next point. FROZEN with its vectors: nodes of different releases must agree. Knows no pool and no health.

import { murmur3, murmur3Integer } from "../../base/hash.ts";
import type { Member } from "./member.ts";

/** The name under which this algorithm is published; any change of an answer needs a new one. */
export const RING_VERSION = "ring/1";
/** Points of a unit of weight: members' shares stay within 8 % of each other's at 30 members. */
const RING_POINTS_PER_WEIGHT = 1600;
/** Points of a ring at most; above, every member has half of them, a quarter, …, so that few keys move. */
export const RING_POINTS_MAX = 1_000_000;
/** Points looked at for one key before the rest is decided by score; bounds the work while most members are out. */
const RING_WALK_MAX = 4096;

const POINT_SEED = 0x72696e67;
const SCORE_SEED = 0x73636f72;
const INDEX_BYTES = 4;
/** Members that a sort key has room for: 2^32 places × 2^21 members stay exact in a double. */
const RANKS = 2 ** 21;

/** Immutable tables; `owners[i]` is the member, by its index at building, of the point at `places[i]`. */
export interface Ring {
  readonly places: Uint32Array;
  readonly owners: Uint32Array;
  /** Of each member: the hash of its identity, for the score; 0 points for members of weight 0. */
  readonly identities: Int32Array;
  readonly weights: Uint32Array;
}

/**
 * Builds the tables. The same members give the same ring in whatever order they come; two points at one place
 * belong to the identity that sorts first, byte by byte.
 */
export function buildRing(members: readonly Member[]): Ring {
  const encoded = members.map((member) => Buffer.from(member.identity));
  const ranked = [...members.keys()].sort((a, b) => compareBytes(encoded[a], encoded[b]));
  const perWeight = pointsPerWeight(members);
  const total = members.reduce((sum, member) => sum + member.weight * perWeight, 0);
  const sorted = new Float64Array(total);
  let filled = 0;
  for (const [rank, index] of ranked.entries()) {
    const count = (members[index]?.weight ?? 0) * perWeight;
    filled = addPoints(sorted, filled, encoded[index] ?? Buffer.alloc(0), rank, count);
  }
  sorted.sort();
  const places = new Uint32Array(total);
  const owners = new Uint32Array(total);
  for (let at = 0; at < total; at++) {
    const point = sorted[at] ?? 0;
    places[at] = Math.floor(point / RANKS);
    owners[at] = ranked[point % RANKS] ?? 0;
  }
  const identities = Int32Array.from(encoded, (bytes) =>
    murmur3(bytes, 0, bytes.length, SCORE_SEED),
  );
  return { places, owners, identities, weights: Uint32Array.from(members, ({ weight }) => weight) };
}

/**
 * The member that `hash` belongs to, among those not out: the owner of the next point. Keys of a member that is
 * out spread over the others and come back unchanged.
 * @param hash any 32-bit integer, signed or not
 * @param out 1 at the index of a member that must not be picked
 * @returns the member's index, or -1 where none is left
 */
export function pickFromRing(ring: Ring, hash: number, out: Uint8Array): number {
  const { places, owners } = ring;
  const count = places.length;
  let at = nextPoint(places, hash >>> 0);
  const steps = Math.min(count, RING_WALK_MAX);
  for (let step = 0; step < steps; step++) {
    if (at === count) at = 0;
    const owner = owners[at] as number;
    if (out[owner] === 0) return owner;
    at++;
  }
  return steps === count ? -1 : pickByScore(ring, hash, out);
}

/** Index of the first point at or after `place`; `places.length` where it lies behind the last. */
function nextPoint(places: Uint32Array, place: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Highest score wins (rendezvous hashing): nearly everyone is out, and the walk found nobody near. */
function pickByScore(ring: Ring, hash: number, out: Uint8Array): number {
  let best = -1;
  let bestScore = -1;
  for (let member = 0; member < ring.identities.length; member++) {
    if (out[member] !== 0 || ring.weights[member] === 0) continue;
    const score = murmur3Integer(hash, ring.identities[member] ?? 0, SCORE_SEED) >>> 0;
    if (score <= bestScore) continue;
    best = member;
    bestScore = score;
  }
  return best;
}

function pointsPerWeight(members: readonly Member[]): number {
  const weight = members.reduce((sum, member) => sum + member.weight, 0);
  let points = RING_POINTS_PER_WEIGHT;
  while (points > 1 && weight * points > RING_POINTS_MAX) points >>= 1;
  return points;
}

/** Appends the sort keys of one member: murmur3 of its identity and the point's number, four bytes little-endian. */
function addPoints(
  sorted: Float64Array,
  from: number,
  identity: Uint8Array,
  rank: number,
  count: number,
): number {
  const bytes = new Uint8Array(identity.length + INDEX_BYTES);
  bytes.set(identity);
  for (let index = 0; index < count; index++) {
    for (let byte = 0; byte < INDEX_BYTES; byte++) {
      bytes[identity.length + byte] = index >>> (8 * byte);
    }
    sorted[from + index] = (murmur3(bytes, 0, bytes.length, POINT_SEED) >>> 0) * RANKS + rank;
  }
  return from + count;
}

function compareBytes(left: Buffer | undefined, right: Buffer | undefined): number {
  return left === undefined || right === undefined ? 0 : Buffer.compare(left, right);
}
