// The configuration as the rest of the runtime sees it: read-only, every default filled in, each part
// reading only its slice. Made from the checked file; decides nothing.

import { dirname, isAbsolute, join } from "node:path";
import type { AddressBlock } from "../../compiler/index.ts";
import type { Bind, Endpoint } from "./endpoint.ts";
import type { CheckedFile, CheckedListener, CheckedPool } from "./schema.ts";

export interface Configuration {
  readonly listeners: readonly ListenerConfiguration[];
  readonly pools: readonly PoolConfiguration[];
  readonly log: LogConfiguration;
  /** Reload by itself when a file changes. */
  readonly isWatched: boolean;
  readonly engine: CheckedFile["engine"];
  readonly workers: CheckedFile["workers"];
}

/** Where a listener's program comes from; paths as `resolveFrom` made them. */
type RouterReference =
  | { readonly kind: "frame"; readonly path: string; readonly router: string }
  | { readonly kind: "module"; readonly path: string };

export interface ListenerConfiguration {
  readonly name: string;
  readonly bind: Bind;
  readonly router: RouterReference;
  /** Where a hand-written unpack's connections go. */
  readonly pool: string | undefined;
  readonly limits: {
    readonly inspectMs: number;
    readonly idleMs: number;
    readonly connections: number;
    readonly inspecting: number;
    /** 0: any number. */
    readonly perClient: number;
    /** New connections a second; 0: any number. */
    readonly acceptRate: number;
  };
  readonly keepaliveIdleMs: number;
  readonly proxyProtocol: ProxyProtocolConfiguration | undefined;
}

interface ProxyProtocolConfiguration {
  readonly version: "any" | "v1" | "v2";
  /** Networks whose peers may say who the client is; others are refused. */
  readonly from: readonly AddressBlock[];
}

/** Its shape is that of `PoolSpec` in pool/, which does not know the configuration. */
export interface PoolConfiguration {
  readonly name: string;
  readonly balance: "ring" | "round-robin";
  readonly backends: readonly BackendConfiguration[];
  readonly connect: { readonly timeoutMs: number; readonly tries: number };
  readonly fallback: string | undefined;
  /** A backend's, at a time; 0: any number. */
  readonly connectionsMax: number;
}

interface BackendConfiguration extends Endpoint {
  readonly identity: string;
  readonly weight: number;
}

interface LogConfiguration {
  readonly level: CheckedFile["log"]["level"];
  readonly connections: CheckedFile["log"]["connections"];
}

/** @param path of the configuration file: what it names is relative to its folder */
export function toConfiguration(file: CheckedFile, path: string): Configuration {
  return {
    listeners: file.listeners.map((listener) => toListener(listener, path)),
    pools: Object.entries(file.pools).map(([name, pool]) => toPool(name, pool)),
    log: file.log,
    isWatched: file.watch,
    engine: file.engine,
    workers: file.workers,
  };
}

function toListener(listener: CheckedListener, path: string): ListenerConfiguration {
  const { limits } = listener;
  return {
    name: listener.name,
    bind: listener.bind,
    router: toReference(listener.router, path),
    pool: listener.pool,
    limits: {
      inspectMs: limits.inspect,
      idleMs: limits.idle,
      connections: limits.connections,
      inspecting: limits.inspecting,
      perClient: limits["per-client"],
      acceptRate: limits["accept-rate"],
    },
    keepaliveIdleMs: listener.keepalive.idle,
    proxyProtocol: listener["proxy-protocol"],
  };
}

/** `devices.frame#stations`: what follows the last `#` is the router; without one it is a module. */
function toReference(text: string, path: string): RouterReference {
  const hash = text.lastIndexOf("#");
  const file = hash < 0 ? text : text.slice(0, hash);
  const resolved = isAbsolute(file) ? file : join(dirname(path), file);
  return hash < 0
    ? { kind: "module", path: resolved }
    : { kind: "frame", path: resolved, router: text.slice(hash + 1) };
}

function toPool(name: string, pool: CheckedPool): PoolConfiguration {
  return {
    name,
    balance: pool.balance === "round-robin" ? "round-robin" : "ring",
    backends: pool.backends.map((backend) =>
      "weight" in backend
        ? {
            ...backend.address,
            identity: backend.id ?? backend.address.address,
            weight: backend.weight,
          }
        : { ...backend, identity: backend.address, weight: 1 },
    ),
    connect: { timeoutMs: pool.connect.timeout, tries: pool.connect.tries },
    fallback: pool.fallback,
    connectionsMax: pool.limits.connections,
  };
}
