// A worker that dies at a bad moment: with part of a frame, in the middle of bulk, while main changes, drains or closes.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  openClient,
  outcome,
  readAll,
  readExactly,
  startEcho,
} from "../runtime/support/sockets.ts";
import { untilTrue, withDeadline } from "../support/deadline.ts";
import {
  backendOf,
  type EngineKind,
  makePlan,
  type Setup,
  starProgram,
  startEngine,
} from "./support/engines.ts";
import { type Faulty, linuxKinds } from "./support/faulty.ts";

const SILENT = 20;
const BULK = 4;
const BULK_CHUNK = 64 * 1024;
/** What each bulk connection must have moved before and after. */
const BULK_BYTES = 8 * 1024 * 1024;

async function startStar(kind: EngineKind, setup: Partial<Setup> = {}) {
  const backend = await backendOf(startEcho());
  const all: Setup = { pools: [poolSpec("main", [backend.port])], isDeferred: false, ...setup };
  const running = await startEngine(kind, all);
  const engine = running.engine as Faulty["engine"];
  return { ...running, engine, setup: all };
}

/**
 * Ends every worker's thread once it has nothing in hand of what came before: whoever answers has been through a turn.
 * @returns once all are gone; their successors are not there yet
 */
async function endWorkers({ engine }: { engine: Faulty["engine"] }, { workers }: EngineKind) {
  for (let turn = 0; turn < 2; turn++) await engine.commit({ serve: [], stop: [] });
  await Promise.all(Array.from({ length: workers }, (_, index) => engine.terminateWorker(index)));
}

async function echoed(socket: Socket, station: string): Promise<void> {
  socket.write(starFrame(station));
  expect(await readExactly(socket, 40)).toEqual(starFrame(station));
}

describe.for(linuxKinds)("$title", (kind) => {
  test("part of a frame is lost, and only that", async () => {
    const star = await startStar(kind);
    const half = await openClient(star.port);
    const silent = await Promise.all(Array.from({ length: SILENT }, () => openClient(star.port)));
    const { journal, engine } = star;
    await journal.until(() => journal.acceptedCount === SILENT + 1);
    half.write(starFrame("A01").subarray(0, 20));
    // Whoever is served after it is served once its bytes are there.
    const last = await openClient(star.port);
    await echoed(last, "A02");
    await untilTrue(() => Promise.resolve(half.bytesWritten === 20), "the half frame to be sent");
    await echoed(last, "A03");
    await endWorkers(star, kind);
    expect(await outcome(half)).toBe("end");
    for (const socket of [...silent, last]) await echoed(socket, "A04");
    const ends = await journal.ends(1);
    expect(ends.map(({ reason }) => reason)).toEqual(["worker-crash"]);
    expect(engine.openConnections).toBe(SILENT + 1);
  });

  test("a half-closed connection goes on", async () => {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port: backend } = server.address() as AddressInfo;
    const star = await startStar(kind, { pools: [poolSpec("main", [backend])] });
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const client = await openClient(star.port);
    client.end(starFrame("A01"));
    const [socket] = await withDeadline(accepted, "the backend's connection");
    expect(await readAll(socket)).toEqual(starFrame("A01"));
    await endWorkers(star, kind);
    socket.end("what was asked for");
    expect((await readAll(client)).toString()).toBe("what was asked for");
    const [ended] = await star.journal.ends(1);
    expect(ended?.reason).toBe("client");
  });

  test("bulk goes on unchanged, or is closed", { timeout: 60_000 }, async () => {
    const sink = await startSink();
    const star = await startStar(kind, { pools: [poolSpec("main", [sink.port])] });
    const senders = await Promise.all(Array.from({ length: BULK }, () => startSender(star.port)));
    const moved = (bytes: number) => () =>
      Promise.resolve(
        sink.received.length === BULK &&
          sink.received.every((one) => one.isClosed || one.bytes >= bytes),
      );
    await untilTrue(moved(BULK_BYTES), "bulk to flow");
    await endWorkers(star, kind);
    const most = Math.max(...sink.received.map(({ bytes }) => bytes));
    await untilTrue(moved(most + BULK_BYTES), "bulk to flow again");
    expect(sink.received.filter(({ isWrong }) => isWrong)).toEqual([]);
    const lost = sink.received.filter(({ isClosed }) => isClosed).length;
    const ends = await star.journal.ends(lost);
    expect(ends.map(({ reason }) => reason)).toEqual(
      Array.from({ length: lost }, () => "worker-crash"),
    );
    for (const sender of senders) sender.destroy();
  });

  test("a reload in the gap", async () => {
    const star = await startStar(kind);
    const { engine, listener, port, setup } = star;
    const before = await openClient(port);
    await echoed(before, "A01");
    const other = await backendOf(startEcho("new"));
    const plan = makePlan(
      { ...setup, pools: [poolSpec("main", [other.port])] },
      await starProgram(),
    );
    await endWorkers(star, kind);
    await withDeadline(engine.prepare([plan]), "the plan to be made ready");
    await withDeadline(
      engine.commit({ serve: [{ listener, plan }], stop: [] }),
      "the plan to be served",
    );
    const after = await openClient(port);
    after.write(starFrame("A02"));
    expect((await readExactly(after, 43)).toString("latin1", 0, 3)).toBe("new");
    await echoed(before, "A03");
  });

  test("a death between a plan's being ready and its being served", async () => {
    const star = await startStar(kind);
    const { engine, listener, port, setup } = star;
    const other = await backendOf(startEcho("new"));
    const plan = makePlan(
      { ...setup, pools: [poolSpec("main", [other.port])] },
      await starProgram(),
    );
    await engine.prepare([plan]);
    await endWorkers(star, kind);
    await withDeadline(
      engine.commit({ serve: [{ listener, plan }], stop: [] }),
      "the plan to be served",
    );
    await untilTrue(async () => {
      const client = await openClient(port);
      client.write(starFrame("A02"));
      const isNew = (await readExactly(client, 3)).toString() === "new";
      client.destroy();
      return isNew;
    }, "the new plan");
  });

  test("a drain in the gap", async () => {
    const star = await startStar(kind);
    const client = await openClient(star.port);
    await echoed(client, "A01");
    await endWorkers(star, kind);
    await withDeadline(star.engine.drain(0), "the drain");
    expect(star.engine.openConnections).toBe(0);
    const [ended] = await star.journal.ends(1);
    expect(ended?.reason).toBe("drained");
  });

  test("a close in the gap", async () => {
    const star = await startStar(kind);
    const client = await openClient(star.port);
    await echoed(client, "A01");
    await endWorkers(star, kind);
    await withDeadline(star.engine.close(), "the close");
    expect(await outcome(client)).toBe("end");
    expect(star.engine.openConnections).toBe(0);
  });
});

