// One connection in bulk beside a hundred that exchange small messages: those are not made to wait.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import { openClient, readExactly, startEcho } from "../runtime/support/sockets.ts";
import { unusedPort } from "../support/port.ts";
import { backendOf, engineKinds, startEngine } from "./support/engines.ts";

const CLIENTS = 100;
const ROUND_MS = 250;
/** The quietest of so many counts: the machine does other things as well. */
const ROUNDS = 6;
const SLOWER_MAX = 3;
/** Below this the clock and the machine are measured. */
const SMALLEST_MS = 2;
/** Bytes that the bulk connection moves in a round at least: else nothing was beside the others. */
const BULK_BYTES = 1024 * 1024;

const message = Buffer.alloc(64, 0x6d);

/** Exchanges until the time is over. @returns milliseconds each took */
async function exchangeUntil(client: Socket, endMs: number, took: number[]): Promise<void> {
  for (let nowMs = performance.now(); nowMs < endMs; ) {
    client.write(message);
    await readExactly(client, message.length);
    const afterMs = performance.now();
    took.push(afterMs - nowMs);
    nowMs = afterMs;
  }
}

async function round(clients: readonly Socket[]): Promise<number> {
  const took: number[] = [];
  const endMs = performance.now() + ROUND_MS;
  await Promise.all(clients.map((client) => exchangeUntil(client, endMs, took)));
  took.sort((left, right) => left - right);
  return took[Math.floor(took.length * 0.99)] ?? Number.POSITIVE_INFINITY;
}

async function quietest(clients: readonly Socket[]): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; count < ROUNDS; count++) best = Math.min(best, await round(clients));
  return best;
}

async function startBulk(port: number, backendPort: number) {
  const file = fileURLToPath(new URL("support/bulk-load.mjs", import.meta.url));
  const frame = starFrame("other").toString("hex");
  const args = [file, String(port), String(backendPort), frame];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let received = 0;
  child.stdout.setEncoding("utf8");
  const listening = once(child.stdout, "data");
  await listening;
  child.stdout.on("data", (text: string) => {
    received = Number(/received (\d+)\s*$/.exec(text)?.[1] ?? received);
  });
  return {
    begin: () => child.stdin.write("begin\n"),
    received: () => received,
  };
}

// Which of two workers has whom is chance.
describe.for(engineKinds.filter(({ workers }) => workers === 1))("$title", (kind) => {
  test(`p99 of ${CLIENTS} ping-pongs beside a bulk connection`, { timeout: 60_000 }, async () => {
    const echo = await backendOf(startEcho());
    const bulkPort = await unusedPort();
    const { port } = await startEngine(kind, {
      pools: [poolSpec("main", [echo.port]), poolSpec("other", [bulkPort])],
    });
    const bulk = await startBulk(port, bulkPort);
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => openClient(port)));
    for (const client of clients) client.write(starFrame("A01"));
    for (const client of clients) await readExactly(client, 40);
    const alone = await quietest(clients);
    bulk.begin();
    while (bulk.received() < BULK_BYTES) await round(clients);
    const before = bulk.received();
    const beside = await quietest(clients);
    expect(bulk.received() - before).toBeGreaterThan(ROUNDS * BULK_BYTES);
    expect(beside).toBeLessThan(SLOWER_MAX * Math.max(alone, SMALLEST_MS));
    for (const client of clients) client.destroy();
  });
});
