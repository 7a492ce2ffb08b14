// A reset, of either side and at every stage: it is passed on, counted, and nothing is left of the connection.
import { once } from "node:events";
import type { Socket } from "node:net";
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
import { backendOf, engineKinds, routedPair, startEngine } from "./support/engines.ts";
import { blockedWriter, pour, resetNow } from "./support/pressure.ts";
import { startSilentListener } from "./support/silent-listener.ts";

/** Far more than a direction needs to be spliced. */
const BULK_BYTES = 24 * 1024 * 1024;

describe.for(engineKinds)("$title", (kind) => {
  /** libuv tells a reset that comes right behind bytes as an end: so does the portable engine, and so do the sockets here. */
  function behindBytes(reason: string, onLibuv: string): readonly string[] {
    return kind.name === "portable" ? [reason, onLibuv] : [reason];
  }

  describe("before there is a backend", () => {
    test.for<[stage: string, bytes: Buffer]>([
      ["before the first byte", Buffer.alloc(0)],
      ["in the middle of the frame", starFrame("A01").subarray(0, 20)],
      ["after junk", Buffer.from("junk")],
    ])("%s", async ([, bytes]) => {
      const backend = await backendOf(startEcho());
      const { port, journal, engine } = await startEngine(kind, {
        pools: [poolSpec("main", [backend.port])],
        // Also who says nothing comes to the engine.
        isDeferred: false,
      });
      const client = await openClient(port);
      if (bytes.length > 0) await new Promise((resolve) => client.write(bytes, resolve));
      await journal.until(() => journal.acceptedCount === 1, "the client to be accepted");
      resetNow(client);
      const allowed =
        bytes.length > 0 ? behindBytes("client-reset", "truncated") : ["client-reset"];
      expect(allowed).toContain((await journal.ends(1))[0]?.reason);
      expect(backend.sockets).toHaveLength(0);
      expect(engine.openConnections).toBe(0);
      expect(await exchange(port, starFrame("A02"))).toEqual(starFrame("A02"));
    });

    test.runIf(process.platform === "linux")("while the backend is being connected", async () => {
      const silent = await startSilentListener();
      const pools = [poolSpec("main", [silent.port], { connect: { timeoutMs: 12_000, tries: 0 } })];
      const { port, journal, engine, plan } = await startEngine(kind, { pools });
      const client = await openClient(port);
      await new Promise((resolve) => client.write(starFrame("A01"), resolve));
      await journal.until(() => journal.acceptedCount === 1, "the client to be accepted");
      const isConnecting = async () => plan.pools.some((pool) => pool?.usage.connecting === 1);
      if (kind.name === "portable") await untilTrue(isConnecting, "the connect to begin");
      resetNow(client);
      const [ended] = await journal.ends(1);
      expect(["client-reset", "client-gone"]).toContain(ended?.reason);
      expect(ended?.record.lifeMs).toBeLessThan(10_000);
      expect(engine.openConnections).toBe(0);
    });

    test("right behind the frame", async () => {
      const backend = await backendOf(startEcho());
      const { port, journal, engine } = await startEngine(kind, {
        pools: [poolSpec("main", [backend.port])],
      });
      const count = 40;
      for (let index = 0; index < count; index++) {
        const client = await openClient(port);
        if (index % 2 === 0) client.write(starFrame("A01"));
        else await new Promise((resolve) => client.write(starFrame("A01"), resolve));
        resetNow(client);
      }
      await journal.ends(count);
      expect(engine.openConnections).toBe(0);
      expect(await exchange(port, starFrame("A02"))).toEqual(starFrame("A02"));
    });
  });

  describe.for<[who: "client" | "backend"]>([["client"], ["backend"]])("of the %s", ([who]) => {
    async function pair() {
      const running = await routedPair(kind);
      const { client, server } = running;
      const [resetting, other] = who === "client" ? [client, server] : [server, client];
      return { ...running, resetting, other };
    }

    type Pair = Awaited<ReturnType<typeof pair>>;

    /** As `isOver`, where bytes are under way to the other. */
    async function isOverBehindBytes({ journal, engine, other }: Pair): Promise<void> {
      await outcome(other);
      other.destroy();
      const [ended] = await journal.ends(1);
      expect(behindBytes(`${who}-reset`, who)).toContain(ended?.reason);
      expect(engine.openConnections).toBe(0);
    }

    async function isOver(
      { journal, engine }: Pair,
      seen: Promise<"end" | "reset">,
    ): Promise<string | undefined> {
      expect(await seen).toBe("reset");
      const [ended] = await journal.ends(1);
      expect(engine.openConnections).toBe(0);
      return ended?.reason;
    }

    test("while nothing is under way", async () => {
      const running = await pair();
      resetNow(running.resetting);
      expect(await isOver(running, outcome(running.other))).toBe(`${who}-reset`);
    });

    test("with bytes under way to the other", async () => {
      const running = await pair();
      for (let piece = 0; piece < 50; piece++) running.resetting.write(Buffer.alloc(10_000));
      resetNow(running.resetting);
      await isOverBehindBytes(running);
    });

    test("while the other sends in bulk", async () => {
      const running = await pair();
      const { resetting, other } = running;
      const poured = pour(other, Number.POSITIVE_INFINITY);
      await received(resetting, BULK_BYTES);
      const seen = outcome(other);
      resetNow(resetting);
      expect(await isOver(running, seen)).toBe(`${who}-reset`);
      await poured;
    });

    test("while it sends in bulk itself", async () => {
      const running = await pair();
      const { resetting, other } = running;
      const poured = pour(resetting, Number.POSITIVE_INFINITY);
      await received(other, BULK_BYTES);
      resetNow(resetting);
      await isOverBehindBytes(running);
      await poured;
    });

    test("while it does not read and the other is blocked", async () => {
      const running = await pair();
      const { resetting, other } = running;
      resetting.pause();
      await blockedWriter(other);
      const seen = outcome(other);
      resetNow(resetting);
      expect(await isOver(running, seen)).toBe(`${who}-reset`);
    });

    test("while it is blocked by the other, which then reads on", async () => {
      const running = await pair();
      const { resetting, other } = running;
      other.pause();
      await blockedWriter(resetting);
      resetNow(resetting);
      await isOverBehindBytes(running);
    });

    test("after the other has finished", async () => {
      const running = await pair();
      const { resetting, other } = running;
      other.end();
      resetting.resume();
      await once(resetting, "end");
      resetNow(resetting);
      expect(await isOver(running, outcome(other))).toBe(`${who}-reset`);
    });

    test("after it has finished itself", async () => {
      const { resetting, other, journal, engine } = await pair();
      resetting.end("all of it");
      expect((await readExactly(other, 9)).toString()).toBe("all of it");
      expect(await outcome(other)).toBe("end");
      resetNow(resetting);
      other.write("into the void");
      other.end("and again");
      expect((await journal.ends(1))[0]?.reason).toBe(who);
      expect(engine.openConnections).toBe(0);
    });

    const silently = "after it has finished itself, and the other says nothing";
    // libuv looks at a socket that has ended only once it is written to.
    if (kind.name !== "portable")
      test(silently, async () => {
        const { resetting, other, journal, engine } = await pair();
        resetting.end("all of it");
        expect((await readExactly(other, 9)).toString()).toBe("all of it");
        expect(await outcome(other)).toBe("end");
        resetNow(resetting);
        const [ended] = await journal.ends(1);
        expect(ended).toMatchObject({ reason: who, record: { state: "half-closed" } });
        expect(engine.openConnections).toBe(0);
      });

    test("after both have finished nothing is counted twice", async () => {
      const { resetting, other, journal, engine } = await pair();
      resetting.end();
      other.end();
      await Promise.all([outcome(resetting), outcome(other)]);
      resetNow(resetting);
      await journal.ends(1);
      expect(engine.openConnections).toBe(0);
    });
  });

  test("a write to a side that has closed ends the connection, and only that", async () => {
    const backend = await backendOf(startBackend((socket) => socket.destroy()));
    const echo = await backendOf(startEcho());
    const { port, journal, engine } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port]), poolSpec("other", [echo.port])],
    });
    for (let index = 0; index < 20; index++) {
      const client = await openClient(port);
      client.write(starFrame("A01"));
      const poured = pour(client, Number.POSITIVE_INFINITY);
      await outcome(client);
      client.destroy();
      await poured;
    }
    await journal.ends(20);
    expect(engine.openConnections).toBe(0);
    expect(await exchange(port, starFrame("other"))).toEqual(starFrame("other"));
  });
});

/** Waits until `socket` has got so many bytes. */
async function received(socket: Socket, bytes: number): Promise<void> {
  const piece = 1024 * 1024;
  for (let have = 0; have < bytes; have += piece) await readExactly(socket, piece);
}
