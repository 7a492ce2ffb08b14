// Many connections, and change while they come: nothing is lost and nothing is left.
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  outcome,
  readExactly,
  startBackend,
  startEcho,
} from "../runtime/support/sockets.ts";
import { untilTrue } from "../support/deadline.ts";
import { backendOf, engineKinds, makePlan, starProgram, startEngine } from "./support/engines.ts";
import { blockedWriter } from "./support/pressure.ts";

/** Connections that come and go, of one worker; of two, what they could take from each other shows with fewer. */
const CHURN = { 1: 10_000, 2: 2000 } as Readonly<Record<number, number>>;
const AT_ONCE = 50;
/** Connections that a drain ends beside the one that is watched, and its grace. */
const OTHERS = 19;
const DRAIN_MS = 4000;

/** Descriptors of this process, those of the engine's threads among them. */
function descriptors(): number {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
}

/** Our own end of a connection is closed a moment after its end was told. */
function untilDescriptors(most: number): Promise<void> {
  return untilTrue(
    () => Promise.resolve(descriptors() <= most),
    `no more than ${most} descriptors`,
    () => `there are ${descriptors()}`,
  );
}

/** However it ends. */
function closed(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

async function oneExchange(port: number, index: number): Promise<boolean> {
  const frame = starFrame(`A${index}`);
  return (await exchange(port, frame)).equals(frame);
}

async function churn(port: number, count: number): Promise<number> {
  let next = 0;
  let good = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      if (await oneExchange(port, next)) good += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return good;
}

describe.for(engineKinds)("$title", (kind) => {
  const count = CHURN[kind.workers] ?? 0;
  test(`${count} connections come and go, and no descriptor is left`, {
    timeout: 60_000,
  }, async () => {
    const backend = await backendOf(startEcho());
    const { port, journal, engine } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
    });
    await churn(port, AT_ONCE);
    await journal.ends(AT_ONCE);
    const before = descriptors();
    expect(await churn(port, count)).toBe(count);
    const ends = await journal.ends(count + AT_ONCE);
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["client"]));
    expect(engine.openConnections).toBe(0);
    for (const socket of backend.sockets) await closed(socket);
    await untilDescriptors(before + 2);
  });

  test("every way to end, mixed, and no descriptor is left", { timeout: 60_000 }, async () => {
    const backend = await backendOf(
      startBackend((socket) => {
        const way = socket.remotePort === undefined ? 0 : socket.remotePort % 4;
        if (way === 0) socket.resetAndDestroy();
        else if (way === 1) socket.end("bye");
        else if (way === 2) socket.destroy();
        else socket.pipe(socket);
      }),
    );
    const { port, journal, engine } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
    });
    const before = descriptors();
    const count = 400;
    for (let round = 0; round < count / AT_ONCE; round++) {
      const lanes = Array.from({ length: AT_ONCE }, async (_, lane) => {
        const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
        socket.on("error", () => undefined);
        await once(socket, "connect");
        socket.resume();
        const way = lane % 5;
        if (way === 0) socket.destroy();
        else if (way === 1) socket.write(starFrame("A01").subarray(0, 9));
        else socket.write(starFrame("A01", 40 + lane * 50));
        if (way === 1 || way === 2) socket.resetAndDestroy();
        else if (way === 3) socket.end();
        else if (way === 4) setTimeout(() => socket.destroy(), 5);
        if (!socket.closed) {
          socket.once("end", () => socket.destroy());
          await closed(socket);
        }
      });
      await Promise.all(lanes);
    }
    await journal.until(() => journal.ended_.length >= journal.acceptedCount);
    await journal.until(() => engine.openConnections === 0);
    for (const socket of backend.sockets) socket.destroy();
    for (const socket of backend.sockets) await closed(socket);
    await untilDescriptors(before + 2);
  });

  test("a reload during traffic: nobody notices, newcomers get the new pool", async () => {
    const [old, fresh] = [await backendOf(startEcho()), await backendOf(startEcho())];
    const setup = (port: number) => ({ pools: [poolSpec("main", [port])] });
    const { port, engine, listener, journal } = await startEngine(kind, setup(old.port));
    const staying = await openClient(port);
    staying.write(starFrame("stay"));
    await readExactly(staying, 40);
    let isDone = false;
    let count = 0;
    const traffic = Array.from({ length: 8 }, async () => {
      while (!isDone) {
        count += 1;
        expect(await oneExchange(port, count)).toBe(true);
      }
    });
    for (let reload = 0; reload < 5; reload++) {
      const plan = makePlan(setup(reload % 2 === 0 ? fresh.port : old.port), await starProgram());
      await engine.prepare([plan]);
      engine.serve(listener, plan);
    }
    const served = fresh.sockets.length;
    await journal.until(() => fresh.sockets.length > served + 20);
    isDone = true;
    await Promise.all(traffic);
    staying.write("still here");
    expect((await readExactly(staying, 10)).toString()).toBe("still here");
    staying.end();
    await outcome(staying);
    const ends = await journal.ends(count + 1);
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["client"]));
  });

  test("a drain ends everybody, and nobody comes any more", async () => {
    const backend = await backendOf(startEcho());
    const { port, engine, journal } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
    });
    const clients = await Promise.all(Array.from({ length: 20 }, () => openClient(port)));
    for (const client of clients) {
      client.write(starFrame("A01"));
      await readExactly(client, 40);
    }
    const gone = clients.map((client) => outcome(client).then(() => client.destroy()));
    await engine.drain(100);
    await Promise.all(gone);
    const ends = await journal.ends(20);
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["drained"]));
    await expect(openClient(port)).rejects.toThrow(/ECONNREFUSED/);
  });

  test("a drain does not cut off a slow reader whose turn has come", async () => {
    const backend = await backendOf(
      startBackend((socket) => {
        socket.once("data", (first: Buffer) => {
          if (!first.includes("slow")) socket.write(first);
        });
      }),
    );
    const { port, engine, journal } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
    });
    const slow = await openClient(port);
    slow.write(starFrame("slow"));
    const sender = await backend.connection(0);
    // From here on it has been silent for longer than any other.
    await blockedWriter(sender, Buffer.alloc(1024 * 1024));
    const bytes = sender.bytesWritten;
    const others = await Promise.all(Array.from({ length: OTHERS }, () => openClient(port)));
    for (const other of others) {
      other.write(starFrame("idle"));
      await readExactly(other, 40);
    }
    let gone = 0;
    for (const other of others) other.resume().once("end", () => (gone += 1));
    const drained = engine.drain(DRAIN_MS);
    // Its turn was the first among those of its worker. With more than half of the others gone, it has passed anywhere.
    await untilTrue(
      () => Promise.resolve(gone > OTHERS / 2),
      "more than half of the others to be ended",
      () => `${gone} are`,
    );
    expect(await readExactly(slow, bytes)).toHaveLength(bytes);
    for (const socket of [slow, ...others, ...backend.sockets]) socket.destroy();
    await drained;
    const ends = await journal.ends(OTHERS + 1);
    const drainedCount = ends.filter(({ reason }) => reason === "drained").length;
    expect(drainedCount).toBeGreaterThanOrEqual(gone);
    expect(ends.find(({ record }) => record.bytesToClient === bytes)?.reason).not.toBe("drained");
  });
});
