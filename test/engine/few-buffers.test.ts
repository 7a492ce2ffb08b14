// io_uring with fewer receive buffers than its connections fill at once (ENOBUFS): whoever found none is served later, nothing is
// lost, and those who do not read hold up nobody.
import { setImmediate as turnOfNode } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ReceiveBuffers } from "../../src/runtime/engine/linux/io-uring/receive-buffers.ts";
import { closeDescriptor, openWakeup } from "../../src/runtime/engine/linux/kernel/descriptor.ts";
import { Blocks } from "../../src/runtime/engine/linux/relay/blocks.ts";
import type { PortEvents } from "../../src/runtime/engine/linux/relay/port.ts";
import { ConnectionTable, ROLE, tableBytes } from "../../src/runtime/engine/linux/relay/table.ts";
import { createPort } from "../../src/runtime/engine/linux/worker/create-port.ts";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import { openClient, readExactly, startEcho } from "../runtime/support/sockets.ts";
import { waitLimitMs } from "../support/deadline.ts";
import { backendOf, engineKinds, startEngine } from "./support/engines.ts";
import { openPair } from "./support/pair.ts";
import { difference, pattern } from "./support/pattern.ts";

const KIB = 1024;
const OWNER = 1;
const CAPACITY = 65_536;
const kinds = engineKinds.filter(({ name }) => name === "io_uring");

/** One buffer of 64 KiB that is filled in parts, one of 4 KiB that is taken whole, and two of each. */
const wishes = [false, true].flatMap((isWhole) =>
  [1, 2].map((count) => ({ title: `${count} ${isWhole ? "whole" : "shared"}`, isWhole, count })),
);

describe.skipIf(kinds.length === 0).for(wishes)("$title", ({ isWhole, count }) => {
  test("the driver runs out of buffers, and tells every byte all the same", async () => {
    const starving = vi.spyOn(ReceiveBuffers.prototype, "hasFree", "get");
    onTestFinished(() => starving.mockRestore());
    const table = new ConnectionTable(new SharedArrayBuffer(tableBytes(CAPACITY)));
    const wakeup = openWakeup();
    const got = new Map<number, Buffer[]>();
    const faults: string[] = [];
    const events: PortEvents = {
      waited() {},
      accepted() {},
      acceptFailed() {},
      received(fd, { bytes }, start, length) {
        got.get(fd)?.push(Buffer.from(bytes.subarray(start, start + length)));
        port.receive(fd);
      },
      failed: (fd, errno) => faults.push(`${fd} failed with ${errno}`),
      unwatched: (fd, errno) => faults.push(`${fd} is not watched: ${errno}`),
      sent() {},
      connected() {},
      readable() {},
      closing: (fd) => table.forget(fd),
      writable() {},
    };
    const port = createPort("io_uring", events, table, new Blocks(), wakeup, -1, {
      isWhole,
      count,
    });
    onTestFinished(() => {
      port.shut();
      closeDescriptor(wakeup);
    });
    const bytes = pattern(200 * KIB, 7);
    const pairs = await Promise.all(Array.from({ length: 6 }, () => openPair(port)));
    const written = pairs.map(
      ({ peer }) => new Promise((resolve) => peer.write(bytes, () => resolve(undefined))),
    );
    // Everything lies in the sockets before the first of them is asked for.
    await turnOfNode();
    for (const { fd } of pairs) {
      got.set(fd, []);
      table.begin(fd, OWNER, ROLE.client, -1);
      port.open(fd, true);
      port.receive(fd);
    }
    const lengthOf = (fd: number) => (got.get(fd) ?? []).reduce((sum, one) => sum + one.length, 0);
    const isAll = () => pairs.every(({ fd }) => lengthOf(fd) >= bytes.length);
    const endMs = performance.now() + waitLimitMs;
    while (!isAll() && performance.now() < endMs) {
      port.turn(5);
      await turnOfNode();
    }
    for (const { fd } of pairs) {
      expect(difference(Buffer.concat(got.get(fd) ?? []), bytes)).toBe("equal");
      closeDescriptor(fd);
    }
    await Promise.all(written);
    expect(faults).toEqual([]);
    // It is asked only for those that found no buffer.
    expect(starving.mock.calls.length).toBeGreaterThan(0);
  });

  describe.for(kinds)("$title", (kind) => {
    test("many send at once to who does not read: every byte comes back", async () => {
      const backend = await backendOf(startEcho());
      const pools = [poolSpec("main", [backend.port])];
      const { port, engine } = await startEngine(kind, {
        pools,
        linux: { ring: { isWhole, count, few: 0 } },
      });
      const bytes = Buffer.concat([starFrame("A01"), pattern(256 * KIB, 9)]);
      const clients = await Promise.all(Array.from({ length: 40 }, () => openClient(port)));
      for (const client of clients) client.pause();
      for (const client of clients) client.write(bytes);
      // The last one is not held up by the others.
      for (const client of clients.reverse()) {
        expect(difference(await readExactly(client, bytes.length), bytes)).toBe("equal");
      }
      expect(engine.openConnections).toBe(clients.length);
    });
  });
});
