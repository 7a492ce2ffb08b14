// What only a portable engine shows to a test: exact times, faults of its own, what it has counted. All else: test/engine.
import { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { unusedPort } from "../../../support/port.ts";
import { poolSpec, startEngine } from "../../support/engine.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { starFrame } from "../../support/modules.ts";
import { openClient, outcome, startEcho } from "../../support/sockets.ts";

test("the inspect limit is kept to an eighth, however the bytes trickle", async () => {
  const clock = new ManualClock();
  const backend = await startEcho();
  onTestFinished(() => backend.close());
  const { port, journal } = await startEngine({
    pools: [poolSpec("main", [backend.port])],
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

describe("connects", () => {
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

  test("all of a pool that fail free what was counted", async () => {
    const { port, journal, pools } = await startEngine({
      pools: [poolSpec("main", [await unusedPort(), await unusedPort()])],
    });
    const client = await openClient(port);
    client.write(starFrame("A01"));
    await outcome(client);
    expect((await journal.ends(1))[0]?.reason).toBe("connect-failed");
    expect(pools.get("main")?.usage).toEqual({ connecting: 0, retrying: 0 });
    expect(pools.get("main")?.backends.map(({ usage }) => usage.connections)).toEqual([0, 0]);
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
