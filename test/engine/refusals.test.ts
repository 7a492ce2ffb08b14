// Who is refused, and how: the same on every engine.

import { once } from "node:events";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  outcome,
  readExactly,
  startEcho,
} from "../runtime/support/sockets.ts";
import { untilTrue } from "../support/deadline.ts";
import { unusedPort } from "../support/port.ts";
import {
  backendOf,
  type EngineKind,
  engineKinds,
  programOf,
  type Setup,
  starDescription,
  starProtocol,
  startEngine,
} from "./support/engines.ts";

/** What the record says besides the reason; `rule` is its line. */
interface Told {
  readonly explanation?: string;
  readonly offset?: number;
  readonly rule?: number;
}

/** Few false starts, and nowhere to go for most. */
const strictDescription = `${starProtocol.replace('start "*"', 'start "*" confirm end max 2 false starts')}
router main on Star { when station == "A01" -> main; }
`;

const lineDescription = `protocol Line {
  frame { text word until "\\r\\n" max 64; }
  key word = word;
}
router main on Line { otherwise -> main; }
`;

const lengthDescription = `protocol Prefixed {
  frame { u16 length; size = length + 2; max 64; u8 id; }
  key id = id;
}
router main on Prefixed { otherwise -> main; }
`;

const isWhole = (answer: Buffer) => answer.equals(starFrame("A01"));

async function startWithEcho(kind: EngineKind, setup: Partial<Setup> = {}) {
  const backend = await backendOf(startEcho());
  const pools = [poolSpec("main", [backend.port])];
  return { ...(await startEngine(kind, { pools, ...setup })), backend };
}

