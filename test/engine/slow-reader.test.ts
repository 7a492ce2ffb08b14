// Who does not read stops who sends: what is held on the way is bounded, nobody else notices, and nothing is lost.
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  readAll,
  readExactly,
  startBackend,
} from "../runtime/support/sockets.ts";
import { untilTrue } from "../support/deadline.ts";
import { backendOf, engineKinds, routedPair, startEngine } from "./support/engines.ts";
import { blockedWriter, pour } from "./support/pressure.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** What the engine may hold of one direction: a buffer or two, and a pipe. */
const HELD_MAX = 1.5 * MIB;

/** What the kernel may hold on the way: two sockets that send and two that receive. */
function kernelBytes(): number {
  const most = (name: string) => {
    if (process.platform !== "linux") return 8 * MIB;
    return Number(readFileSync(`/proc/sys/net/ipv4/${name}`, "utf8").trim().split(/\s+/)[2]);
  };
  return 2 * (most("tcp_wmem") + most("tcp_rmem"));
}

describe.for(engineKinds)("$title", (kind) => {
  describe.for<[who: string]>([["backend"], ["client"]])("a %s that does not read", ([who]) => {
    test.for<[what: string, blockBytes: number]>([
      ["small pieces", KIB],
      ["bulk", MIB],
    ])("stops who sends %s, and gets everything once it reads", async ([, blockBytes]) => {
      const { client, server, engine } = await routedPair(kind);
      const [reader, writer] = who === "backend" ? [server, client] : [client, server];
      // Bytes have gone through before, as many as make a direction bulk.
      const warm = blockBytes === MIB ? 4 * MIB : KIB;
      const poured = pour(writer, warm);
      await readExactly(reader, warm);
      await poured;
      reader.pause();
      const before = writer.bytesWritten;
      const taken = (await blockedWriter(writer, Buffer.alloc(blockBytes, 0x61))) - before;
      expect(taken).toBeLessThan(kernelBytes() + HELD_MAX);
      expect(engine.openConnections).toBe(1);
      const sent = writer.bytesWritten - before;
      writer.end();
      expect((await readAll(reader)).length).toBe(sent);
    });
  });

  test("many of them hold up nobody but those that send to them", { timeout: 60_000 }, async () => {
    const count = 30;
    const blocked: Promise<number>[] = [];
    const senders: Socket[] = [];
    const backend = await backendOf(
      startBackend((socket) => {
        socket.once("data", (first: Buffer) => {
          // `fast` is echoed, everybody else is sent as much as goes.
          if (first.includes("fast")) socket.end(first);
          else {
            senders.push(socket);
            blocked.push(blockedWriter(socket));
          }
        });
      }),
    );
    const { port, engine } = await startEngine(kind, { pools: [poolSpec("main", [backend.port])] });
    const slow = await Promise.all(Array.from({ length: count }, () => openClient(port)));
    for (const client of slow) {
      client.pause();
      client.write(starFrame("slow"));
    }
    for (let index = 0; index < 50; index++) {
      expect(await exchange(port, starFrame("fast"))).toEqual(starFrame("fast"));
    }
    await untilTrue(
      async () => engine.openConnections === count && blocked.length === count,
      "the fast ones to have ended",
      () => `${engine.openConnections} connections, ${blocked.length} backends that send`,
    );
    for (const taken of await Promise.all(blocked)) {
      expect(taken).toBeLessThan(kernelBytes() + HELD_MAX);
    }
    expect(await exchange(port, starFrame("fast"))).toEqual(starFrame("fast"));
    let sent = 0;
    for (const sender of senders) {
      sent += sender.bytesWritten;
      sender.end();
    }
    let read = 0;
    for (const client of slow) {
      read += (await readAll(client)).length;
      client.end();
    }
    expect(read).toBe(sent);
  });
});
