// Between the verdict and the backend's first byte: backends that answer late, never, at once, or before they are asked.
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
} from "../runtime/support/sockets.ts";
import { backendOf, engineKinds, startEngine } from "./support/engines.ts";
import { difference, pattern } from "./support/pattern.ts";
import { startSilentListener } from "./support/silent-listener.ts";

const isLinux = process.platform === "linux";

describe.for(engineKinds)("$title", (kind) => {
  describe.runIf(isLinux)("a backend that does not answer", () => {
    test("is given up after the pool's timeout", async () => {
      const { port: silent } = await startSilentListener();
      const connect = { timeoutMs: 150, tries: 0 };
      const { port, journal } = await startEngine(kind, {
        pools: [poolSpec("main", [silent], { connect })],
      });
      const client = await openClient(port);
      client.write(starFrame("A01"));
      const begunMs = performance.now();
      await outcome(client);
      expect(performance.now() - begunMs).toBeGreaterThanOrEqual(140);
      expect((await journal.ends(1))[0]).toMatchObject({
        reason: "connect-timeout",
        record: { tries: 1, state: "connecting", bytesToBackend: 0 },
      });
      expect(journal.failures).toMatchObject([{ code: "timeout", pool: "main" }]);
    });

    test("leaves the client's bytes to the fallback, pipelined ones as well", async () => {
      const { port: silent } = await startSilentListener();
      const echo = await backendOf(startEcho());
      const connect = { timeoutMs: 100, tries: 0 };
      const { port, journal } = await startEngine(kind, {
        pools: [
          poolSpec("main", [silent], { connect, fallback: "spare" }),
          poolSpec("spare", [echo.port]),
        ],
      });
      const bytes = Buffer.concat([starFrame("A01"), pattern(200_000)]);
      expect(difference(await exchange(port, bytes), bytes)).toBe("equal");
      expect((await journal.ends(1))[0]?.record).toMatchObject({ pool: "spare", tries: 2 });
    });

    test("and then does is connected to, whatever the client did meanwhile", async () => {
      const silent = await startSilentListener();
      const connect = { timeoutMs: 10_000, tries: 0 };
      const { port, journal, engine } = await startEngine(kind, {
        pools: [poolSpec("main", [silent.port], { connect })],
      });
      const client = await openClient(port);
      client.write(starFrame("A01"));
      await journal.until(() => journal.acceptedCount === 1, "the client to be accepted");
      client.end(pattern(100_000));
      silent.open();
      await journal.until(() => journal.connects.length === 1, "the backend to be connected");
      expect(engine.openConnections).toBe(1);
      expect(journal.failures).toEqual([]);
    });
  });

  test.for<[what: string, length: number]>([
    ["a greeting", 20],
    ["more than sockets hold", 3 * 1024 * 1024],
  ])("a backend that speaks first and reads nothing: %s", async ([, length]) => {
    const greeting = pattern(length);
    const backend = await backendOf(
      startBackend((socket) => {
        socket.pause();
        socket.write(greeting);
      }),
    );
    const { port, journal } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
    });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    expect(difference(await readExactly(client, length), greeting)).toBe("equal");
    const server = await backend.connection(0);
    expect(await readExactly(server, 40)).toEqual(starFrame("A01"));
    client.end();
    server.end();
    await outcome(server);
    expect((await journal.ends(1))[0]?.record.bytesToClient).toBe(length);
  });

  test("a backend that speaks first and finishes at once loses nothing", async () => {
    const banner = pattern(300_000);
    const backend = await backendOf(startBackend((socket) => socket.end(banner)));
    const { port, journal } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
    });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    expect(difference(await readAll(client), banner)).toBe("equal");
    client.end();
    expect((await journal.ends(1))[0]).toMatchObject({
      reason: "backend",
      record: { bytesToClient: 300_000, bytesToBackend: 40 },
    });
  });

  test.for(["end", "destroy", "resetAndDestroy"] as const)(
    "a backend that closes at once, by %s, 50 times",
    async (way) => {
      const backend = await backendOf(startBackend((socket) => socket[way]()));
      const { port, journal, engine } = await startEngine(kind, {
        pools: [poolSpec("main", [backend.port])],
      });
      for (let index = 0; index < 50; index++) {
        const client = await openClient(port);
        client.write(starFrame("A01"));
        await outcome(client);
        client.destroy();
      }
      const ends = await journal.ends(50);
      const reasons = new Set(ends.map(({ reason }) => reason));
      // One whose reset comes before the first byte is taken has not connected: nothing was sent.
      const allowed = ["backend", "backend-reset", "client-reset", "connect-failed"];
      expect([...reasons].filter((reason) => !allowed.includes(reason))).toEqual([]);
      expect(engine.openConnections).toBe(0);
    },
  );
});
