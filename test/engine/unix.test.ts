// Clients that come by a unix socket: pieces, ends of either side first, resets, bulk and a reload, as by TCP.
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  outcome,
  readAll,
  readExactly,
  startBackend,
  startEcho,
  type TestBackend,
} from "../runtime/support/sockets.ts";
import { backendOf, engineKinds, makePlan, starProgram, startEngine } from "./support/engines.ts";
import { difference, pattern } from "./support/pattern.ts";
import { blockedWriter } from "./support/pressure.ts";

const MIB = 1024 * 1024;
const FRAME = starFrame("A01");

function unusedPath(): string {
  return join(tmpdir(), `waybill-${process.pid}-${Math.random().toString(36).slice(2)}.sock`);
}

describe.runIf(process.platform !== "win32").for(engineKinds)("$title", (kind) => {
  async function start(start: Promise<TestBackend>) {
    const backend = await backendOf(start);
    const path = unusedPath();
    const setup = { pools: [poolSpec("main", [backend.port])] };
    const running = await startEngine(kind, { ...setup, bind: { kind: "unix", path } });
    return { ...running, backend, path };
  }

  /** A client whose frame has been routed, and the backend's end of its connection. */
  async function startPair() {
    const running = await start(startBackend());
    const client = await openClient(running.path);
    client.write(FRAME);
    const server = await running.backend.connection(0);
    await readExactly(server, FRAME.length);
    return { ...running, client, server };
  }

  test("every split of the frame, and of what follows it", async () => {
    const { path, journal } = await start(startEcho());
    const bytes = Buffer.concat([FRAME, Buffer.from("and more")]);
    for (let at = 1; at < bytes.length; at++) {
      const client = await openClient(path);
      client.write(bytes.subarray(0, at));
      await journal.until(() => journal.acceptedCount === at, `connection ${at} to be accepted`);
      client.end(bytes.subarray(at));
      expect(await readAll(client)).toEqual(bytes);
    }
    const ends = await journal.ends(bytes.length - 1);
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["client"]));
  });

  test.for([0, 1, 40_000, 8 * MIB])(
    "a client that finishes still gets %i bytes",
    async (length) => {
      const { client, server, journal } = await startPair();
      const answer = pattern(length);
      client.end("last words");
      expect((await readExactly(server, 10)).toString()).toBe("last words");
      server.resume();
      await once(server, "end");
      server.end(answer);
      expect(difference(await readAll(client), answer)).toBe("equal");
      expect((await journal.ends(1))[0]).toMatchObject({
        reason: "client",
        record: { bytesToBackend: 50, bytesToClient: length, client: "unix" },
      });
    },
  );

  test.for([0, 1, 40_000, 8 * MIB])(
    "a backend that finishes still gets %i bytes",
    async (length) => {
      const { client, server, journal } = await startPair();
      const bytes = pattern(length);
      server.end("bye");
      expect((await readAll(client)).toString()).toBe("bye");
      const got = readAll(server);
      client.end(bytes);
      expect(difference(await got, bytes)).toBe("equal");
      expect((await journal.ends(1))[0]).toMatchObject({
        reason: "backend",
        record: { bytesToBackend: 40 + length, bytesToClient: 3 },
      });
    },
  );

  test("a client that goes with bytes unread is a reset, and the backend's becomes one", async () => {
    const { client, server, journal, engine } = await startPair();
    client.pause();
    await blockedWriter(server);
    const seen = outcome(server);
    client.destroy();
    expect(await seen).toBe("reset");
    expect((await journal.ends(1))[0]?.reason).toBe("client-reset");
    expect(engine.openConnections).toBe(0);
  });

  test("both go one after the other, with bytes on their way to either", async () => {
    const count = 16;
    const { path, backend, journal, engine } = await start(startBackend());
    const many = pattern(MIB);
    for (let index = 0; index < count; index++) {
      const client = await openClient(path);
      client.write(FRAME);
      const server = await backend.connection(index);
      client.write(many);
      await readExactly(server, FRAME.length + many.length);
      // What the client does not read keeps the backend's end from being seen.
      client.pause();
      await new Promise((resolve) => server.write(pattern(350_000), resolve));
      server.destroy();
      // Of the first of them the router hears that the backend is gone.
      for (let piece = 0; piece < 4; piece++) {
        client.write(pattern(150_000));
        await new Promise(setImmediate);
      }
      client.destroy();
    }
    await journal.ends(count);
    expect(engine.openConnections).toBe(0);
  });

  test("a reset of the backend ends the client", async () => {
    const { client, server, journal, engine } = await startPair();
    const seen = outcome(client);
    server.resetAndDestroy();
    // A unix socket knows no reset of its own: its peer sees an end where nothing was left to be read.
    expect(["end", "reset"]).toContain(await seen);
    expect((await journal.ends(1))[0]?.reason).toBe("backend-reset");
    expect(engine.openConnections).toBe(0);
  });

  test("a reload changes where newcomers go, and who is there stays", async () => {
    const { path, engine, listener } = await start(startEcho());
    const staying = await openClient(path);
    staying.write(FRAME);
    await readExactly(staying, FRAME.length);
    const other = await backendOf(startEcho("new"));
    const plan = makePlan({ pools: [poolSpec("main", [other.port])] }, await starProgram());
    await engine.prepare([plan]);
    await engine.commit({ serve: [{ listener, plan }], stop: [] });
    expect((await exchange(path, FRAME)).toString("latin1", 0, 3)).toBe("new");
    staying.end("still here");
    expect((await readAll(staying)).toString()).toBe("still here");
  });
});
