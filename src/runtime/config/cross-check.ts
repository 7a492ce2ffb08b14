// What the parts of a configuration must be to each other, as far as the file alone tells: names that are
// unique and exist, addresses that do not collide, no way round in a circle.

import { parseIpAddress } from "../../base/ip-address.ts";
import { type Collector, report, type Span, suggest } from "../../compiler/index.ts";
import type { Configuration, ListenerConfiguration } from "./configuration.ts";
import { type Bind, formatBind } from "./endpoint.ts";
import { type ConfigurationPath, locate } from "./locate.ts";
import type { YamlValue } from "./yaml-tree.ts";

/** What the checks ask of the machine. */
export interface MachineAddresses {
  /** IP addresses of this machine's interfaces, in canonical form. */
  readonly localAddresses: readonly string[];
}

interface Context {
  readonly configuration: Configuration;
  readonly collector: Collector;
  readonly key: (path: ConfigurationPath) => Span;
  readonly value: (path: ConfigurationPath) => Span;
}

export function crossCheck(
  configuration: Configuration,
  root: YamlValue,
  machine: MachineAddresses,
  collector: Collector,
): void {
  const context: Context = {
    configuration,
    collector,
    key: (path) => locate(root, path).keySpan,
    value: (path) => locate(root, path).span,
  };
  checkListeners(context);
  checkPools(context);
  checkFallbacks(context);
  checkOwnListeners(context, machine);
}

function checkListeners(context: Context): void {
  const { listeners } = context.configuration;
  for (const [index, listener] of listeners.entries()) {
    const before = listeners.slice(0, index);
    const sameName = before.findIndex(({ name }) => name === listener.name);
    if (sameName >= 0) {
      const span = context.value(["listeners", index, "name"]);
      const other = context.value(["listeners", sameName, "name"]);
      const args = { what: "listener", name: listener.name };
      report(context.collector, "repeatedName", span, args, [
        { message: "the first one", span: other },
      ]);
    }
    const sameBind = before.findIndex(({ bind }) => collide(bind, listener.bind));
    if (sameBind >= 0) {
      const span = context.value(["listeners", index, "bind"]);
      const other = context.value(["listeners", sameBind, "bind"]);
      const args = { bind: formatBind(listener.bind), other: before[sameBind]?.name ?? "" };
      report(context.collector, "repeatedBind", span, args, [
        { message: "taken here", span: other },
      ]);
    }
    checkPoolOf(context, listener, index);
  }
}

/** A hand-written unpack needs a pool; a router with rules has no use for one. */
function checkPoolOf(context: Context, listener: ListenerConfiguration, index: number): void {
  const isModule = listener.router.kind === "module";
  const at = ["listeners", index, listener.pool === undefined ? "router" : "pool"];
  if (isModule !== (listener.pool !== undefined)) {
    report(context.collector, "poolWithModule", context.key(at), { isMissing: isModule });
  } else if (listener.pool !== undefined) {
    checkPoolName(context, listener.pool, at);
  }
}

function checkPoolName(context: Context, pool: string, path: ConfigurationPath): void {
  const known = context.configuration.pools.map(({ name }) => name);
  if (known.includes(pool)) return;
  const meant = suggest(pool, known);
  const args = { pool, known };
  const span = context.value(path);
  report(
    context.collector,
    "settingPoolUnknown",
    span,
    meant === undefined ? args : { ...args, meant },
  );
}

function checkPools(context: Context): void {
  for (const pool of context.configuration.pools) {
    const at = ["pools", pool.name];
    if (pool.fallback !== undefined) checkPoolName(context, pool.fallback, [...at, "fallback"]);
    else if (pool.backends.length === 0) {
      report(context.collector, "poolWithoutBackends", context.key(at), { pool: pool.name });
    }
    const identities = new Map<string, number>();
    const addresses = new Set<string>();
    for (const [index, { identity, address }] of pool.backends.entries()) {
      const span = context.value([...at, "backends", index]);
      if (addresses.has(address)) report(context.collector, "repeatedAddress", span, { address });
      else if (identities.has(identity)) {
        report(context.collector, "repeatedName", span, { what: "backend", name: identity });
      }
      identities.set(identity, index);
      addresses.add(address);
    }
  }
}

/** Each circle is reported once, at the fallback that closes it. */
function checkFallbacks(context: Context): void {
  const pools = new Map(context.configuration.pools.map((pool) => [pool.name, pool]));
  const done = new Set<string>();
  for (const first of pools.keys()) {
    const chain: string[] = [];
    let name: string | undefined = first;
    while (name !== undefined && !done.has(name) && !chain.includes(name)) {
      chain.push(name);
      name = pools.get(name)?.fallback;
    }
    if (name !== undefined && chain.includes(name)) {
      const cycle = [...chain.slice(chain.indexOf(name)), name];
      const span = context.value(["pools", cycle.at(-2) ?? name, "fallback"]);
      report(context.collector, "fallbackCycle", span, { chain: cycle });
    }
    for (const visited of chain) done.add(visited);
  }
}

function checkOwnListeners(context: Context, machine: MachineAddresses): void {
  const { pools, listeners } = context.configuration;
  for (const pool of pools) {
    for (const [index, backend] of pool.backends.entries()) {
      const own = listeners.find(({ bind }) => reaches(backend.host, backend.port, bind, machine));
      if (own === undefined) continue;
      const span = context.value(["pools", pool.name, "backends", index]);
      const args = { address: backend.address, listener: own.name };
      report(context.collector, "ownListener", span, args);
    }
  }
}

/** Whether a connection to this place would arrive at the bind. */
function reaches(host: string, port: number, bind: Bind, machine: MachineAddresses): boolean {
  if (bind.kind === "unix" || bind.port !== port || port === 0) return false;
  if (bind.host === host) return true;
  if (!isWildcard(bind.host)) return false;
  if (bind.host === "0.0.0.0" && host.includes(":")) return false;
  return isWildcard(host) || isLoopback(host) || machine.localAddresses.includes(host);
}

/** `[::]` takes the port on IPv4 as well. */
function collide(left: Bind, right: Bind): boolean {
  if (left.kind === "unix" || right.kind === "unix") return formatBind(left) === formatBind(right);
  if (left.port !== right.port || left.port === 0) return false;
  if (left.host === right.host || left.host === "::" || right.host === "::") return true;
  const isSameKind = left.host.includes(":") === right.host.includes(":");
  return isSameKind && (isWildcard(left.host) || isWildcard(right.host));
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function isLoopback(host: string): boolean {
  const bytes = new Uint8Array(16);
  return host === "::1" || (parseIpAddress(host, bytes) === 4 && bytes[0] === 127);
}
