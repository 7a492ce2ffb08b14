// A reset is told by the kernel once: whoever else looks at the socket must not take it from those who wait for it.
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { closeDescriptor, openWakeup } from "../../src/runtime/engine/linux/kernel/descriptor.ts";
import {
  hasWaitingBytes,
  SOCK_NONBLOCK,
  takeSocketError,
} from "../../src/runtime/engine/linux/kernel/socket.ts";
import { Blocks } from "../../src/runtime/engine/linux/relay/blocks.ts";
import type { PortEvents } from "../../src/runtime/engine/linux/relay/port.ts";
import { ConnectionTable, ROLE, tableBytes } from "../../src/runtime/engine/linux/relay/table.ts";
import { createPort } from "../../src/runtime/engine/linux/worker/create-port.ts";
import { untilTrue } from "../support/deadline.ts";
import { linuxKinds } from "./support/faulty.ts";
import { openPair } from "./support/pair.ts";

const CAPACITY = 65_536;
const ECONNRESET = 104;

test("a drain's look for bytes that wait", async () => {
  const { fd, peer } = await openPair({ socketFlags: SOCK_NONBLOCK });
  onTestFinished(() => closeDescriptor(fd));
  expect(hasWaitingBytes(fd)).toBe(false);
  peer.write("x");
  await untilTrue(() => Promise.resolve(hasWaitingBytes(fd)), "a byte to wait");
  const other = await openPair({ socketFlags: SOCK_NONBLOCK });
  onTestFinished(() => closeDescriptor(other.fd));
  other.peer.resetAndDestroy();
  await once(other.peer, "close");
  expect(hasWaitingBytes(other.fd)).toBe(false);
  expect(takeSocketError(other.fd)).toBe(ECONNRESET);
});

describe.for(linuxKinds.filter(({ workers }) => workers === 1))("$title", ({ name }) => {
  if (name === "portable") return;

  test("a look at a silent connection, while bytes of it wait to be asked for", async () => {
    const told: string[] = [];
    const table = new ConnectionTable(new SharedArrayBuffer(tableBytes(CAPACITY)));
    const nothing = () => undefined;
    const events: PortEvents = {
      ...{ waited: nothing, accepted: nothing, acceptFailed: nothing, closing: nothing },
      ...{ sent: nothing, connected: nothing, readable: nothing, writable: nothing },
      received: (_fd, _region, _start, length) => void told.push(`${length} bytes`),
      failed: (_fd, errno) => void told.push(`failed ${errno}`),
      unwatched: (_fd, errno) => void told.push(`unwatched ${errno}`),
    };
    const wakeup = openWakeup();
    const port = createPort(name, events, table, new Blocks(), wakeup);
    onTestFinished(() => {
      port.shut();
      closeDescriptor(wakeup);
    });
    const { fd, peer } = await openPair(port);
    onTestFinished(() => closeDescriptor(fd));
    table.begin(fd, 1, ROLE.client, -1);
    port.open(fd, true);
    const turnUntil = (count: number) =>
      untilTrue(
        () => {
          port.turn(5);
          return Promise.resolve(told.length >= count);
        },
        `${count} events`,
        () => told.join(),
      );
    port.receive(fd);
    peer.write("first");
    await turnUntil(1);
    // Not asked for: io_uring receives it all the same.
    await new Promise((resolve) => peer.write("second", resolve));
    for (let turn = 0; turn < 5; turn++) port.turn(5);
    peer.resetAndDestroy();
    await once(peer, "close");
    port.check(fd);
    port.turn(5);
    port.receive(fd);
    await turnUntil(2);
    if (told.at(-1) === "6 bytes") {
      port.receive(fd);
      await turnUntil(3);
    }
    expect(told.at(-1)).toBe(`failed ${ECONNRESET}`);
  });
});
