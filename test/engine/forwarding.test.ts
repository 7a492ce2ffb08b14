// Forwarding as the client and the backend see it: the same on every engine.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  outcome,
  readAll,
  readExactly,
  startBackend,
  startEcho,
} from "../runtime/support/sockets.ts";
import { backendOf, engineKinds, routedPair, startEngine } from "./support/engines.ts";

describe.for(engineKinds)("$title", (kind) => {
  describe("replay", () => {
    test("the backend gets the client's bytes at every split of the frame", async () => {
      const backend = await backendOf(startEcho());
      const { port, journal } = await startEngine(kind, {
        pools: [poolSpec("main", [backend.port])],
      });
      const bytes = Buffer.concat([starFrame("A01"), Buffer.from("and more")]);
      for (let at = 1; at < bytes.length; at++) {
        const client = await openClient(port);
        client.write(bytes.subarray(0, at));
        await journal.until(() => journal.acceptedCount === at);
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

    test("single bytes, each in its own packet", async () => {
      const backend = await backendOf(startEcho());
      const { port } = await startEngine(kind, { pools: [poolSpec("main", [backend.port])] });
      const client = await openClient(port);
      const bytes = starFrame("A01", 300);
      for (const byte of bytes) {
        await new Promise<void>((resolve) => client.write(Uint8Array.of(byte), () => resolve()));
      }
      expect(await readExactly(client, 300)).toEqual(bytes);
      client.destroy();
    });

    test("junk before the frame is dropped and counted, what follows goes with it", async () => {
      const backend = await backendOf(startEcho());
      const { port, journal } = await startEngine(kind, {
        pools: [poolSpec("main", [backend.port])],
      });
      const frames = Buffer.concat([starFrame("A01"), starFrame("A02"), Buffer.from("tail")]);
      expect(await exchange(port, Buffer.concat([Buffer.from("junk!"), frames]))).toEqual(frames);
      const [ended] = await journal.ends(1);
      expect(ended?.record).toMatchObject({ dropped: 5, bytesToBackend: 84, key: "A01" });
    });

    test("bytes sent while the backend is being connected follow in order", async () => {
      const backend = await backendOf(startEcho());
      const { port } = await startEngine(kind, { pools: [poolSpec("main", [backend.port])] });
      const client = await openClient(port);
      const parts = Array.from({ length: 200 }, (_, index) => Buffer.from(`part ${index}\n`));
      client.write(starFrame("A01"));
      for (const part of parts) client.write(part);
      client.end();
      expect(await readAll(client)).toEqual(Buffer.concat([starFrame("A01"), ...parts]));
    });

    test("256 MiB go through unchanged", async () => {
      const total = 256 * 1024 * 1024;
      const block = randomBytes(1024 * 1024);
      const hash = createHash("sha1");
      let received = 0;
      const backend = await backendOf(
        startBackend((socket) => {
          socket.on("data", (chunk: Buffer) => {
            received += chunk.length;
            hash.update(chunk);
          });
          socket.on("end", () => socket.end("done"));
        }),
      );
      const { port } = await startEngine(kind, { pools: [poolSpec("main", [backend.port])] });
      const client = await openClient(port);
      const expected = createHash("sha1").update(starFrame("A01"));
      client.write(starFrame("A01"));
      for (let sent = 0; sent < total; sent += block.length) {
        expected.update(block);
        if (!client.write(block)) await once(client, "drain");
      }
      client.end();
      expect((await readAll(client)).toString()).toBe("done");
      expect(received).toBe(total + 40);
      expect(hash.digest("hex")).toBe(expected.digest("hex"));
    });
  });

  describe("half-close", () => {
    test("a client that finishes still gets the answer", async () => {
      const { client, server, journal } = await routedPair(kind);
      client.end("last words");
      expect(await readExactly(server, 10)).toEqual(Buffer.from("last words"));
      server.resume();
      await once(server, "end");
      server.write("slow ");
      server.end("answer");
      expect((await readAll(client)).toString()).toBe("slow answer");
      expect((await journal.ends(1))[0]).toMatchObject({
        reason: "client",
        record: { bytesToBackend: 50, bytesToClient: 11 },
      });
    });

    test("a backend that finishes still gets what the client sends", async () => {
      const { client, server, journal } = await routedPair(kind);
      server.end("bye");
      expect((await readAll(client)).toString()).toBe("bye");
      client.write("still ");
      client.end("here");
      expect((await readAll(server)).toString()).toBe("still here");
      expect((await journal.ends(1))[0]?.reason).toBe("backend");
    });

    test("a backend that speaks first and closes at once loses nothing", async () => {
      const banner = Buffer.alloc(300_000, 0x62);
      const backend = await backendOf(startBackend((socket) => socket.end(banner)));
      const { port, journal } = await startEngine(kind, {
        pools: [poolSpec("main", [backend.port])],
      });
      const client = await openClient(port);
      client.write(starFrame("A01"));
      expect((await readAll(client)).equals(banner)).toBe(true);
      client.end();
      expect((await journal.ends(1))[0]).toMatchObject({
        reason: "backend",
        record: { bytesToClient: 300_000, bytesToBackend: 40 },
      });
    });

    test("one that stays half-closed and silent is ended", async () => {
      const backend = await backendOf(startBackend());
      const { port, journal } = await startEngine(kind, {
        pools: [poolSpec("main", [backend.port])],
        halfClosedMs: 60,
      });
      const client = await openClient(port);
      client.end(starFrame("A01"));
      const server = await backend.connection(0);
      expect((await journal.ends(1))[0]).toMatchObject({
        reason: "half-closed-timeout",
        record: { state: "half-closed" },
      });
      expect(await outcome(server)).toBe("end");
    });
  });

  describe("reset", () => {
    test("of the client resets the backend", async () => {
      const { client, server, journal } = await routedPair(kind);
      client.resetAndDestroy();
      expect(await outcome(server)).toBe("reset");
      expect((await journal.ends(1))[0]?.reason).toBe("client-reset");
    });

    test("of the backend resets the client", async () => {
      const { client, server, journal } = await routedPair(kind);
      server.resetAndDestroy();
      expect(await outcome(client)).toBe("reset");
      expect((await journal.ends(1))[0]?.reason).toBe("backend-reset");
    });

    test("of a backend that had finished leaves the client what it was sent", async () => {
      const { client, server, journal } = await routedPair(kind);
      server.end("all of it");
      expect(await readExactly(client, 9)).toEqual(Buffer.from("all of it"));
      server.resetAndDestroy();
      client.write("into the void");
      client.write("and again");
      expect(await outcome(client)).toBe("end");
      client.destroy();
      expect((await journal.ends(1))[0]?.reason).toBe("backend");
    });
  });

  describe("back-pressure", () => {
    test("a backend that does not read stops the client, and memory stays bounded", async () => {
      const { client, server, engine } = await routedPair(kind);
      server.pause();
      const before = process.memoryUsage().arrayBuffers;
      const block = Buffer.alloc(64 * 1024);
      let isBlocked = false;
      client.on("drain", () => {
        isBlocked = false;
      });
      // Until the kernel's buffers on the way are full: then nothing drains any more.
      for (let quiet = 0, sent = 0; quiet < 20; quiet++) {
        if (!isBlocked) {
          isBlocked = !client.write(block);
          sent += block.length;
          quiet = 0;
        } else {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        if (sent > 256 * 1024 * 1024) throw new Error("nothing holds the client back");
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
      expect(engine.openConnections).toBe(1);
      const written = client.bytesWritten - 40;
      client.end();
      let received = 0;
      server.on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      server.resume();
      await once(server, "end");
      expect(received).toBe(written);
    });

    test("a client that does not read stops the backend", async () => {
      const { client, server } = await routedPair(kind);
      client.pause();
      const block = Buffer.alloc(1024 * 1024);
      let waits = 0;
      while (waits === 0) {
        if (server.write(block)) continue;
        const drained = once(server, "drain").then(() => true);
        const timedOut = new Promise<boolean>((resolve) => setTimeout(resolve, 300, false));
        if (!(await Promise.race([drained, timedOut]))) waits += 1;
      }
      const written = server.bytesWritten;
      server.end();
      expect((await readAll(client)).length).toBe(written);
    });
  });
});
