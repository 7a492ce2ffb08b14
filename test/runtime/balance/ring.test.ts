import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mix32, murmur3 } from "../../../src/base/hash.ts";
import { MEMBERS_MAX, type Member, WEIGHT_MAX } from "../../../src/runtime/balance/member.ts";
import {
  buildRing,
  pickFromRing,
  RING_POINTS_MAX,
  RING_VERSION,
  type Ring,
} from "../../../src/runtime/balance/ring.ts";
import { KEY_HASH_SEED } from "../../../src/runtime/routing/key.ts";
import { ringVectors } from "./ring-vectors.ts";

function makeMembers(count: number, weight = 1): Member[] {
  return Array.from({ length: count }, (_, index) => ({
    identity: `10.0.${index >> 8}.${index & 255}:9000`,
    weight,
  }));
}

function hashOf(key: string): number {
  const bytes = Buffer.from(key);
  return murmur3(bytes, 0, bytes.length, KEY_HASH_SEED);
}

const none = (members: readonly Member[]) => new Uint8Array(members.length);
const owner = (members: readonly Member[], ring: Ring, hash: number, out = none(members)) =>
  members[pickFromRing(ring, hash, out)]?.identity;

describe("ring/1", () => {
  test("is frozen: published vectors", () => {
    expect(RING_VERSION).toBe("ring/1");
    for (const { members, keys } of ringVectors) {
      const ring = buildRing(members);
      const picked = Object.keys(keys).map((key) => [key, owner(members, ring, hashOf(key))]);
      expect(Object.fromEntries(picked)).toEqual(keys);
    }
  });

  test("shares stay within 8 % at 30 members", () => {
    const members = makeMembers(30);
    const ring = buildRing(members);
    const share = new Float64Array(30);
    let before = (ring.places.at(-1) ?? 0) - 2 ** 32;
    for (const [at, place] of ring.places.entries()) {
      const member = ring.owners[at] ?? 0;
      share[member] = (share[member] ?? 0) + (place - before) / 2 ** 32;
      before = place;
    }
    const even = 1 / 30;
    for (const part of share) expect(Math.abs(part - even) / even).toBeLessThan(0.08);
  });

  test("a member of weight 3 gets three times the keys", () => {
    const members = [...makeMembers(9), { identity: "heavy", weight: 3 }];
    const ring = buildRing(members);
    let heavy = 0;
    for (let key = 0; key < 60_000; key++) {
      if (owner(members, ring, mix32(key)) === "heavy") heavy++;
    }
    expect(heavy / 60_000).toBeGreaterThan(0.25 * 0.93);
    expect(heavy / 60_000).toBeLessThan(0.25 * 1.07);
  });

  test("a member that leaves gives away its keys and no other", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 12, maxLength: 12 }),
        fc.nat(),
        (identities, weights, seed) => {
          const all = identities.map((identity, i) => ({ identity, weight: weights[i] ?? 1 }));
          const left = all.slice(1);
          const before = buildRing(all);
          const after = buildRing(left);
          for (let key = 0; key < 500; key++) {
            const hash = mix32(seed + key);
            const was = owner(all, before, hash);
            if (was !== all[0]?.identity) expect(owner(left, after, hash)).toBe(was);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("more weight takes keys from others and moves none between them", () => {
    const light = makeMembers(6);
    const heavy = light.map((member, index) => (index === 2 ? { ...member, weight: 2 } : member));
    const before = buildRing(light);
    const after = buildRing(heavy);
    for (let key = 0; key < 5000; key++) {
      const now = owner(heavy, after, mix32(key));
      if (now !== light[2]?.identity) expect(now).toBe(owner(light, before, mix32(key)));
    }
  });

  test("the order of the members does not matter", () => {
    const members = makeMembers(20);
    const reversed = members.toReversed();
    const one = buildRing(members);
    const other = buildRing(reversed);
    for (let key = 0; key < 2000; key++) {
      expect(owner(reversed, other, mix32(key))).toBe(owner(members, one, mix32(key)));
    }
  });

  test("two points at one place belong to the identity that sorts first", () => {
    const members = makeMembers(40);
    const ring = buildRing(members);
    for (let at = 1; at < ring.places.length; at++) {
      if (ring.places[at] !== ring.places[at - 1]) continue;
      const first = members[ring.owners[at - 1] ?? 0]?.identity ?? "";
      const second = members[ring.owners[at] ?? 0]?.identity ?? "";
      expect(first <= second).toBe(true);
    }
  });

  test("what is out is skipped, and only its keys move", () => {
    const members = makeMembers(10);
    const ring = buildRing(members);
    const out = none(members);
    out[4] = 1;
    for (let key = 0; key < 5000; key++) {
      const was = pickFromRing(ring, mix32(key), none(members));
      const now = pickFromRing(ring, mix32(key), out);
      if (was === 4) expect(now).not.toBe(4);
      else expect(now).toBe(was);
    }
  });

  test.for([2, 30, 2000])("the last of %i members is found", (count) => {
    const members = makeMembers(count);
    const ring = buildRing(members);
    const out = none(members).fill(1);
    out[count - 1] = 0;
    for (let key = 0; key < 50; key++) {
      expect(pickFromRing(ring, mix32(key), out)).toBe(count - 1);
    }
    out[count - 1] = 1;
    expect(pickFromRing(ring, 1, out)).toBe(-1);
  });

  test("few that are left share the keys of the rest", () => {
    const members = makeMembers(2000);
    const ring = buildRing(members);
    const out = none(members).fill(1);
    out[100] = 0;
    out[1700] = 0;
    const counts = new Map<number, number>();
    for (let key = 0; key < 400; key++) {
      const member = pickFromRing(ring, mix32(key), out);
      counts.set(member, (counts.get(member) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([100, 1700]);
    expect(Math.min(...counts.values())).toBeGreaterThan(100);
  });

  test("nobody, or only weight 0: nobody is picked", () => {
    expect(pickFromRing(buildRing([]), 7, new Uint8Array(0))).toBe(-1);
    const idle = [{ identity: "a", weight: 0 }];
    expect(pickFromRing(buildRing(idle), 7, new Uint8Array(1))).toBe(-1);
  });

  test("the largest pool keeps within the points", () => {
    const ring = buildRing(makeMembers(MEMBERS_MAX, WEIGHT_MAX));
    expect(ring.places.length).toBeLessThanOrEqual(RING_POINTS_MAX);
    expect(ring.places.length).toBeGreaterThan(RING_POINTS_MAX / 4);
  });
});
