// Which backend a pool gives a key, asked outside a running router: for `explain` and the demo. Every backend counts as
// available. Opens nothing.

import { buildPools, type Pool, type PoolSpec, pickBackend } from "../pool/pool.ts";
import { createKeyPlace, hashKey, type KeyPlace } from "./key.ts";

/** Where a pool sends one connection. */
export type BackendChoice =
  /** The key decides. `identity` is what logs show; it is the address where nothing else is configured. */
  | { readonly kind: "chosen"; readonly identity: string; readonly address: string }
  /** Any of these identities, in turn. */
  | { readonly kind: "in-turn"; readonly identities: readonly string[] }
  /** There is none: why. */
  | { readonly kind: "none"; readonly reason: string };

/** @param key as the rule hands it on: its bytes, an integer, or `undefined` where there is none */
export function chooseBackend(
  specs: readonly PoolSpec[],
  name: string,
  key: Uint8Array | number | undefined,
): BackendChoice {
  let pool: Pool | undefined = buildPools(specs).get(name);
  if (pool === undefined) return { kind: "none", reason: `there is no pool '${name}'` };
  // Configurations have no circles of fallbacks; any other caller must not hang us.
  for (let step = 0; step < specs.length && pool !== undefined; step++) {
    const choice = choiceIn(pool, key);
    if (choice !== undefined) return choice;
    pool = pool.fallback;
  }
  return { kind: "none", reason: `the pool '${name}' has no backends` };
}

function choiceIn(pool: Pool, key: Uint8Array | number | undefined): BackendChoice | undefined {
  if (pool.ring !== undefined && key !== undefined) {
    const backend = pickBackend(pool, hashKey(placeOf(key)), []);
    if (backend === undefined) return undefined;
    return { kind: "chosen", identity: backend.identity, address: backend.address };
  }
  const members = pool.backends.filter(({ weight }) => weight > 0);
  if (members.length === 0) return undefined;
  return { kind: "in-turn", identities: members.map(({ identity }) => identity) };
}

function placeOf(key: Uint8Array | number): KeyPlace {
  const place = createKeyPlace();
  if (typeof key !== "number") return Object.assign(place, { bytes: key, length: key.length });
  // The words of an integer key, as the unpack contract has them.
  return Object.assign(place, {
    isInteger: true,
    low: (key % 2 ** 32) | 0,
    high: Math.floor(key / 2 ** 32),
  });
}
