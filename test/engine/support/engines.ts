// The engines that the scenarios run on, each behind one listener, with a program that the real compiler made.
import { existsSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { onTestFinished, test } from "vitest";
import { createFileReader } from "../../../src/compiler/files.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import type { Engine, EngineName } from "../../../src/runtime/engine/engine.ts";
import type { LinuxEngine } from "../../../src/runtime/engine/linux/main/linux-engine.ts";
import type { LinuxEngineOptions } from "../../../src/runtime/engine/linux/main/linux-engine-options.ts";
import type { ListenAddress } from "../../../src/runtime/engine/listen-error.ts";
import { PortableEngine } from "../../../src/runtime/engine/portable/engine.ts";
import { buildPools, type PoolSpec } from "../../../src/runtime/pool/pool.ts";
import { createLoader } from "../../../src/runtime/reload/compiling-loader.ts";
import type { Journal } from "../../../src/runtime/routing/journal.ts";
import type { ListenerLimits, ListenerPlan } from "../../../src/runtime/routing/listener-plan.ts";
import type { RouterProgram } from "../../../src/runtime/routing/program.ts";
import { poolSpec } from "../../runtime/support/engine.ts";
import { TestJournal } from "../../runtime/support/journal.ts";
import { starFrame } from "../../runtime/support/modules.ts";
import {
  openClient,
  readExactly,
  startBackend,
  type TestBackend,
} from "../../runtime/support/sockets.ts";

/** The thread's file as built: a worker cannot run TypeScript on the oldest Node we serve. */
const entry = new URL("../../../dist/runtime/engine/linux/worker/worker.js", import.meta.url);

/** An engine and how many workers it has. */
export interface EngineKind {
  readonly title: string;
  readonly name: EngineName;
  readonly workers: number;
}

/** Loaded only where it can be. */
const linux =
  process.platform === "linux"
    ? {
        ...(await import("../../../src/runtime/engine/linux/main/linux-engine.ts")),
        ...(await import("../../../src/runtime/engine/linux/main/self-test.ts")),
      }
    : undefined;

/** The same engine as what it is. @throws Error for one of another kind */
export function linuxEngineOf(engine: Engine): LinuxEngine {
  if (linux === undefined || !(engine instanceof linux.LinuxEngine)) {
    throw new Error("another engine");
  }
  return engine;
}

/** Every kind there is; those that do not work on this machine say why. */
export const allKinds: readonly (EngineKind & { readonly fault: string | undefined })[] = (
  [
    { title: "portable", name: "portable", workers: 1 },
    { title: "epoll", name: "epoll", workers: 1 },
    { title: "epoll, two workers", name: "epoll", workers: 2 },
    { title: "io_uring", name: "io_uring", workers: 1 },
    { title: "io_uring, two workers", name: "io_uring", workers: 2 },
  ] as const
).map((kind) => ({ ...kind, fault: faultOf(kind.name) }));

/** What the scenarios run on here; `kinds.test.ts` tells of the others. */
export const engineKinds: readonly EngineKind[] = allKinds.filter(
  ({ fault }) => fault === undefined,
);

// In every file of scenarios: one that has none for this machine would count as broken.
for (const { title, fault } of allKinds) {
  if (fault !== undefined) test.skip(`${title}: ${fault}`, () => undefined);
}

function faultOf(name: EngineName): string | undefined {
  if (name === "portable") return undefined;
  return linux === undefined ? `this is ${process.platform}` : linux.testDriver(name);
}

/** What the scenarios read: the text of a `.frame` file, without rules. */
export const starProtocol = `protocol Star {
  frame {
    start "*";
    u32 length;
    size = length + 7;
    max 4KiB;
    text[16] station @19;
  }
  key station = station trim right " ";
}
`;

/** With rules. */
export const starDescription = `${starProtocol}
router main on Star {
  when station == "banned" -> reject "no such station";
  when station == "other"  -> other;
  otherwise                -> main by station;
}
`;

/** The same behind a PROXY header. */
const proxiedDescription = `import "proxy";
${starDescription.replace("  frame {", "  prefix ProxyV1 | ProxyV2 required;\n  frame {")}`;

const disk = createFileReader();
const compiled = new Map<string, Promise<RouterProgram>>();

/** The router `main` of a `.frame` file with this text, compiled once. Throws where it does not compile. */
export function programOf(text: string): Promise<RouterProgram> {
  const known = compiled.get(text) ?? compile(text);
  compiled.set(text, known);
  return known;
}

async function compile(text: string): Promise<RouterProgram> {
  const path = "scenario.frame";
  const loader = createLoader({
    ...disk,
    read: (file) => (file === path ? { kind: "text", text } : disk.read(file)),
  });
  const { routers } = await loader.loadFrame(path);
  const program = routers.get("main")?.program;
  if (program === undefined) throw new Error(`it does not compile:\n${text}`);
  return program;
}

/** Star, compiled: `banned` is refused, `other` goes to a pool of that name, all else to `main` by station. */
export function starProgram(): Promise<RouterProgram> {
  return programOf(starDescription);
}

/** Star behind a PROXY header that must be there. */
export function proxiedProgram(): Promise<RouterProgram> {
  return programOf(proxiedDescription);
}

const generousLimits: ListenerLimits = {
  inspectMs: 10_000,
  idleMs: 60_000,
  connections: 100_000,
  inspecting: 10_000,
  perClient: 0,
  acceptRate: 0,
};

export interface Setup {
  readonly pools: readonly PoolSpec[];
  readonly program?: RouterProgram;
  readonly limits?: Partial<ListenerLimits>;
  readonly plan?: Partial<ListenerPlan>;
  readonly bind?: ListenAddress;
  readonly halfClosedMs?: number;
  /** Whether the kernel may keep silent clients back: so it is without this. False where a test watches one. */
  readonly isDeferred?: boolean;
  readonly leaveLingerMs?: number;
  /** For the Linux engine alone. */
  readonly linux?: Partial<LinuxEngineOptions>;
}

/** An engine of `kind` with one listener that serves a plan of `setup`; it is closed with the test. */
export async function startEngine(kind: EngineKind, setup: Setup) {
  const journal = new TestJournal();
  const engine = createEngine(kind, journal, setup);
  onTestFinished(() => engine.close());
  const listener = await engine.bind(setup.bind ?? { kind: "tcp", host: "127.0.0.1", port: 0 });
  const plan = makePlan(setup, await starProgram());
  await engine.prepare([plan]);
  engine.serve(listener, plan);
  const { inspectMs, idleMs } = plan.limits;
  const timeouts = setup.pools.map(({ connect }) => connect.timeoutMs);
  engine.setSweep({ deadlineMs: Math.min(inspectMs, ...timeouts), silenceMs: idleMs });
  const port = (listener.address as AddressInfo | null)?.port ?? 0;
  return { engine, journal, listener, plan, port };
}

/** Also for the plan of a reload. */
export function makePlan(setup: Setup, program: RouterProgram): ListenerPlan {
  const pools = buildPools(setup.pools);
  const used = setup.program ?? program;
  return {
    name: "devices",
    program: used,
    pools: used.routes.outcomes.map((outcome) =>
      outcome.kind === "pool" ? pools.get(outcome.pool) : undefined,
    ),
    limits: { ...generousLimits, ...setup.limits },
    keepaliveIdleMs: 60_000,
    trustedPeers: undefined,
    ...setup.plan,
  };
}

function createEngine(
  { name, workers }: EngineKind,
  journal: Journal,
  { halfClosedMs = 60_000, isDeferred = true, leaveLingerMs = 200, linux: more }: Partial<Setup>,
): Engine {
  if (name === "portable") {
    return new PortableEngine({ clock: systemClock, journal, halfClosedMs });
  }
  if (!existsSync(entry)) throw new Error(`no ${fileURLToPath(entry)}: run "npm run build" first`);
  if (linux === undefined) throw new Error("the Linux engine is only on Linux");
  return new linux.LinuxEngine({
    ...{ driver: name, workers, journal, halfClosedMs, isDeferred, leaveLingerMs, entry },
    // Few connections hand nothing over together, and a scenario has few: with two workers all of them do.
    ...(workers > 1 ? { ring: { few: 0 } } : {}),
    ...more,
  });
}

/** A backend that is closed with the test. */
export async function backendOf(start: Promise<TestBackend>): Promise<TestBackend> {
  const backend = await start;
  onTestFinished(() => backend.close());
  return backend;
}

/** An engine, one backend, a client whose frame has been routed, and the backend's end of that connection. */
export async function routedPair(
  kind: EngineKind,
  onConnection?: (socket: Socket) => void,
  setup: Partial<Setup> = {},
) {
  const backend = await backendOf(startBackend(onConnection));
  const running = await startEngine(kind, { pools: [poolSpec("main", [backend.port])], ...setup });
  const client = await openClient(running.port);
  client.write(starFrame("A01"));
  const server = await backend.connection(0);
  await readExactly(server, 40);
  return { ...running, backend, client, server };
}
