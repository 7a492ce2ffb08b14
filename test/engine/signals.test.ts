// Signals and too few descriptors, as the built program meets them: workers are blocked in the kernel when they come.
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  outcome,
  readExactly,
  startEcho,
  type TestBackend,
} from "../runtime/support/sockets.ts";
import { untilTrue, withDeadline } from "../support/deadline.ts";
import { backendOf, engineKinds } from "./support/engines.ts";
import { startRouterProcess } from "./support/router-process.ts";

const frame = starFrame("A01");

function poolOf({ port }: TestBackend) {
  return [poolSpec("main", [port])];
}

/** Exchanges frame after frame on connections of their own. `stop` gives how many, once all were answered. */
function startTraffic(port: number, lanes: number) {
  let isOver = false;
  let count = 0;
  const traffic = Array.from({ length: lanes }, async () => {
    while (!isOver) {
      const answer = await withDeadline(exchange(port, frame), `the answer to client ${count}`);
      if (!answer.equals(frame)) throw new Error(`client ${count} got ${answer.length} bytes`);
      count += 1;
    }
  });
  const all = Promise.all(traffic);
  all.catch(() => undefined);
  return {
    get count() {
      return count;
    },
    async stop(): Promise<number> {
      isOver = true;
      await all;
      return count;
    },
  };
}

const kinds = engineKinds.filter(({ name, workers }) => name === "portable" || workers === 2);

describe.for(kinds)("$title", (kind) => {
  test("SIGHUP under load changes where newcomers go, and nobody notices", async () => {
    const [old, fresh] = [await backendOf(startEcho()), await backendOf(startEcho())];
    const { port, reload } = await startRouterProcess(kind, { pools: poolOf(old) });
    const staying = await openClient(port);
    staying.write(frame);
    await readExactly(staying, 40);
    const traffic = startTraffic(port, 4);
    await reload({ pools: poolOf(fresh) });
    const before = old.sockets.length;
    await exchange(port, frame);
    await exchange(port, frame);
    expect(await traffic.stop()).toBeGreaterThan(0);
    expect(old.sockets.length).toBeLessThanOrEqual(before + 4);
    expect(fresh.sockets.length).toBeGreaterThanOrEqual(2);
    staying.write("still here");
    expect((await readExactly(staying, 10)).toString()).toBe("still here");
  });

  test("a storm of signals that mean nothing", async () => {
    const backend = await backendOf(startEcho());
    const { port, running } = await startRouterProcess(kind, { pools: poolOf(backend) });
    const traffic = startTraffic(port, 4);
    for (let round = 0; round < 40; round++) {
      for (const signal of ["SIGUSR1", "SIGWINCH", "SIGCONT"] as const) {
        for (let each = 0; each < 10; each++) running.signal(signal);
      }
      running.signal("SIGSTOP");
      running.signal("SIGCONT");
      await exchange(port, frame);
    }
    expect(await traffic.stop()).toBeGreaterThan(0);
    expect(running.hasEnded).toBe(false);
    expect(running.output).not.toMatch(/"level":"(?:error|fatal)"/);
  });

  async function startDraining() {
    const backend = await backendOf(startEcho());
    const { port, running } = await startRouterProcess(kind, { pools: poolOf(backend) });
    const staying = await openClient(port);
    staying.write(frame);
    await readExactly(staying, 40);
    running.signal("SIGTERM");
    await running.waitForOutput(/"msg":"draining"/);
    return { port, running, staying };
  }

  test("SIGTERM: nobody comes any more, who is there may finish, status 0", async () => {
    const { port, running, staying } = await startDraining();
    await withDeadline(untilRefused(port), "connects to be refused");
    staying.write("still here");
    expect((await readExactly(staying, 10)).toString()).toBe("still here");
    staying.end();
    await outcome(staying);
    expect(await running.ended()).toEqual({ status: 0, signal: null });
  });

  test("a second SIGTERM ends at once, and the status says so", async () => {
    const { running, staying } = await startDraining();
    running.signal("SIGTERM");
    await outcome(staying);
    expect(await running.ended()).toEqual({ status: 1, signal: null });
  });

  // Node closes what it cannot accept; what it has accepted is served all the same.
  test("too few descriptors: it goes on with what there are, and recovers", async () => {
    const backend = await backendOf(startEcho());
    const { port, running } = await startRouterProcess(kind, {
      pools: poolOf(backend),
      descriptors: 600,
    });
    const isPortable = kind.name === "portable";
    const served: Socket[] = [];
    let mayLeave = false;
    const clients: Promise<void>[] = [];
    for (let index = 0; index < 400; index++) {
      // One after the other: a burst may take every descriptor before any of it has its backend.
      const client = await openClient(port);
      client.write(frame);
      const answered = readExactly(client, 40).then(() => {
        if (mayLeave) client.end();
        else served.push(client);
      });
      answered.catch(() => undefined);
      clients.push(answered);
    }
    const all = Promise.allSettled(clients);
    if (isPortable) await all;
    else await running.waitForOutput(/"code":"EMFILE".*"msg":"accept failed"/);
    await untilTrue(async () => served.length > 20, "the first ones to be served");
    mayLeave = true;
    for (const client of served) client.end();
    const outcomes = await withDeadline(all, "every client to be served");
    const lost = outcomes.filter(({ status }) => status === "rejected");
    // Whoever waits for a descriptor waits in the kernel's queue.
    if (!isPortable) expect(lost, running.output).toEqual([]);
    const isServed = async () => (await exchange(port, frame)).equals(frame);
    await untilTrue(isServed, "a newcomer to be served again");
    if (!isPortable) expect(running.output).not.toMatch(/local:EMFILE/);
  });
});

async function untilRefused(port: number): Promise<void> {
  for (;;) {
    try {
      (await openClient(port)).destroy();
    } catch {
      return;
    }
  }
}
