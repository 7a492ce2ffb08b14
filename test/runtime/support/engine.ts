// A portable engine with one listener in front of backends, for tests.
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { systemClock } from "../../../src/runtime/clock.ts";
import type { ListenAddress } from "../../../src/runtime/engine/listen-error.ts";
import { type EngineOptions, PortableEngine } from "../../../src/runtime/engine/portable/engine.ts";
import { buildPools, type Pool, type PoolSpec } from "../../../src/runtime/pool/pool.ts";
import type { ListenerLimits, ListenerPlan } from "../../../src/runtime/routing/listener-plan.ts";
import type { RouterProgram } from "../../../src/runtime/routing/program.ts";
import { TestJournal } from "./journal.ts";
import { star } from "./modules.ts";
import { makeProgram, toPool } from "./programs.ts";

const generousLimits: ListenerLimits = {
  inspectMs: 10_000,
  idleMs: 60_000,
  connections: 10_000,
  inspecting: 10_000,
  perClient: 0,
  acceptRate: 0,
};

export function poolSpec(
  name: string,
  ports: readonly number[],
  rest: Partial<PoolSpec> = {},
  host = "127.0.0.1",
): PoolSpec {
  return {
    name,
    balance: "round-robin",
    backends: ports.map((port) => {
      const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
      return { identity: address, host, port, address, weight: 1 };
    }),
    connect: { timeoutMs: 2000, tries: 3 },
    connectionsMax: 0,
    ...rest,
  };
}

export interface Setup {
  /** The first one is where the program's first outcome goes. */
  readonly pools: readonly PoolSpec[];
  readonly program?: RouterProgram;
  readonly limits?: Partial<ListenerLimits>;
  readonly plan?: Partial<ListenerPlan>;
  readonly bind?: ListenAddress;
  readonly engine?: Partial<EngineOptions>;
}

/** Everything goes to the first pool, keyed by the station. */
const starProgram = makeProgram(star, [toPool("main", 0)]);

function makePlan(setup: Setup): { plan: ListenerPlan; pools: ReadonlyMap<string, Pool> } {
  const pools = buildPools(setup.pools);
  const program = setup.program ?? starProgram;
  const plan: ListenerPlan = {
    name: "devices",
    program,
    pools: program.routes.outcomes.map((outcome) =>
      outcome.kind === "pool" ? pools.get(outcome.pool) : undefined,
    ),
    limits: { ...generousLimits, ...setup.limits },
    keepaliveIdleMs: 60_000,
    trustedPeers: undefined,
    ...setup.plan,
  };
  return { plan, pools };
}

export async function startEngine(setup: Setup) {
  const journal = new TestJournal();
  const engine = new PortableEngine({ clock: systemClock, journal, ...setup.engine });
  onTestFinished(() => engine.close());
  const listener = await engine.bind(setup.bind ?? { kind: "tcp", host: "127.0.0.1", port: 0 });
  const { plan, pools } = makePlan(setup);
  engine.serve(listener, plan);
  const { inspectMs, idleMs } = plan.limits;
  const timeouts = setup.pools.map(({ connect }) => connect.timeoutMs);
  engine.setSweep({ deadlineMs: Math.min(inspectMs, ...timeouts), silenceMs: idleMs });
  const port = (listener.address as AddressInfo | null)?.port ?? 0;
  return { engine, journal, listener, plan, pools, port };
}
