// The first frame in pieces of every size, and what surrounds it: the backend gets exactly the client's bytes, in order.
import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { STAR_FRAME_MAX, starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  readAll,
  readExactly,
  startEcho,
} from "../runtime/support/sockets.ts";
import { backendOf, engineKinds, startEngine } from "./support/engines.ts";
import { difference, pattern } from "./support/pattern.ts";

const KIB = 1024;
/** Lengths around the buffers that bytes go through on their way. */
const AROUND_BUFFERS = [4, 16, 64, 512].flatMap((kib) => [-1, 0, 1].map((by) => kib * KIB + by));

function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    socket.write(bytes, () => resolve());
  });
}

describe.for(engineKinds)("$title", (kind) => {
  async function start() {
    const backend = await backendOf(startEcho());
    return startEngine(kind, { pools: [poolSpec("main", [backend.port])] });
  }

  test("every split of the frame, and of what follows it", async () => {
    const { port, journal } = await start();
    const bytes = Buffer.concat([starFrame("A01"), Buffer.from("and more")]);
    for (let at = 1; at < bytes.length; at++) {
      const client = await openClient(port);
      client.write(bytes.subarray(0, at));
      await journal.until(() => journal.acceptedCount === at, `connection ${at} to be accepted`);
      client.end(bytes.subarray(at));
      expect(await readAll(client)).toEqual(bytes);
    }
    const ends = await journal.ends(bytes.length - 1);
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["client"]));
    expect(ends[0]?.record).toMatchObject({
      key: "A01",
      pool: "main",
      bytesToBackend: 48,
      bytesToClient: 48,
      dropped: 0,
      tries: 1,
      client: "127.0.0.1",
    });
  });

  test("byte by byte, each in its own packet: before the verdict and after", async () => {
    const { port } = await start();
    const client = await openClient(port);
    const bytes = Buffer.concat([starFrame("A01", 300), pattern(100)]);
    for (const byte of bytes) await written(client, Uint8Array.of(byte));
    expect(await readExactly(client, bytes.length)).toEqual(bytes);
    client.destroy();
  });

  test.for([40, 41, 1447, 1448, 1449, 2 * KIB, STAR_FRAME_MAX - 1, STAR_FRAME_MAX])(
    "a frame of %d bytes, in one piece and cut before its last byte",
    async (size) => {
      const { port } = await start();
      const frame = Buffer.concat([starFrame("A01", size).subarray(0, 35), pattern(size - 35)]);
      for (const cut of [size, size - 1, Math.floor(size / 2)]) {
        const client = await openClient(port);
        await written(client, frame.subarray(0, cut));
        client.end(frame.subarray(cut));
        expect(difference(await readAll(client), frame)).toBe("equal");
      }
    },
  );

  test("bytes pipelined behind the frame, as many as buffers hold and one more or less", async () => {
    const { port } = await start();
    for (const length of AROUND_BUFFERS) {
      const bytes = Buffer.concat([starFrame("A01"), pattern(length - 40, length)]);
      expect(difference(await exchange(port, bytes), bytes)).toBe("equal");
    }
  });

  test("messages of as many bytes as buffers hold, one after the other", async () => {
    const { port } = await start();
    const client = await openClient(port);
    client.write(starFrame("A01"));
    await readExactly(client, 40);
    for (const length of [1, ...AROUND_BUFFERS, 1, 3 * KIB]) {
      const bytes = pattern(length, length);
      client.write(bytes);
      expect(difference(await readExactly(client, length), bytes)).toBe("equal");
    }
    client.destroy();
  });

  test("junk before the frame is dropped and counted, what follows goes with it", async () => {
    const { port, journal } = await start();
    const frames = Buffer.concat([starFrame("A01"), starFrame("A02"), Buffer.from("tail")]);
    expect(await exchange(port, Buffer.concat([Buffer.from("junk!"), frames]))).toEqual(frames);
    const [ended] = await journal.ends(1);
    expect(ended?.record).toMatchObject({ dropped: 5, bytesToBackend: 84, key: "A01" });
  });

  test("junk before the frame, cut at every place", async () => {
    const { port, journal } = await start();
    const frame = starFrame("A01");
    const bytes = Buffer.concat([Buffer.from("junk!"), frame]);
    for (let at = 1; at < bytes.length; at++) {
      const client = await openClient(port);
      await written(client, bytes.subarray(0, at));
      await journal.until(() => journal.acceptedCount === at, `connection ${at} to be accepted`);
      client.end(bytes.subarray(at));
      expect(await readAll(client)).toEqual(frame);
    }
    const ends = await journal.ends(bytes.length - 1);
    expect(new Set(ends.map(({ record }) => record.dropped))).toEqual(new Set([5]));
  });

  test("bytes sent while the backend is being connected follow in order", async () => {
    const { port } = await start();
    const client = await openClient(port);
    const parts = Array.from({ length: 200 }, (_, index) => Buffer.from(`part ${index}\n`));
    client.write(starFrame("A01"));
    for (const part of parts) client.write(part);
    client.end();
    expect(await readAll(client)).toEqual(Buffer.concat([starFrame("A01"), ...parts]));
  });

  test("pieces of changing sizes both ways at once", async () => {
    const { port } = await start();
    const client = await openClient(port);
    const pieces = Array.from({ length: 300 }, (_, index) =>
      pattern((index * 7919) % (20 * KIB), index + 1),
    );
    const bytes = Buffer.concat([starFrame("A01"), ...pieces]);
    const answer = readAll(client);
    client.write(starFrame("A01"));
    for (const piece of pieces) {
      if (!client.write(piece)) await once(client, "drain");
    }
    client.end();
    expect(difference(await answer, bytes)).toBe("equal");
  });
});
