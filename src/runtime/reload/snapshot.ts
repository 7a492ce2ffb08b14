// A snapshot: everything that decides about a connection, immutable and swapped as one. Binds nothing.

import type { Configuration } from "../config/configuration.ts";
import { type Bind, formatBind } from "../config/endpoint.ts";
import { buildPools, type Pools } from "../pool/pool.ts";
import type { ListenerPlan } from "../routing/listener-plan.ts";
import type { Prepared } from "./prepare.ts";

export interface Snapshot {
  /** Counts the swaps, from 1. */
  readonly epoch: number;
  readonly configuration: Configuration;
  readonly pools: Pools;
  readonly listeners: readonly SnapshotListener[];
}

interface SnapshotListener {
  readonly bind: Bind;
  /** What tells sockets apart over reloads: one whose key stays is not closed. */
  readonly socketKey: string;
  readonly plan: ListenerPlan;
}

/** @param previous whose pools' counts and positions are carried over */
export function buildSnapshot(
  { configuration, programs }: Prepared,
  previous: Snapshot | undefined,
): Snapshot {
  const pools = buildPools(configuration.pools, previous?.pools);
  const listeners = configuration.listeners.flatMap((listener, index): SnapshotListener[] => {
    const program = programs[index];
    if (program === undefined) return [];
    const { name, bind, limits, keepaliveIdleMs, proxyProtocol } = listener;
    const plan: ListenerPlan = {
      name,
      program,
      pools: program.routes.outcomes.map((outcome) =>
        outcome.kind === "pool" ? pools.get(outcome.pool) : undefined,
      ),
      limits,
      keepaliveIdleMs,
      trustedPeers: proxyProtocol?.from,
    };
    return [{ bind, socketKey: socketKey(bind, name), plan }];
  });
  return { epoch: (previous?.epoch ?? 0) + 1, configuration, pools, listeners };
}

/** The shortest limits: how often an engine must look. */
export function sweepLimits({ listeners, pools }: Snapshot): {
  readonly deadlineMs: number;
  readonly silenceMs: number;
} {
  const inspects = listeners.map(({ plan }) => plan.limits.inspectMs);
  const connects = [...pools.values()].map(({ spec }) => spec.connect.timeoutMs);
  const idles = listeners.map(({ plan }) => plan.limits.idleMs);
  return { deadlineMs: Math.min(...inspects, ...connects), silenceMs: Math.min(...idles) };
}

/** Listeners on port 0 have different ports each, so that their names tell them apart. */
function socketKey(bind: Bind, name: string): string {
  const text = formatBind(bind);
  return bind.kind === "tcp" && bind.port === 0 ? `${text}#${name}` : text;
}
