// What a run of the model happens in: an engine, a backend a slot, two plans to change between, and a way to wait that always ends.
import { readdirSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { RouterProgram } from "../../../src/runtime/routing/program.ts";
import { poolSpec } from "../../runtime/support/engine.ts";
import { unusedPort } from "../../support/port.ts";
import { type EngineKind, makePlan, programOf, starProtocol, startEngine } from "./engines.ts";
import { type ModelConnection, stationOf } from "./model-connection.ts";
import { SLOTS } from "./model-script.ts";
import { openSilentPort, serve } from "./model-sockets.ts";

/** What does not come within this time does not come. */
const STALL_MS = Number(process.env["WAYBILL_MODEL_STALL_MS"] ?? 4000);
const LOOK_MS = 1;
/** Looks at every turn of the event loop before looks by the clock. */
const QUICK_LOOKS = 50;
const SILENT_TIMEOUT_MS = 60;
/** Where a backend's queue is flushed from. */
const FLUSHER = "127.9.9.9";
const OWN_ROUTES = ["normal", "small-buffers", "retry"] as const;
let worlds = 0;

/** How clients come. `deferred`: the kernel keeps those back that say nothing, and who resets before that was never there. */
export type Way = "tcp" | "deferred" | "unix";

export interface World {
  readonly way: Way;
  readonly port: number;
  /** Of the unix socket, if it is one. */
  readonly path: string;
  readonly running: Awaited<ReturnType<typeof startEngine>>;
  /** Whose connections the backends of a slot get. */
  readonly current: Map<number, ModelConnection>;
  readonly violations: string[];
  /** Sockets of this process while no connection is open. */
  readonly idleSockets: number;
  /** Changes the plan; the one before must have been changed to. */
  reload(): Promise<void>;
  /** Returns once all that a slot's backends were connected by has been taken. */
  flush(slot: number): Promise<void>;
  close(): Promise<void>;
}

export async function startWorld(kind: EngineKind, way: Way): Promise<World> {
  const current = new Map<number, ModelConnection>();
  const violations: string[] = [];
  const flushes = new Set<() => void>();
  const take = (slot: number) => (socket: Socket) => {
    socket.on("error", () => undefined);
    if (socket.remoteAddress === FLUSHER) {
      socket.destroy();
      for (const wake of flushes) wake();
      return;
    }
    const connection = current.get(slot);
    if (connection !== undefined) connection.accept(socket);
    else violations.push(`a backend of slot ${slot} got a connection of nobody`);
  };
  const slots = await Promise.all(
    Array.from({ length: SLOTS }, async (_, slot) => ({
      normal: await serve(false, take(slot)),
      small: await serve(true, take(slot)),
    })),
  );
  const silent = openSilentPort();
  const refusing = await unusedPort();
  const setup = {
    pools: [
      ...slots.flatMap(({ normal, small }, slot) => [
        poolSpec(`normal${slot}`, [normal.port]),
        poolSpec(`small-buffers${slot}`, [small.port]),
        poolSpec(`retry${slot}`, [refusing, normal.port]),
      ]),
      poolSpec("refused", [refusing]),
      poolSpec("silent", [silent.port], { connect: { timeoutMs: SILENT_TIMEOUT_MS, tries: 1 } }),
    ],
  };
  const programs = [await compile(false), await compile(true)] as const;
  // Clients of the model may be silent or gone before they have said anything: each is to be seen.
  worlds += 1;
  const path = join(tmpdir(), `waybill-model-${process.pid}-${worlds}.sock`);
  const running = await startEngine(kind, {
    ...setup,
    program: programs[0],
    isDeferred: way === "deferred",
    ...(way === "unix" ? { bind: { kind: "unix", path } } : {}),
  });
  const { engine, listener } = running;
  let reloads = 0;
  let isClosed = false;
  const world: World = {
    way,
    port: running.port,
    path,
    running,
    current,
    violations,
    idleSockets: openSockets(),
    async reload() {
      reloads += 1;
      const program = programs[reloads % 2 === 0 ? 0 : 1];
      const plan = makePlan({ ...setup, program }, program);
      await engine.prepare([plan]);
      engine.serve(listener, plan);
    },
    async flush(slot) {
      const servers = slots[slot];
      if (servers === undefined) return;
      for (const { port } of [servers.normal, servers.small]) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            flushes.delete(wake);
            resolve();
          };
          flushes.add(wake);
          const socket = connect({ port, host: "127.0.0.1", localAddress: FLUSHER });
          socket.on("error", () => undefined);
          socket.resume();
        });
      }
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const { client, backends } of current.values()) {
        for (const { socket } of [client, ...backends]) socket.destroy();
      }
      current.clear();
      await engine.close();
      silent.close();
      for (const { normal, small } of slots) {
        for (const { server } of [normal, small]) {
          await new Promise<void>((resolve) => server.close(() => resolve()));
        }
      }
    },
  };
  onTestFinished(() => world.close());
  return world;
}

/** Looks until `left` says that nothing is left to wait for. @throws Error that says what was waited for */
export async function waitFor(
  left: () => string | undefined,
  describe: () => string,
): Promise<void> {
  const endMs = performance.now() + STALL_MS;
  for (let looks = 0; ; looks++) {
    const waiting = left();
    if (waiting === undefined) return;
    if (performance.now() > endMs) {
      throw new Error(`waited ${STALL_MS} ms for ${waiting}\n${describe()}`);
    }
    if (looks < QUICK_LOOKS) await turn();
    else await pause(LOOK_MS);
  }
}

/** Sockets of this process, those of the engine's threads among them. */
export function openSockets(): number {
  return countOpen("socket:");
}

export function openPipes(): number {
  return countOpen("pipe:");
}

function countOpen(prefix: string): number {
  let count = 0;
  for (const fd of readdirSync("/proc/self/fd")) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`).startsWith(prefix)) count += 1;
    } catch {
      // The descriptor of the listing itself.
    }
  }
  return count;
}

/** One route a station of the model. @param isReversed outcomes get other numbers */
function compile(isReversed: boolean): Promise<RouterProgram> {
  const stations = Array.from({ length: SLOTS }, (_, slot) =>
    OWN_ROUTES.map((route) => stationOf(route, slot)),
  ).flat();
  const rules = [
    'when station == "banned" -> reject "no such station";',
    ...[...stations, "refused", "silent"].map((name) => `when station == "${name}" -> ${name};`),
  ];
  if (isReversed) rules.reverse();
  return programOf(`${starProtocol}\nrouter main on Star {\n  ${rules.join("\n  ")}\n}\n`);
}
