// One side finishes first: what the other still sends arrives, however much it is, and then it is told as well.
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  openClient,
  outcome,
  readAll,
  readExactly,
  startBackend,
} from "../runtime/support/sockets.ts";
import { backendOf, engineKinds, routedPair, startEngine } from "./support/engines.ts";
import { difference, pattern } from "./support/pattern.ts";

/** From a few bytes to what goes through in bulk. */
const LENGTHS = [0, 1, 40_000, 8 * 1024 * 1024];

describe.for(engineKinds)("$title", (kind) => {
  test.for(LENGTHS)("a client that finishes still gets %d bytes", async (length) => {
    const { client, server, journal } = await routedPair(kind);
    const answer = pattern(length);
    client.end("last words");
    expect(await readExactly(server, 10)).toEqual(Buffer.from("last words"));
    server.resume();
    await once(server, "end");
    server.end(answer);
    expect(difference(await readAll(client), answer)).toBe("equal");
    expect((await journal.ends(1))[0]).toMatchObject({
      reason: "client",
      record: { bytesToBackend: 50, bytesToClient: length, state: "forwarding" },
    });
  });

  test.for(LENGTHS)("a backend that finishes still gets %d bytes", async (length) => {
    const { client, server, journal } = await routedPair(kind);
    const bytes = pattern(length);
    server.end("bye");
    expect((await readAll(client)).toString()).toBe("bye");
    const got = readAll(server);
    client.end(bytes);
    expect(difference(await got, bytes)).toBe("equal");
    expect((await journal.ends(1))[0]).toMatchObject({
      reason: "backend",
      record: { bytesToBackend: 40 + length, bytesToClient: 3 },
    });
  });

  test("an answer in many small pieces, each waited for", async () => {
    const { client, server } = await routedPair(kind);
    client.end();
    server.resume();
    await once(server, "end");
    for (let piece = 0; piece < 50; piece++) {
      server.write("piece");
      expect((await readExactly(client, 5)).toString()).toBe("piece");
    }
    server.end();
    expect(await outcome(client)).toBe("end");
  });

  test("frame and end in one piece", async () => {
    const backend = await backendOf(
      startBackend((socket) => socket.once("end", () => socket.end("seen")).resume()),
    );
    const { port, journal } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
    });
    const client = await openClient(port);
    client.end(starFrame("A01"));
    expect((await readAll(client)).toString()).toBe("seen");
    expect((await journal.ends(1))[0]?.reason).toBe("client");
  });

  test("both at once, each with bytes under way", async () => {
    const { client, server, journal } = await routedPair(kind);
    const up = pattern(1024 * 1024, 3);
    const down = pattern(1024 * 1024, 5);
    const [gotUp, gotDown] = [readAll(server), readAll(client)];
    client.end(up);
    server.end(down);
    expect(difference(await gotUp, up)).toBe("equal");
    expect(difference(await gotDown, down)).toBe("equal");
    expect(["client", "backend"]).toContain((await journal.ends(1))[0]?.reason);
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
