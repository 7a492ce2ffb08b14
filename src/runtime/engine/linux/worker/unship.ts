// Makes plans of what main has shipped: modules from their text, pools over shared counts.

import type { AddressBlock } from "../../../../compiler/execute.ts";
import { buildPools, type Pool, type Pools } from "../../../pool/pool.ts";
import {
  type ImportedModules,
  moduleUrls,
  unshipProgram,
} from "../../../routing/shipped-program.ts";
import type { ServedPlan } from "../relay/context.ts";
import type { ShippedEpoch, ShippedPlan, ShippedPool } from "./messages.ts";
import { sharedUsage } from "./shared-usage.ts";

/** Addresses of modules that the epoch needs and are not there yet. */
export function missingModules(epoch: ShippedEpoch, imported: ImportedModules): readonly string[] {
  const programs = epoch.plans.map(({ program }) => program);
  return moduleUrls(programs).filter((url) => !imported.has(url));
}

/** @throws Error where a module cannot be run here */
export function unship(
  epoch: ShippedEpoch,
  usage: Int32Array,
  previous: Pools,
  imported: ImportedModules,
): { readonly pools: Pools; readonly plans: readonly ServedPlan[] } {
  const byName = new Map(epoch.pools.map((shipped) => [shipped.spec.name, shipped]));
  const pools = buildPools(
    epoch.pools.map(({ spec }) => spec),
    previous,
    {
      ring: (pool) => byName.get(pool)?.ring,
      usage: (pool, identity) => usageOf(byName.get(pool), identity, usage),
    },
  );
  const list = epoch.pools.flatMap(({ spec }) => pools.get(spec.name) ?? []);
  const usageWords = epoch.pools.map(({ usage: words }) => words);
  const plans = epoch.plans.map((shipped) => unshipPlan(shipped, list, usageWords, imported));
  return { pools, plans };
}

function usageOf(pool: ShippedPool | undefined, identity: string, usage: Int32Array) {
  const index = pool?.spec.backends.findIndex((backend) => backend.identity === identity) ?? -1;
  const word = pool?.usage[index];
  return word === undefined ? undefined : sharedUsage(usage, word);
}

function unshipPlan(
  shipped: ShippedPlan,
  pools: readonly Pool[],
  usageWords: readonly (readonly number[])[],
  imported: ImportedModules,
): ServedPlan {
  const { slot, name, program, limits, keepaliveIdleMs, trustedPeers } = shipped;
  return {
    slot,
    pools,
    usageWords,
    plan: {
      name,
      program: unshipProgram(program, imported),
      pools: shipped.pools.map((index) => pools[index]),
      limits,
      keepaliveIdleMs,
      trustedPeers: trustedPeers as readonly AddressBlock[] | undefined,
    },
  };
}
