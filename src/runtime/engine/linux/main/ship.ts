// Makes of plans what can be sent to workers: text, plain data, and tables in shared memory, so that a large set is there once.

import type { Ring } from "../../../balance/ring.ts";
import type { Pool } from "../../../pool/pool.ts";
import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { RouterProgram } from "../../../routing/program.ts";
import { type ShippedProgram, shipProgram } from "../../../routing/shipped-program.ts";
import type { ShippedPlan, ShippedPool } from "../worker/messages.ts";

/** Ships tables once, however often they are asked for. */
const shared = new WeakMap<object, unknown>();

/** Every pool that a connection of these plans can come to, each once. */
export function poolsOf(plans: readonly ListenerPlan[]): readonly Pool[] {
  const pools = new Set<Pool>();
  for (const plan of plans) {
    for (let pool of plan.pools) {
      for (; pool !== undefined && !pools.has(pool); pool = pool.fallback) pools.add(pool);
    }
  }
  return [...pools];
}

export function shipPool(
  { spec, ring, backends }: Pool,
  usageWord: (pool: string, identity: string) => number,
): ShippedPool {
  return {
    spec,
    ring: ring === undefined ? undefined : (shareTables(ring) as Ring),
    usage: backends.map(({ identity }) => usageWord(spec.name, identity)),
  };
}

/** @throws Error where the program exists in this thread alone */
export function shipPlan(plan: ListenerPlan, slot: number, pools: readonly Pool[]): ShippedPlan {
  const { name, program, limits, keepaliveIdleMs, trustedPeers } = plan;
  return {
    slot,
    name,
    program: shareProgram(program),
    pools: plan.pools.map((pool) => (pool === undefined ? -1 : pools.indexOf(pool))),
    limits,
    keepaliveIdleMs,
    trustedPeers,
  };
}

function shareProgram(program: RouterProgram): ShippedProgram {
  const shipped = shipProgram(program);
  return { ...shipped, routes: shareTables(shipped.routes) as ShippedProgram["routes"] };
}

/** A copy whose typed arrays lie in shared memory. The value is a tree of plain data. */
function shareTables(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = shared.get(value);
  if (known !== undefined) return known;
  const copy = copyShared(value);
  shared.set(value, copy);
  return copy;
}

function copyShared(value: object): unknown {
  if (value instanceof Int32Array) return new Int32Array(shareBytes(value));
  if (value instanceof Uint32Array) return new Uint32Array(shareBytes(value));
  if (value instanceof Float64Array) return new Float64Array(shareBytes(value));
  if (value instanceof Uint16Array) return new Uint16Array(shareBytes(value));
  if (value instanceof Uint8Array) return new Uint8Array(shareBytes(value));
  if (Array.isArray(value)) return value.map(shareTables);
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shareTables(part)]));
}

function shareBytes({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(byteLength);
  new Uint8Array(memory).set(new Uint8Array(buffer, byteOffset, byteLength));
  return memory;
}
