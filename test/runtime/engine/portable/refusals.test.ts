import { once } from "node:events";
import { Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseAddressBlock } from "../../../../src/compiler/index.ts";
import { handWrittenProgram } from "../../../../src/runtime/routing/hand-written.ts";
import type { RouterProgram } from "../../../../src/runtime/routing/program.ts";
import { poolSpec, type Setup, startEngine } from "../../support/engine.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { line, proxyV1, proxyV2, proxyV2Header, star, starFrame } from "../../support/modules.ts";
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
    [
      "unpack throws",
      handWrittenProgram(
        () => {
          throw new Error("boom");
        },
        "mine.js",
        "main",
      ),
      "x",
      "unpack-threw",
    ],
    [
      "unpack answers nonsense",
      handWrittenProgram(() => 42, "mine.js", "main"),
      "x",
      "unpack-invalid",
    ],
    [
      "unpack answers a promise",
      handWrittenProgram(async () => ({ need: 1 }), "mine.js", "main"),
      "x",
      "unpack-invalid",
    ],
    [
      "unpack asks for too much",
      handWrittenProgram(() => ({ need: 2 ** 40 }), "mine.js", "main"),
      "x",
      "reject:too-long:frame",
    ],
    [
      "unpack's frame is not there",
      handWrittenProgram(() => ({ frame: 5 }), "mine.js", "main"),
      "x",
      "unpack-invalid",
    ],
    [
      "unpack's key is a number",
      handWrittenProgram(() => ({ frame: 1, key: 5 }), "mine.js", "main"),
      "x",
      "unpack-invalid",
    ],
    [
      "unpack's key is too long",
      handWrittenProgram(() => ({ frame: 1, key: "k".repeat(1025) }), "mine.js", "main"),
      "x",
      "reject:key-too-long:key",
    ],
    [
      "unpack refuses",
      handWrittenProgram(() => ({ reject: "not mine" }), "mine.js", "main"),
      "x",
      "reject:guard:not mine",
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

  test("a client without a byte just leaves", async () => {
    const { port, journal } = await startWithEcho();
    (await openClient(port)).end();
    expect((await journal.ends(1))[0]?.reason).toBe("client-gone");
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

  test("connections: one more is refused, and room comes back", async () => {
    const { port, journal } = await startWithEcho({ limits: { connections: 2 } });
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
    const { port, journal } = await startWithEcho({ limits: { perClient: 1 } });
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

  test("then the fallback", async () => {
    const echo = await startEcho("spare ");
    onTestFinished(() => echo.close());
    const { port, journal } = await startEngine({
      pools: [
        poolSpec("main", [await closedPort()], { fallback: "spare" }),
        poolSpec("spare", [echo.port]),
      ],
    });
    expect((await exchange(port, starFrame("A01"))).toString()).toContain("spare *");
    expect((await journal.ends(1))[0]?.record).toMatchObject({ pool: "spare", tries: 2 });
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

  test("nobody in the pool", async () => {
    const { port, journal } = await startEngine({ pools: [poolSpec("main", [])] });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    await outcome(client);
    expect((await journal.ends(1))[0]).toMatchObject({
      reason: "no-backend",
      record: { tries: 0 },
    });
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

describe("PROXY protocol", () => {
  const proxied = makeProgram(
    star,
    [toPool("main", 0)],
    (_key, input) => (input.client[0] === 192 && input.clientLength === 4 ? 0 : -1),
    [{ modules: [proxyV1, proxyV2], isRequired: true }],
  );
  const blockOf = (text: string) => {
    const parsed = parseAddressBlock(text);
    return parsed.kind === "block" ? [parsed.block] : [];
  };

  test("the header is consumed, and the client is whom it names", async () => {
    const { port, journal } = await startWithEcho({
      program: proxied,
      plan: { trustedPeers: blockOf("127.0.0.0/8") },
      limits: { perClient: 1 },
    });
    const header = proxyV2Header([192, 0, 2, 7]);
    const frame = starFrame("A01");
    expect(await exchange(port, Buffer.concat([header, frame]))).toEqual(frame);
    expect((await journal.ends(1))[0]?.record).toMatchObject({ client: "192.0.2.7", consumed: 28 });
  });

  test("limits count the client that it names", async () => {
    const { port, journal } = await startWithEcho({
      program: proxied,
      plan: { trustedPeers: blockOf("127.0.0.0/8") },
      limits: { perClient: 1 },
    });
    const open = async (last: number) => {
      const client = await openClient(port);
      client.write(Buffer.concat([proxyV2Header([192, 0, 2, last]), starFrame("A01")]));
      return client;
    };
    const clients = [await open(1), await open(2)];
    for (const client of clients) await readExactly(client, 40);
    await outcome(await open(1));
    expect((await journal.ends(1))[0]).toMatchObject({
      reason: "per-client",
      record: { client: "192.0.2.1" },
    });
    for (const client of clients) client.destroy();
  });

  test("a peer that may not speak for others is refused", async () => {
    const { port, journal } = await startWithEcho({
      program: proxied,
      plan: { trustedPeers: blockOf("10.0.0.0/8") },
    });
    await outcome(await openClient(port));
    expect((await journal.ends(1))[0]?.reason).toBe("proxy-protocol");
  });

  test("a frame without the header is refused", async () => {
    const { port, journal } = await startWithEcho({ program: proxied });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    await outcome(client);
    expect((await journal.ends(1))[0]?.reason).toBe("prefix-missing");
  });

  test("a balancer's probe, a header and no more, is no truncated frame", async () => {
    const { port, journal } = await startWithEcho({ program: proxied });
    const client = await openClient(port);
    client.end(proxyV2Header([0, 0, 0, 0], 0x20));
    await outcome(client);
    expect((await journal.ends(1))[0]?.reason).toBe("client-gone");
  });
});

describe("a hand-written unpack", () => {
  const lineProgram = handWrittenProgram(
    (buffer) => {
      const end = buffer.indexOf(0x0a);
      if (end < 0) return { need: 1 };
      const key = buffer.toString("latin1", 0, end);
      return key === "anonymous" ? { frame: end + 1 } : { frame: end + 1, key };
    },
    "lines.js",
    "main",
  );

  test("routes by the key it answers, at every split", async () => {
    const backends = await Promise.all([startEcho("0"), startEcho("1"), startEcho("2")]);
    onTestFinished(() =>
      Promise.all(backends.map((backend) => backend.close())).then(() => undefined),
    );
    const { port, journal } = await startEngine({
      program: lineProgram,
      pools: [
        poolSpec(
          "main",
          backends.map((backend) => backend.port),
          { balance: "ring" },
        ),
      ],
    });
    const answers = new Set<string>();
    for (let at = 1; at < 7; at++) {
      const client = await openClient(port);
      client.write("A0001\nx".slice(0, at));
      await journal.until(() => journal.acceptedCount === at);
      client.write("A0001\nx".slice(at));
      answers.add((await readExactly(client, 8)).toString());
      client.destroy();
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toMatch(/^[012]A0001\nx$/);
    expect((await journal.ends(6))[0]?.record.key).toBe("A0001");
  });

  test("needs no key", async () => {
    const { port, journal } = await startWithEcho({ program: lineProgram });
    expect((await exchange(port, Buffer.from("anonymous\n"))).toString()).toBe("anonymous\n");
    expect((await journal.ends(1))[0]?.record.key).toBeUndefined();
  });
});

describe("any bytes", () => {
  test("get a verdict, and the engine goes on", async () => {
    const { port, journal, engine } = await startWithEcho({ limits: { inspectMs: 500 } });
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
      { numRuns: 150 },
    );
    expect(engine.openConnections).toBe(0);
    expect(await exchange(port, starFrame("A01"))).toEqual(starFrame("A01"));
  });
});

describe("addresses", () => {
  test("IPv6", async () => {
    const backend = await startEcho("", "::1");
    onTestFinished(() => backend.close());
    const { port, journal } = await startEngine({
      bind: { kind: "tcp", host: "::1", port: 0 },
      pools: [poolSpec("main", [backend.port], {}, "::1")],
    });
    const client = await openClient(port, "::1");
    client.write(starFrame("A01"));
    expect(await readExactly(client, 40)).toEqual(starFrame("A01"));
    client.end();
    await outcome(client);
    expect((await journal.ends(1))[0]?.record.client).toBe("::1");
  });
});
