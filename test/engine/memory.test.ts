// What a worker holds for clients that never finish their frame goes back to the machine once they are gone.
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { exchange, openClient, outcome, startEcho } from "../runtime/support/sockets.ts";
import { untilTrue } from "../support/deadline.ts";
import { backendOf, engineKinds } from "./support/engines.ts";
import { startRouterProcess } from "./support/router-process.ts";

const MIB = 1024 * 1024;
const CLIENTS = 900;
const PART_BYTES = 60_000;
const REST_BYTES = 7;
/** At least so much of it is held in blocks. */
const PEAK_BYTES = 32 * MIB;
/** What may stay: a chunk of each size of block, and what JavaScript has not collected yet. */
const KEPT_BYTES = 20 * MIB;
const rules = fileURLToPath(new URL("./support/long.frame", import.meta.url));

/** The portable engine holds bytes in JavaScript's memory, which it gives back whenever it likes. */
const kinds = engineKinds.filter(({ name, workers }) => name !== "portable" && workers === 1);

function longFrame(): Buffer {
  const frame = Buffer.alloc(PART_BYTES + REST_BYTES, " ");
  frame.write("*");
  frame.writeUInt32BE(PART_BYTES, 1);
  return frame;
}

function anonymousBytes(pid: number | undefined): number {
  const [, kib] = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) * 1024;
}

describe.for(kinds)("$title", (kind) => {
  test("memory returns to where it began", { timeout: 60_000 }, async () => {
    const backend = await backendOf(startEcho());
    const pools = [poolSpec("main", [backend.port])];
    const { port, running } = await startRouterProcess(kind, { pools, rules });
    const frame = longFrame();
    expect(await exchange(port, frame)).toEqual(frame);
    const bytes = () => anonymousBytes(running.id);
    const before = bytes();
    const clients: Socket[] = [];
    while (clients.length < CLIENTS) {
      const client = await openClient(port);
      client.on("error", () => undefined);
      client.write(frame.subarray(0, PART_BYTES));
      clients.push(client);
    }
    const mib = () => `${Math.round((bytes() - before) / MIB)} MiB more than at the start`;
    await untilTrue(async () => bytes() - before > PEAK_BYTES, "parts of frames to be held", mib);
    const ended = clients.map((client) => outcome(client));
    for (const client of clients) client.end();
    await Promise.all(ended);
    await untilTrue(async () => bytes() - before < KEPT_BYTES, "memory to be given back", mib);
    expect(await exchange(port, frame)).toEqual(frame);
  });
});