interface Received {
  bytes: number;
  isWrong: boolean;
  isClosed: boolean;
}

/** What is sent behind the first frame repeats after so many bytes, a prime. */
const PERIOD = 65_521;
const pattern = Buffer.alloc(PERIOD);
for (let at = 0; at < PERIOD; at++) pattern[at] = (at * 31 + (at >> 8)) & 0xff;
const patterns = Buffer.concat([pattern, pattern, pattern]);

/** At most a chunk of the stream, from `place`. */
function bytesAt(place: number, length: number): Buffer {
  const start = place % PERIOD;
  return patterns.subarray(start, start + length);
}

/** A backend that compares every byte with what must be at its place. */
async function startSink() {
  const received: Received[] = [];
  const server = createServer((socket) => {
    const one: Received = { bytes: -starFrame("A01").length, isWrong: false, isClosed: false };
    received.push(one);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      one.isClosed = true;
    });
    socket.on("data", (bytes) => {
      for (let at = Math.max(0, -one.bytes); at < bytes.length; at += BULK_CHUNK) {
        const some = bytes.subarray(at, at + BULK_CHUNK);
        if (!some.equals(bytesAt(one.bytes + at, some.length))) one.isWrong = true;
      }
      one.bytes += bytes.length;
    });
    onTestFinished(() => void socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, received };
}

/** Sends without end. */
async function startSender(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  await withDeadline(once(socket, "connect"), "a bulk connection");
  socket.write(starFrame("A01"));
  let sent = 0;
  const send = () => {
    for (;;) {
      if (socket.destroyed) return;
      const chunk = bytesAt(sent, BULK_CHUNK);
      sent += BULK_CHUNK;
      if (!socket.write(chunk)) return;
    }
  };
  socket.on("drain", send);
  send();
  onTestFinished(() => void socket.destroy());
  return socket;
}
