// Urgent data of TCP: a read stops short at its mark, whatever lies behind it. The marked byte is dropped, as with any program that
// does not ask for it; all others arrive, without another one having to come.
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  AF_INET,
  SOCKADDR_BYTES,
  writeInternetAddress,
} from "../../src/runtime/engine/linux/kernel/address.ts";
import { closeDescriptor } from "../../src/runtime/engine/linux/kernel/descriptor.ts";
import { declare } from "../../src/runtime/engine/linux/kernel/library.ts";
import { mapMemory } from "../../src/runtime/engine/linux/kernel/memory.ts";
import {
  connectSocket,
  openSocket,
  sendBytes,
  setOption,
} from "../../src/runtime/engine/linux/kernel/socket.ts";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import { readExactly, startBackend } from "../runtime/support/sockets.ts";
import { backendOf, engineKinds, startEngine } from "./support/engines.ts";

const MSG_OOB = 1;
const TCP_CORK = [6, 3] as const;
/** What one send is handed, at most. */
const PIECE_BYTES = 64 * 1024;
/** Far more than makes a direction bulk. */
const BULK_BYTES = 8 * 1024 * 1024;
const SENDS_MAX = 100_000;

const sendUrgent = declare("long send(int, size_t, size_t, int)");

/** A client that is no stream of Node's: those cannot mark bytes. */
function openPlainClient(port: number) {
  const memory = mapMemory(SOCKADDR_BYTES + PIECE_BYTES);
  const length = writeInternetAddress(memory.bytes, 0, "127.0.0.1", port);
  const fd = openSocket(AF_INET, 0);
  onTestFinished(() => closeDescriptor(fd));
  expect(connectSocket(fd, memory.address, length)).toBe(0);
  const at = memory.address + SOCKADDR_BYTES;
  const put = (bytes: Buffer) => bytes.copy(memory.bytes, SOCKADDR_BYTES);
  return {
    async send(bytes: Buffer): Promise<void> {
      let sent = 0;
      for (let sends = 0; sent < bytes.length; sends++) {
        if (sends === SENDS_MAX) throw new Error(`${bytes.length - sent} bytes are not taken`);
        const piece = put(bytes.subarray(sent, sent + PIECE_BYTES));
        const taken = sendBytes(fd, at, piece);
        if (taken > 0) sent += taken;
        else await turn();
      }
    },
    /** All of it in one segment, with a marked byte in the middle. */
    async sendAround(before: Buffer, after: Buffer): Promise<void> {
      setOption(fd, TCP_CORK, 1);
      await this.send(before);
      put(Buffer.from("!"));
      expect(sendUrgent(fd, at, 1, MSG_OOB)).toBe(1);
      await this.send(after);
      setOption(fd, TCP_CORK, 0);
    },
  };
}

describe.for(engineKinds)("$title", (kind) => {
  async function start() {
    const backend = await backendOf(startBackend());
    const { port } = await startEngine(kind, { pools: [poolSpec("main", [backend.port])] });
    return { backend, client: openPlainClient(port) };
  }

  test("in the first frame", async () => {
    const { backend, client } = await start();
    const frame = starFrame("A01");
    await client.sendAround(frame.subarray(0, 20), frame.subarray(20));
    expect(await readExactly(await backend.connection(0), 40)).toEqual(frame);
  });

  test("between other messages", async () => {
    const { backend, client } = await start();
    await client.send(starFrame("A01"));
    const server = await backend.connection(0);
    await readExactly(server, 40);
    for (let round = 0; round < 5; round++) {
      await client.sendAround(Buffer.from("abc"), Buffer.from("efg"));
      expect((await readExactly(server, 6)).toString()).toBe("abcefg");
    }
  });

  test("behind bulk", async () => {
    const { backend, client } = await start();
    await client.send(starFrame("A01"));
    const server = await backend.connection(0);
    await readExactly(server, 40);
    for (let round = 0; round < 2; round++) {
      const read = readExactly(server, BULK_BYTES);
      await client.send(Buffer.alloc(BULK_BYTES));
      await client.sendAround(Buffer.from("abc"), Buffer.from("efg"));
      await read;
      expect((await readExactly(server, 6)).toString()).toBe("abcefg");
    }
  });
});
