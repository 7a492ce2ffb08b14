import { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RouterProgram } from "../../../../src/runtime/routing/program.ts";
import { poolSpec, type Setup, startEngine } from "../../support/engine.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { line, star, starFrame } from "../../support/modules.ts";
import { makeProgram, toPool, toReject } from "../../support/programs.ts";
import {
  closedPort,
  exchange,
  openClient,
  outcome,
  readExactly,
  startEcho,
} from "../../support/sockets.ts";

async function startWithEcho(setup: Partial<Setup> = {}) {
  const backend = await startEcho();
  onTestFinished(() => backend.close());
  const running = await startEngine({ pools: [poolSpec("main", [backend.port])], ...setup });
  return { ...running, backend };
}

const strict = makeProgram(star, [toPool("main", 0), toReject("no such station")], (key) =>
  key === "A01" ? 0 : key === "bad" ? 1 : -1,
);

describe("a connection is refused, counted under its reason, and no backend hears of it", () => {
  test.for<[what: string, program: RouterProgram, bytes: string | Buffer, reason: string]>([
    ["a rule refuses", strict, starFrame("bad"), "rule-reject"],
    ["no rule matches", strict, starFrame("B99"), "no-route"],
    ["a rule of the protocol", strict, starFrame("A01").fill(0, 1, 5), "reject:too-short:station"],
    [
      "a delimiter too far",
      makeProgram(line, [toPool("main")]),
      "x".repeat(70),
      "reject:delimiter:word",
    ],
    ["only junk", strict, Buffer.alloc(5000), "junk"],
    ["the client stops in mid-frame", strict, starFrame("A01").subarray(0, 20), "truncated"],
    ["the client stops after junk", strict, "xyz", "truncated"],
    [
      "false starts",
      makeProgram({ ...star, meta: { ...star.meta, falseStartsMax: 2 } }, [toPool("main")]),
      Buffer.from("2affffffff".repeat(3), "hex"),
      "resync",
    ],
    [
      "too long",
      makeProgram({ ...star, meta: { ...star.meta, frameMax: 64, holdMax: 64 } }, [toPool("main")]),
      starFrame("A01", 65),
      "too-long",
    ],
  ])("%s: %#", async ([, program, bytes, reason]) => {
    const { port, journal, backend } = await startWithEcho({ program });
    const client = await openClient(port);
    client.end(bytes);
    await outcome(client);
    const [ended] = await journal.ends(1);
    expect(ended?.reason).toBe(reason);
    expect(ended?.record).toMatchObject({ state: "inspecting", tries: 0, bytesToBackend: 0 });
    expect(backend.sockets).toHaveLength(0);
  });

  test("the record explains: rule, place, message", async () => {
    const { port, journal } = await startWithEcho({ program: strict });
    await exchange(port, starFrame("A01").fill(0, 1, 5)).catch(() => undefined);
    await exchange(port, starFrame("bad")).catch(() => undefined);
    const [first, second] = await journal.ends(2);
    expect(first?.end).toMatchObject({ explanation: "text[16] station @19", offset: 19 });
    expect(second?.end.explanation).toBe("no such station");
    expect(second?.record.rule?.line).toBe(2);
  });
});

