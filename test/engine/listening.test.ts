// Where engines listen: what is taken is found, whoever shares it silently; and what the kernel keeps back.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { portHolder } from "../../src/runtime/engine/port-holder.ts";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import { openClient, outcome, readExactly, startEcho } from "../runtime/support/sockets.ts";
import { RunningProgram } from "../support/program.ts";
import { backendOf, type EngineKind, engineKinds, startEngine } from "./support/engines.ts";

const isLinux = process.platform === "linux";

/** Shares its ports with whoever asks to share them as well. */
const sharer = engineKinds.find(({ name, workers }) => name === "epoll" && workers === 2);

async function startWithEcho(kind: EngineKind, setup: Partial<Parameters<typeof startEngine>[1]>) {
  const backend = await backendOf(startEcho());
  return startEngine(kind, { pools: [poolSpec("main", [backend.port])], ...setup });
}

describe.for(engineKinds)("$title", (kind) => {
  test.for<readonly [held: string, asked: string]>([
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "127.0.0.1"],
    ["127.0.0.1", "0.0.0.0"],
    ["::", "0.0.0.0"],
    ["0.0.0.0", "::"],
    ["::1", "::"],
    ["::", "::1"],
  ])("held at %s by somebody who shares, asked for at %s", async ([held, asked]) => {
    const { port } = await startWithEcho(sharer ?? kind, {
      bind: { kind: "tcp", host: held, port: 0 },
    });
    const { engine } = await startWithEcho(kind, {});
    await expect(engine.bind({ kind: "tcp", host: asked, port })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });

  test("a wildcard of IPv6 takes clients of both kinds, under their own addresses", async () => {
    const { port, journal } = await startWithEcho(kind, {
      bind: { kind: "tcp", host: "::", port: 0 },
    });
    for (const host of ["127.0.0.1", "::1"]) {
      const client = await openClient(port, host);
      client.end(starFrame("A01"));
      await readExactly(client, 40);
      await outcome(client);
    }
    const ends = await journal.ends(2);
    // Two workers may tell of them the other way round.
    expect(ends.map(({ record }) => record.client).sort()).toEqual(["127.0.0.1", "::1"]);
  });

  test("a unix socket that somebody serves is taken, one that nobody serves is not", async () => {
    const path = join(tmpdir(), `waybill-listening-${process.pid}-${Math.random()}.sock`);
    const first = await startWithEcho(kind, { bind: { kind: "unix", path } });
    const { engine } = await startWithEcho(kind, {});
    await expect(engine.bind({ kind: "unix", path })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await first.engine.close();
    // A process that is killed leaves its file.
    const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log("up"))`;
    const killed = new RunningProgram("a server", {
      program: process.execPath,
      args: ["-e", script],
    });
    await killed.waitForOutput(/up/);
    killed.signal("SIGKILL");
    await killed.ended();
    await expect(engine.bind({ kind: "unix", path })).resolves.toBeDefined();
  });
});

const deferring = engineKinds.filter(({ name, workers }) => name !== "portable" && workers === 1);

describe.for(deferring)("$title keeps silent clients back", (kind) => {
  test("until they speak", async () => {
    const { port, journal, engine } = await startWithEcho(kind, {});
    const silent = await openClient(port);
    const other = await openClient(port);
    other.end(starFrame("A01"));
    await journal.ends(1);
    expect(journal.acceptedCount).toBe(1);
    expect(engine.openConnections).toBe(0);
    silent.write(starFrame("A02"));
    expect(await readExactly(silent, 40)).toEqual(starFrame("A02"));
    silent.end();
    expect((await journal.ends(2)).map(({ reason }) => reason)).toEqual(["client", "client"]);
  });

  test("and one that closes without a word is seen", async () => {
    const { port, journal } = await startWithEcho(kind, {});
    const probe = await openClient(port);
    probe.end();
    await outcome(probe);
    expect((await journal.ends(1))[0]?.reason).toBe("client-gone");
  });

  test("for some seconds; then the limits begin", async () => {
    const { port, journal } = await startWithEcho(kind, { limits: { inspectMs: 100 } });
    const startMs = performance.now();
    await outcome(await openClient(port));
    const [ended] = await journal.ends(1);
    expect(ended?.reason).toBe("inspect-timeout");
    expect(performance.now() - startMs).toBeGreaterThan(2000);
    expect(ended?.record.lifeMs).toBeLessThan(2000);
  });
});

test.runIf(isLinux)("who holds a port is found out", async () => {
  const script = `require("node:net").createServer().listen(0, "127.0.0.1", function () { console.log("port", this.address().port) })`;
  const holder = new RunningProgram("a server", {
    program: process.execPath,
    args: ["-e", script],
  });
  onTestFinished(() => holder.stop());
  const [, port] = await holder.waitForOutput(/port ([0-9]+)/);
  expect(portHolder(Number(port))).toMatch(/^process [0-9]+ \(node.*\)$/);
  holder.signal("SIGKILL");
  await holder.ended();
  expect(portHolder(Number(port))).toBeUndefined();
});

test.runIf(isLinux)("this process as a holder", async () => {
  const backend = await backendOf(startEcho());
  expect(portHolder(backend.port)).toBe("this process");
});
