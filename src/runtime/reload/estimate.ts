// The worst case that a configuration allows: what `validate` prints, and what it warns of.

import { type Collector, report } from "../../compiler/index.ts";
import type { Configuration, PoolConfiguration } from "../config/configuration.ts";
import { locate } from "../config/locate.ts";
import type { Machine } from "../config/machine.ts";
import { formatSize } from "../config/units.ts";
import type { YamlValue } from "../config/yaml-tree.ts";
import type { ListenerRouter } from "./check-routers.ts";

/** Memory of one connection besides its held bytes, measured with this engine: sockets, streams, session. */
export const CONNECTION_BYTES = 12 * 1024;
/** Held bytes grow by doubling. */
const HELD_FACTOR = 2;
/** Descriptors beside those of connections: listening sockets of every worker, files, epoll, what a reload opens, … */
const DESCRIPTORS_BESIDE = 1000;
/** … and the two of each pipe that bulk may go through. */
const PIPES = 96;
const DESCRIPTORS_PER_PIPE = 2;
const DESCRIPTORS_PER_CONNECTION = 2;

export interface Estimate {
  /** Held while every listener has as many undecided connections as it may. */
  readonly memoryBytes: number;
  readonly descriptors: number;
  /** Of each pool, in order: an even share of every connection that can reach it. */
  readonly pools: readonly { readonly pool: string; readonly portsPerBackend: number }[];
}

export function estimateWorstCase(
  configuration: Configuration,
  routers: readonly ListenerRouter[],
): Estimate {
  let memoryBytes = 0;
  let connections = 0;
  for (const { listener, holdMax } of routers) {
    memoryBytes += listener.limits.inspecting * (HELD_FACTOR * holdMax + CONNECTION_BYTES);
    connections += listener.limits.connections;
  }
  return {
    memoryBytes,
    descriptors:
      DESCRIPTORS_PER_CONNECTION * connections + DESCRIPTORS_PER_PIPE * PIPES + DESCRIPTORS_BESIDE,
    pools: configuration.pools.map((pool) => ({
      pool: pool.name,
      portsPerBackend: portsPerBackend(pool, routers),
    })),
  };
}

/** Says where the worst case exceeds what the machine has; what is not known of it is not compared. */
export function warnBeyondMachine(
  estimate: Estimate,
  machine: Machine,
  root: YamlValue,
  collector: Collector,
): void {
  const span = locate(root, ["listeners"]).keySpan;
  const { memoryBytes, descriptors, ephemeralPorts } = machine;
  if (memoryBytes !== undefined && estimate.memoryBytes > memoryBytes) {
    const needed = formatSize(estimate.memoryBytes);
    report(collector, "tooMuchMemory", span, { needed, available: formatSize(memoryBytes) });
  }
  if (descriptors !== undefined && estimate.descriptors > descriptors) {
    const needed = estimate.descriptors;
    report(collector, "tooManyDescriptors", span, { needed, available: descriptors });
  }
  for (const { pool, portsPerBackend: needed } of estimate.pools) {
    if (ephemeralPorts === undefined || needed <= ephemeralPorts) continue;
    const place = locate(root, ["pools", pool]).keySpan;
    report(collector, "tooManyPorts", place, { pool, needed, available: ephemeralPorts });
  }
}

function portsPerBackend(pool: PoolConfiguration, routers: readonly ListenerRouter[]): number {
  const backends = pool.backends.filter(({ weight }) => weight > 0).length;
  if (backends === 0) return 0;
  let connections = 0;
  for (const { listener, program } of routers) {
    const isReached = program.routes.outcomes.some(
      (outcome) => outcome.kind === "pool" && outcome.pool === pool.name,
    );
    if (isReached) connections += listener.limits.connections;
  }
  const share = Math.ceil(connections / backends);
  return pool.connectionsMax === 0 ? share : Math.min(share, pool.connectionsMax);
}