describe("limits", () => {
  test("inspect: no verdict in time, however the bytes trickle", async () => {
    const clock = new ManualClock();
    const { port, journal } = await startWithEcho({
      limits: { inspectMs: 1000 },
      engine: { clock },
    });
    const silent = await openClient(port);
    const slow = await openClient(port);
    await journal.until(() => journal.acceptedCount === 2);
    clock.advance(990);
    slow.write("*");
    expect(journal.ended_).toHaveLength(0);
    clock.advance(130);
    await Promise.all([outcome(silent), outcome(slow)]);
    const ends = await journal.ends(2);
    expect(ends.map(({ reason }) => reason)).toEqual(["inspect-timeout", "inspect-timeout"]);
    expect(ends[0]?.record.lifeMs).toBeGreaterThanOrEqual(1000);
    expect(ends[0]?.record.lifeMs).toBeLessThanOrEqual(1000 + 1000 / 8);
  });

  test("idle: no byte either way; any byte keeps it", async () => {
    const clock = new ManualClock();
    const { port, journal } = await startWithEcho({
      limits: { idleMs: 1000, inspectMs: 100_000 },
      engine: { clock },
    });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    await readExactly(client, 40);
    for (let beat = 0; beat < 5; beat++) {
      clock.advance(900);
      client.write("beat");
      expect((await readExactly(client, 4)).toString()).toBe("beat");
    }
    expect(journal.ended_).toHaveLength(0);
    clock.advance(1200);
    await outcome(client);
    const [ended] = await journal.ends(1);
    expect(ended).toMatchObject({
      reason: "idle",
      record: { bytesToBackend: 60, state: "forwarding" },
    });
  });

  test("inspecting: the oldest undecided one makes room", async () => {
    const { port, journal } = await startWithEcho({ limits: { inspecting: 2 } });
    const decided = await openClient(port);
    decided.write(starFrame("A01"));
    await readExactly(decided, 40);
    const clients: Socket[] = [];
    for (let index = 0; index < 3; index++) {
      clients.push(await openClient(port));
      await journal.until(() => journal.acceptedCount === index + 2);
    }
    const [ended] = await journal.ends(1);
    expect(ended).toMatchObject({ reason: "inspecting-evicted", record: { id: 2 } });
    clients[2]?.write(starFrame("A02"));
    if (clients[2] !== undefined) await readExactly(clients[2], 40);
    for (const client of [...clients, decided]) client.destroy();
  });

  test("accept-rate: a burst beyond a second's worth is refused, and room comes back", async () => {
    const clock = new ManualClock();
    const { port, journal } = await startWithEcho({ limits: { acceptRate: 3 }, engine: { clock } });
    const clients = await Promise.all(Array.from({ length: 6 }, () => openClient(port)));
    await journal.until(() => journal.acceptedCount === 6);
    expect(journal.ended_.map(({ reason }) => reason)).toEqual(Array(3).fill("accept-rate"));
    clock.advance(700);
    clients.push(await openClient(port), await openClient(port), await openClient(port));
    await journal.until(() => journal.acceptedCount === 9);
    expect(journal.ended_).toHaveLength(4);
    for (const client of clients) client.destroy();
  });
});

describe("backends that do not accept", () => {
  test("another one of the pool is tried; nothing is sent twice", async () => {
    const echo = await startEcho();
    onTestFinished(() => echo.close());
    const dead = await Promise.all([closedPort(), closedPort()]);
    const { port, journal } = await startEngine({
      pools: [poolSpec("main", [...dead, echo.port])],
    });
    expect(await exchange(port, starFrame("A01"))).toEqual(starFrame("A01"));
    const [ended] = await journal.ends(1);
    expect(ended).toMatchObject({ reason: "client", record: { tries: 3, bytesToBackend: 40 } });
    expect(journal.failures.map(({ code }) => code)).toEqual(["ECONNREFUSED", "ECONNREFUSED"]);
  });

  test("and then the connection is refused", async () => {
    const { port, journal, pools } = await startEngine({
      pools: [poolSpec("main", [await closedPort(), await closedPort()])],
    });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    await outcome(client);
    const [ended] = await journal.ends(1);
    expect(ended).toMatchObject({
      reason: "connect-failed",
      record: { state: "connecting", tries: 2 },
    });
    expect(pools.get("main")?.usage).toEqual({ connecting: 0, retrying: 0 });
    expect(pools.get("main")?.backends.map(({ usage }) => usage.connections)).toEqual([0, 0]);
  });

  test("one that is silent is given up after the pool's timeout", async () => {
    const { port, journal } = await startEngine({
      pools: [poolSpec("main", [9], { connect: { timeoutMs: 40, tries: 0 } })],
      engine: { connect: () => new Socket() },
    });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    await outcome(client);
    const [ended] = await journal.ends(1);
    expect(ended).toMatchObject({ reason: "connect-timeout", record: { tries: 1 } });
    expect(journal.failures).toMatchObject([{ code: "timeout", pool: "main" }]);
  });

  test.for(["EADDRNOTAVAIL", "EMFILE", "ENETUNREACH"])("%s is ours: not retried", async (code) => {
    const failing = () => {
      const socket = new Socket();
      process.nextTick(() => socket.destroy(Object.assign(new Error(code), { code })));
      return socket;
    };
    const { port, journal } = await startEngine({
      pools: [poolSpec("main", [9, 10, 11])],
      engine: { connect: failing },
    });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    await outcome(client);
    const [ended] = await journal.ends(1);
    expect(ended).toMatchObject({ reason: `local:${code}`, record: { tries: 1 } });
    expect(journal.failures).toEqual([]);
  });

  test("a client that leaves while it waits frees what was counted", async () => {
    const { port, journal, pools } = await startEngine({
      pools: [poolSpec("main", [9])],
      engine: { connect: () => new Socket() },
    });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    await journal.until(() => journal.acceptedCount === 1);
    while (pools.get("main")?.usage.connecting !== 1) await new Promise(setImmediate);
    client.resetAndDestroy();
    expect((await journal.ends(1))[0]?.reason).toBe("client-reset");
    expect(pools.get("main")?.usage.connecting).toBe(0);
    expect(pools.get("main")?.backends[0]?.usage.connections).toBe(0);
  });
});