describe.for(engineKinds)("$title", (kind) => {
  describe("the verdict", () => {
    test.for<readonly [what: string, text: string, bytes: Buffer, reason: string, told?: Told]>([
      [
        "too short",
        starDescription,
        starFrame("A01").fill(0, 1, 5),
        "reject:too-short:station",
        { explanation: "reaches beyond its part", offset: 19 },
      ],
      [
        "a rule refuses",
        starDescription,
        starFrame("banned"),
        "rule-reject",
        { explanation: "no such station", rule: 13 },
      ],
      ["no rule matches", strictDescription, starFrame("B99"), "no-route"],
      [
        "a delimiter too far",
        lineDescription,
        Buffer.alloc(70, "x"),
        "reject:delimiter:word",
        { explanation: 'text word until "\\r\\n" max 64;' },
      ],
      [
        "too long",
        lengthDescription,
        Buffer.from([0, 99]),
        "reject:too-long:size",
        { explanation: "size = length + 2; max 64" },
      ],
      ["only junk", starDescription, Buffer.alloc(5000), "junk"],
      ["false starts", strictDescription, Buffer.from("2affffffff".repeat(3), "hex"), "resync"],
      ["stops in the middle", starDescription, starFrame("A01").subarray(0, 20), "truncated"],
      ["stops after junk", starDescription, Buffer.from("xyz"), "truncated"],
      ["no byte at all", starDescription, Buffer.alloc(0), "client-gone"],
    ])("%s", async ([, text, bytes, reason, told = {}]) => {
      const program = await programOf(text);
      const { port, journal, backend } = await startWithEcho(kind, { program });
      const client = await openClient(port);
      client.end(bytes);
      await outcome(client);
      const [ended] = await journal.ends(1);
      expect(ended?.reason).toBe(reason);
      expect(ended?.end.explanation).toBe(told.explanation);
      if (told.offset !== undefined) expect(ended?.end.offset).toBe(told.offset);
      expect(ended?.record.rule?.line).toBe(told.rule);
      const isUndecided = reason === "truncated" || reason === "client-gone";
      expect(ended?.record.verdictMs === undefined).toBe(isUndecided);
      expect(ended?.record).toMatchObject({ state: "inspecting", tries: 0, bytesToBackend: 0 });
      expect(backend.sockets).toHaveLength(0);
    });

    test("the backend gets nobody whose bytes are not decided", async () => {
      const { port, backend, engine, journal } = await startWithEcho(kind);
      const clients = await Promise.all(Array.from({ length: 20 }, () => openClient(port)));
      for (const client of clients) client.write(starFrame("A01").subarray(0, 30));
      await journal.until(() => journal.acceptedCount === 20);
      for (const client of clients) client.resetAndDestroy();
      const ends = await journal.ends(20);
      // One that is reset before its bytes have left looks as if it stopped.
      for (const { reason } of ends) expect(["client-reset", "truncated"]).toContain(reason);
      expect(backend.sockets).toHaveLength(0);
      expect(engine.openConnections).toBe(0);
    });
  });

  describe("limits", () => {
    test("inspect: no verdict in time, however the bytes trickle", async () => {
      const { port, journal } = await startWithEcho(kind, {
        limits: { inspectMs: 60 },
        isDeferred: false,
      });
      // However long nothing has happened before.
      await new Promise((resolve) => setTimeout(resolve, 200));
      const begunMs = performance.now();
      const silent = await openClient(port);
      const slow = await openClient(port);
      const trickle = setInterval(() => slow.write("*"), 10);
      onTestFinished(() => clearInterval(trickle));
      await Promise.all([outcome(silent), outcome(slow)]);
      expect(performance.now() - begunMs).toBeGreaterThanOrEqual(60);
      const ends = await journal.ends(2);
      expect(ends.map(({ reason }) => reason)).toEqual(["inspect-timeout", "inspect-timeout"]);
      expect(ends[0]?.record.lifeMs).toBeGreaterThanOrEqual(60);
    });

    test("inspect: a shorter limit holds for whoever comes after the reload", async () => {
      const { port, journal, engine, listener, plan } = await startWithEcho(kind, {
        limits: { inspectMs: 60_000 },
        isDeferred: false,
      });
      await openClient(port);
      await journal.until(() => journal.acceptedCount === 1, "the first client to be accepted");
      const shorter = { ...plan, limits: { ...plan.limits, inspectMs: 100 } };
      await engine.prepare([shorter]);
      await engine.commit({ serve: [{ listener, plan: shorter }], stop: [] });
      engine.setSweep({ deadlineMs: 100, silenceMs: 60_000 });
      // With two workers some of them come to that of the first one.
      const clients = await Promise.all(Array.from({ length: 10 }, () => openClient(port)));
      await Promise.all(clients.map(outcome));
      const ends = await journal.ends(clients.length);
      expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["inspect-timeout"]));
      expect(engine.openConnections).toBe(1);
    });

    test("idle: no byte either way; any byte keeps it", async () => {
      // A machine that stands still for some hundred milliseconds must not make a beat come too late.
      const { port, journal } = await startWithEcho(kind, { limits: { idleMs: 1000 } });
      const client = await openClient(port);
      client.write(starFrame("A01"));
      await readExactly(client, 40);
      for (let beat = 0; beat < 6; beat++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        client.write("beat");
        expect((await readExactly(client, 4)).toString()).toBe("beat");
      }
      await outcome(client);
      const [ended] = await journal.ends(1);
      expect(ended).toMatchObject({
        reason: "idle",
        record: { bytesToBackend: 64, state: "forwarding" },
      });
    });

    test("connections: one more is refused, and room comes back", async () => {
      const { port, journal } = await startWithEcho(kind, {
        limits: { connections: 2 },
        isDeferred: false,
      });
      const clients = [await openClient(port), await openClient(port)];
      await journal.until(() => journal.acceptedCount === 2);
      await outcome(await openClient(port));
      expect((await journal.ends(1))[0]?.reason).toBe("connections");
      clients[0]?.destroy();
      await journal.ends(2);
      const next = await openClient(port);
      next.write(starFrame("A01"));
      expect(await readExactly(next, 40)).toEqual(starFrame("A01"));
      for (const client of [...clients, next]) client.destroy();
    });

    test("per-client: counted by address, and room comes back", async () => {
      const { port, journal } = await startWithEcho(kind, {
        limits: { perClient: 1 },
        isDeferred: false,
      });
      const first = await openClient(port);
      await journal.until(() => journal.acceptedCount === 1);
      await outcome(await openClient(port));
      expect((await journal.ends(1))[0]?.reason).toBe("per-client");
      first.destroy();
      await journal.ends(2);
      const next = await openClient(port);
      next.write(starFrame("A01"));
      await readExactly(next, 40);
      next.destroy();
    });

    test("inspecting: the oldest undecided one makes room", async () => {
      const { port, journal } = await startWithEcho(kind, {
        limits: { inspecting: 2 },
        isDeferred: false,
      });
      const decided = await openClient(port);
      decided.write(starFrame("A01"));
      await readExactly(decided, 40);
      const clients: Socket[] = [];
      // Enough for every worker to have some of its own.
      for (let index = 0; index < 12; index++) {
        clients.push(await openClient(port));
        await journal.until(() => journal.acceptedCount === index + 2, `client ${index}`);
      }
      const ends = await journal.ends(kind.workers === 1 ? 10 : 9);
      expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["inspecting-evicted"]));
      if (kind.workers === 1) {
        expect(ends.map(({ record }) => record.id)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      }
      const last = clients.at(-1) ?? decided;
      for (const client of [decided, last]) {
        client.write(starFrame("A02"));
        expect(await readExactly(client, 40)).toEqual(starFrame("A02"));
      }
      for (const client of [...clients, decided]) client.destroy();
    });

    test("accept-rate: a burst beyond a second's worth is refused, and room comes back", async () => {
      const perSecond = 3;
      const { port, journal, engine } = await startWithEcho(kind, {
        limits: { acceptRate: perSecond },
        isDeferred: false,
      });
      const startMs = performance.now();
      const clients = await Promise.all(Array.from({ length: 12 }, () => openClient(port)));
      await journal.until(
        () => journal.acceptedCount === 12 && journal.ended_.length + engine.openConnections === 12,
        "12 connections to be admitted or refused",
      );
      // On a busy machine they come over a while, and room has come back meanwhile.
      const passedS = (performance.now() - startMs) / 1000;
      const refused = journal.ended_.filter(({ reason }) => reason === "accept-rate");
      const admitted = 12 - refused.length;
      expect(admitted).toBeGreaterThanOrEqual(perSecond);
      expect(admitted).toBeLessThanOrEqual(Math.ceil(perSecond * (1 + passedS)));
      const isServed = () => exchange(port, starFrame("A01")).then(isWhole, () => false);
      await untilTrue(isServed, "room for another one");
      for (const client of clients) client.destroy();
    });
  });

  describe("backends that do not accept", () => {
    test("another one of the pool is tried; nothing is sent twice", async () => {
      const echo = await backendOf(startEcho());
      const dead = await Promise.all([unusedPort(), unusedPort()]);
      const { port, journal } = await startEngine(kind, {
        pools: [poolSpec("main", [...dead, echo.port])],
      });
      expect(await exchange(port, starFrame("A01"))).toEqual(starFrame("A01"));
      const [ended] = await journal.ends(1);
      expect(ended).toMatchObject({ reason: "client", record: { bytesToBackend: 40 } });
      expect(ended?.record.tries).toBe(journal.failures.length + 1);
      expect(new Set(journal.failures.map(({ code }) => code)).size).toBeLessThanOrEqual(1);
    });

    test("then the fallback", async () => {
      const echo = await backendOf(startEcho("spare "));
      const { port, journal } = await startEngine(kind, {
        pools: [
          poolSpec("main", [await unusedPort()], { fallback: "spare" }),
          poolSpec("spare", [echo.port]),
        ],
      });
      expect((await exchange(port, starFrame("A01"))).toString()).toContain("spare *");
      expect((await journal.ends(1))[0]?.record).toMatchObject({ pool: "spare", tries: 2 });
      expect(journal.failures).toMatchObject([{ code: "ECONNREFUSED", pool: "main" }]);
    });

    test("and then the connection is refused", async () => {
      const { port, journal, engine } = await startEngine(kind, {
        pools: [poolSpec("main", [await unusedPort(), await unusedPort()])],
      });
      const client = await openClient(port);
      client.write(starFrame("A01"));
      await outcome(client);
      const [ended] = await journal.ends(1);
      expect(ended).toMatchObject({
        reason: "connect-failed",
        record: { state: "connecting", tries: 2 },
      });
      expect(engine.openConnections).toBe(0);
    });

    test("nobody in the pool", async () => {
      const { port, journal } = await startEngine(kind, { pools: [poolSpec("main", [])] });
      const client = await openClient(port);
      client.write(starFrame("A01"));
      await outcome(client);
      expect((await journal.ends(1))[0]).toMatchObject({
        reason: "no-backend",
        record: { tries: 0 },
      });
    });

    test("one that is silent is given up after the pool's timeout", async () => {
      // 192.0.2.0/24 is for documentation (RFC 5737): nobody answers, or the machine has no way there.
      const { port, journal } = await startEngine(kind, {
        pools: [poolSpec("main", [9], { connect: { timeoutMs: 40, tries: 0 } }, "192.0.2.1")],
      });
      const client = await openClient(port);
      client.write(starFrame("A01"));
      await outcome(client);
      const [ended] = await journal.ends(1);
      expect(["connect-timeout", "connect-failed", "local:ENETUNREACH"]).toContain(ended?.reason);
      expect(ended?.record.tries).toBe(1);
    });

    test("what this machine cannot do is nobody else's failure, and no other backend is tried", async () => {
      // No connection goes to a group (RFC 9293 §3.9.2.3): the machine says so itself.
      const pools = [
        poolSpec("main", [9, 10], { connect: { timeoutMs: 500, tries: 1 } }, "224.0.0.5"),
      ];
      const { port, journal } = await startEngine(kind, { pools });
      const client = await openClient(port);
      client.write(starFrame("A01"));
      await outcome(client);
      const [ended] = await journal.ends(1);
      expect(ended).toMatchObject({
        reason: expect.stringMatching(/^local:E/),
        record: { tries: 1 },
      });
      expect(journal.failures).toEqual([]);
    });
  });

  test("a unix socket serves as well, and its file is gone afterwards", async () => {
    const name = `waybill-test-${process.pid}-${Math.random().toString(36).slice(2)}.sock`;
    const path = join(tmpdir(), name);
    const { journal, engine } = await startWithEcho(kind, { bind: { kind: "unix", path } });
    expect(await exchange(path, starFrame("A01"))).toEqual(starFrame("A01"));
    expect((await journal.ends(1))[0]).toMatchObject({
      reason: "client",
      record: { client: "unix" },
    });
    await engine.close();
    await expect(openClient(path)).rejects.toThrow(/ENOENT/);
  });

  test("IPv6 on both sides", async () => {
    const backend = await backendOf(startEcho("", "::1"));
    const { port, journal } = await startEngine(kind, {
      bind: { kind: "tcp", host: "::1", port: 0 },
      pools: [poolSpec("main", [backend.port], {}, "::1")],
    });
    const client = await openClient(port, "::1");
    client.end(starFrame("A01"));
    await readExactly(client, 40);
    await outcome(client);
    expect((await journal.ends(1))[0]?.record.client).toBe("::1");
  });

  test("a port that somebody has is said to be in use", async () => {
    const backend = await backendOf(startEcho());
    const { engine } = await startWithEcho(kind);
    await expect(
      engine.bind({ kind: "tcp", host: "127.0.0.1", port: backend.port }),
    ).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("any bytes get a verdict, and the engine goes on", async () => {
    const { port, journal, engine } = await startWithEcho(kind, {
      limits: { inspectMs: 500 },
      // Or one that is reset before it has said anything is never seen.
      isDeferred: false,
    });
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.constant(starFrame("A01")),
      fc.constant(Buffer.from("2affffffff", "hex")),
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 5 }), fc.boolean(), async (pieces, isCut) => {
        const client = await openClient(port);
        for (const bytes of pieces) if (!client.destroyed) client.write(bytes);
        if (isCut) client.resetAndDestroy();
        else client.end();
        count += 1;
        client.resume();
        if (!client.closed) await once(client, "close");
        await journal.ends(count);
      }),
      { numRuns: 100 },
    );
    expect(engine.openConnections).toBe(0);
    expect(await exchange(port, starFrame("A01"))).toEqual(starFrame("A01"));
  });
});
