// Fewer and more workers: whoever is connected stays so, and nobody who comes is reset. `storm.test.ts` has thousands who come.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { LINGER_MS } from "../../src/runtime/engine/linux/main/departures.ts";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  outcome,
  readExactly,
  startEcho,
} from "../runtime/support/sockets.ts";
import { untilTrue, withDeadline } from "../support/deadline.ts";
import {
  backendOf,
  engineKinds,
  linuxEngineOf,
  type Setup,
  startEngine,
} from "./support/engines.ts";

const SESSIONS = 40;
/** Names a worker that is not to start, by its index. */
const NO_START = "WAYBILL_TEST_NO_START";

const kinds = engineKinds.filter(({ name, workers }) => name !== "portable" && workers === 2);

async function startWithEcho(kind: (typeof kinds)[number], setup: Partial<Setup> = {}) {
  const backend = await backendOf(startEcho());
  const pools = [poolSpec("main", [backend.port])];
  const running = await startEngine(kind, { pools, ...setup });
  const { listener, plan } = running;
  const engine = linuxEngineOf(running.engine);
  const setWorkers = async (count: number) => {
    await engine.prepare([plan], count);
    await engine.commit({ serve: [{ listener, plan }], stop: [] });
    expect(engine.workers).toBe(count);
  };
  const untilLeft = () =>
    untilTrue(async () => engine.leavingWorkers === 0, "those that leave to be gone");
  return { ...running, engine, setWorkers, untilLeft };
}

async function openSessions(port: number | string) {
  const clients = await Promise.all(Array.from({ length: SESSIONS }, () => openClient(port)));
  for (const client of clients) client.write(starFrame("A01"));
  for (const client of clients) await readExactly(client, 40);
  return clients;
}

async function expectAlive(clients: Awaited<ReturnType<typeof openSessions>>) {
  for (const client of clients) client.write("still here");
  for (const client of clients) {
    expect((await readExactly(client, 10)).toString()).toBe("still here");
  }
}

describe.for(kinds)("$title", (kind) => {
  test("a worker that leaves keeps its connections, and ends with the last", async () => {
    const { port, engine, setWorkers, untilLeft, journal } = await startWithEcho(kind);
    const clients = await openSessions(port);
    await setWorkers(1);
    await expectAlive(clients);
    expect(await exchange(port, starFrame("A02"))).toEqual(starFrame("A02"));
    await untilTrue(async () => engine.listeningSockets === 1, "one socket to be left");
    expect(engine.leavingWorkers).toBe(1);
    await expectAlive(clients);
    for (const client of clients) client.end();
    await untilLeft();
    const ends = await journal.ends(SESSIONS + 1);
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["client"]));
    expect(await exchange(port, starFrame("A03"))).toEqual(starFrame("A03"));
  });

  test("one that is leaving stays where more are wanted again", async () => {
    const { port, engine, setWorkers, untilLeft } = await startWithEcho(kind, { leaveLingerMs: 0 });
    const clients = await openSessions(port);
    for (let round = 0; round < 3; round++) {
      await setWorkers(1);
      await untilTrue(async () => engine.listeningSockets === 1, "one socket to be left");
      await setWorkers(2);
      expect(engine.leavingWorkers).toBe(0);
      await expectAlive(clients);
      for (const more of await openSessions(port)) more.destroy();
    }
    for (const client of clients) client.end();
    await setWorkers(1);
    await untilLeft();
  });

  test("a unix socket that all share", async () => {
    const path = join(tmpdir(), `waybill-workers-${process.pid}-${kind.name}.sock`);
    const { engine, setWorkers, untilLeft } = await startWithEcho(kind, {
      bind: { kind: "unix", path },
    });
    const clients = await openSessions(path);
    for (const workers of [1, 3, 1]) {
      await setWorkers(workers);
      await expectAlive(clients);
      for (const more of await openSessions(path)) more.destroy();
    }
    for (const client of clients) client.end();
    await untilLeft();
    expect(await exchange(path, starFrame("A03"))).toEqual(starFrame("A03"));
    expect(engine.workers).toBe(1);
  });

  test("a change while a worker is dead is in force once it has a successor", async () => {
    const { port, engine, listener, plan } = await startWithEcho(kind);
    await engine.terminateWorker(0);
    const committed = engine.commit({ serve: [{ listener, plan }], stop: [] });
    await withDeadline(committed, "the commit");
    expect(await exchange(port, starFrame("A03"))).toEqual(starFrame("A03"));
  });

  test("one that crashes while it leaves has a successor that leaves", async () => {
    const { port, engine, setWorkers, untilLeft } = await startWithEcho(kind);
    const clients = await openSessions(port);
    await setWorkers(1);
    await untilTrue(async () => engine.listeningSockets === 1, "one socket to be left");
    await engine.terminateWorker(1);
    await expectAlive(clients);
    for (const client of clients) client.end();
    await untilLeft();
    expect(await exchange(port, starFrame("A03"))).toEqual(starFrame("A03"));
  });
});

test.for(kinds)("$title: workers that cannot start are told of, and close ends", async (kind) => {
  const entry = new URL("data:text/javascript,throw new Error('no start')");
  const starting = startEngine(kind, { pools: [], linux: { entry } });
  // It is closed with the test, while the second worker still starts.
  await expect(starting).rejects.toThrow("no start");
});

test.for(kinds)("$title: one that did not start is no burden on its successor", async (kind) => {
  const real = new URL("../../dist/runtime/engine/linux/worker/worker.js", import.meta.url);
  const script = `import { workerData } from "node:worker_threads";
    if (process.env.${NO_START} === String(workerData.index)) throw new Error("no start");
    await import("${real.href}");`;
  const entry = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
  const { port, engine, plan, setWorkers } = await startWithEcho(kind, { linux: { entry } });
  onTestFinished(() => void delete process.env[NO_START]);
  process.env[NO_START] = "3";
  await expect(engine.prepare([plan], 4)).rejects.toThrow("no start");
  delete process.env[NO_START];
  // The third is still there, the fourth is not.
  await setWorkers(4);
  expect(engine.listeningSockets).toBe(4);
  await setWorkers(5);
  expect(engine.listeningSockets).toBe(5);
  expect(await exchange(port, starFrame("A03"))).toEqual(starFrame("A03"));
});

// What the kernel does, whichever driver.
test.runIf(kinds.length > 0)("silent clients of a socket that goes are not reset", async () => {
  const kind = kinds[0];
  if (kind === undefined) throw new Error("no kind");
  const { port, engine, setWorkers, untilLeft, journal } = await startWithEcho(kind, {
    leaveLingerMs: LINGER_MS,
  });
  const silent = await Promise.all(Array.from({ length: 10 }, () => openClient(port)));
  expect(journal.acceptedCount).toBe(0);
  await setWorkers(1);
  await untilTrue(async () => engine.listeningSockets === 1, "one socket to be left");
  for (const client of silent) client.write(starFrame("A01"));
  for (const client of silent) expect(await readExactly(client, 40)).toEqual(starFrame("A01"));
  for (const client of silent) client.end();
  await Promise.all(silent.map(outcome));
  await untilLeft();
});
