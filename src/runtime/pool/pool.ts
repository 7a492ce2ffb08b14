// Pools of a snapshot: membership and hash tables, immutable, beside what changes as connections come and
// go, which a reload carries over by identity. Opens no socket.

import type { Member } from "../balance/member.ts";
import { buildRing, pickFromRing, type Ring } from "../balance/ring.ts";
import { createRoundRobin, pickRoundRobin, type RoundRobin } from "../balance/round-robin.ts";

/** `ring` takes the router's key; a connection without one goes round-robin. */
type Balance = "ring" | "round-robin";

interface BackendSpec extends Member {
  /** An IP address in its canonical form. */
  readonly host: string;
  readonly port: number;
  /** Both, canonical: `10.0.0.1:9000` or `[2001:db8::1]:9000`. */
  readonly address: string;
}

/** A pool as configured, every default filled in. */
export interface PoolSpec {
  readonly name: string;
  readonly balance: Balance;
  readonly backends: readonly BackendSpec[];
  readonly connect: {
    readonly timeoutMs: number;
    /** How many other backends may be tried after the first. */
    readonly tries: number;
  };
  /** Name of the pool that is tried when this one has nobody left. */
  readonly fallback?: string | undefined;
  /** Connections a backend may have at a time; 0: any number. */
  readonly connectionsMax: number;
}

/** Counts of one backend of one pool: its own, or one that several threads share. */
export interface BackendUsage {
  /** Connections that are being opened, or open. */
  readonly connections: number;
  add(by: number): void;
}

/** Counts of one pool. */
interface PoolUsage {
  /** Connects in progress, retries included. */
  connecting: number;
  /** Retries in progress. */
  retrying: number;
}

export interface Backend extends BackendSpec {
  readonly usage: BackendUsage;
}

export interface Pool {
  readonly name: string;
  readonly spec: PoolSpec;
  readonly backends: readonly Backend[];
  /** Absent for policies that do not hash. */
  readonly ring: Ring | undefined;
  readonly roundRobin: RoundRobin;
  readonly usage: PoolUsage;
  /** Set once all pools of the snapshot are built. */
  fallback: Pool | undefined;
}

export type Pools = ReadonlyMap<string, Pool>;

/** Parts of pools that another thread has made: rings, and counts that are shared with it. */
export interface PoolParts {
  ring(pool: string): Ring | undefined;
  usage(pool: string, identity: string): BackendUsage | undefined;
}

/**
 * Builds the pools of a snapshot. Counts and round-robin positions are carried over from `previous` by pool name
 * and identity; a ring whose members did not change is carried over whole.
 */
export function buildPools(
  specs: readonly PoolSpec[],
  previous: Pools = new Map(),
  parts?: PoolParts,
): Pools {
  const pools = new Map<string, Pool>();
  for (const spec of specs) pools.set(spec.name, buildPool(spec, previous.get(spec.name), parts));
  for (const pool of pools.values()) {
    if (pool.spec.fallback !== undefined) pool.fallback = pools.get(pool.spec.fallback);
  }
  return pools;
}

/**
 * The backend for a connection, among those not yet tried and below their limit.
 * @param hash of the key; `undefined` where there is none
 * @param tried addresses that this connection has tried, in whatever pool
 */
export function pickBackend(
  pool: Pool,
  hash: number | undefined,
  tried: readonly string[],
): Backend | undefined {
  const out = markOut(pool, tried);
  const index =
    pool.ring !== undefined && hash !== undefined
      ? pickFromRing(pool.ring, hash, out)
      : pickRoundRobin(pool.roundRobin, out);
  return pool.backends[index];
}

function buildPool(spec: PoolSpec, previous: Pool | undefined, parts?: PoolParts): Pool {
  const known = new Map(previous?.backends.map((backend) => [backend.identity, backend]));
  const backends = spec.backends.map((backend): Backend => {
    const usage = parts?.usage(spec.name, backend.identity) ?? known.get(backend.identity)?.usage;
    return { ...backend, usage: usage ?? createUsage() };
  });
  return {
    name: spec.name,
    spec,
    backends,
    ring:
      spec.balance === "ring" ? (parts?.ring(spec.name) ?? ringFor(backends, previous)) : undefined,
    roundRobin: createRoundRobin(
      backends,
      previous === undefined ? undefined : creditsOf(previous),
    ),
    usage: previous?.usage ?? { connecting: 0, retrying: 0 },
    fallback: undefined,
  };
}

function createUsage(): BackendUsage {
  let connections = 0;
  return {
    get connections() {
      return connections;
    },
    add(by) {
      connections += by;
    },
  };
}

/** Building a large ring takes up to a tenth of a second: not for a reload that leaves the members alone. */
function ringFor(members: readonly Member[], previous: Pool | undefined): Ring {
  const before = previous?.backends ?? [];
  const isSame =
    before.length === members.length &&
    members.every(({ identity, weight }, index) => {
      const other = before[index];
      return other?.identity === identity && other.weight === weight;
    });
  return isSame && previous?.ring !== undefined ? previous.ring : buildRing(members);
}

function creditsOf(pool: Pool): Map<string, number> {
  const credits = pool.roundRobin.credits;
  return new Map(pool.backends.map(({ identity }, index) => [identity, credits[index] ?? 0]));
}

/** Who must not be picked; the array is reused by every call. */
let marks = new Uint8Array(0);
/** Never written to. */
let nobodyOut = new Uint8Array(0);

function markOut(pool: Pool, tried: readonly string[]): Uint8Array {
  const { backends } = pool;
  const most = pool.spec.connectionsMax;
  if (most === 0 && tried.length === 0) {
    if (nobodyOut.length < backends.length) nobodyOut = new Uint8Array(backends.length);
    return nobodyOut;
  }
  if (marks.length < backends.length) marks = new Uint8Array(backends.length);
  for (const [index, backend] of backends.entries()) {
    const isFull = most > 0 && backend.usage.connections >= most;
    marks[index] = isFull || tried.includes(backend.address) ? 1 : 0;
  }
  return marks;
}
