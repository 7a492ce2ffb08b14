// What the kernel tells of a connection that had a number before another: dropped.
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  closeDescriptor,
  duplicateAbove,
  openWakeup,
} from "../../src/runtime/engine/linux/kernel/descriptor.ts";
import { Blocks } from "../../src/runtime/engine/linux/relay/blocks.ts";
import type { PortEvents } from "../../src/runtime/engine/linux/relay/port.ts";
import { ConnectionTable, ROLE, tableBytes } from "../../src/runtime/engine/linux/relay/table.ts";
import { createPort } from "../../src/runtime/engine/linux/worker/create-port.ts";
import { linuxKinds } from "./support/faulty.ts";
import { openPair } from "./support/pair.ts";

const OWNER = 1;
const CAPACITY = 65_536;
const HIGH = 1000;

/** A port whose events are kept as texts. */
function openPort(driver: "epoll" | "io_uring") {
  const told: string[] = [];
  const table = new ConnectionTable(new SharedArrayBuffer(tableBytes(CAPACITY)));
  const note =
    (what: string) =>
    (fd: number): void => {
      told.push(`${what} ${fd}`);
    };
  const events: PortEvents = {
    waited() {},
    accepted() {},
    acceptFailed() {},
    received: note("received"),
    failed: note("failed"),
    unwatched: note("unwatched"),
    sent: note("sent"),
    connected: note("connected"),
    readable: note("readable"),
    closing: (fd) => table.forget(fd),
    writable: note("writable"),
  };
  const wakeup = openWakeup();
  const port = createPort(driver, events, table, new Blocks(), wakeup);
  onTestFinished(() => {
    port.shut();
    closeDescriptor(wakeup);
  });
  return { port, table, told };
}

describe.for(linuxKinds.filter(({ workers }) => workers === 1))("$title", ({ name }) => {
  if (name === "portable") return;

  test("an event of the number's last connection does not reach its next one", async () => {
    const { port, table, told } = openPort(name);
    const before = await openPair(port);
    table.begin(before.fd, OWNER, ROLE.client, -1);
    port.open(before.fd, false);
    port.receive(before.fd);
    port.turn(0);
    // What was armed outlives the close of its number, as where a driver lost track of it.
    const kept = duplicateAbove(before.fd, HIGH);
    onTestFinished(() => closeDescriptor(kept));
    closeDescriptor(before.fd);
    const after = await openPair(port);
    expect(after.fd).toBe(before.fd);
    table.begin(after.fd, OWNER, ROLE.client, -1);
    port.open(after.fd, false);
    before.peer.resetAndDestroy();
    await once(before.peer, "close");
    for (let turn = 0; turn < 5; turn++) port.turn(20);
    expect(told).toEqual([]);
    port.receive(after.fd);
    after.peer.write("x");
    for (let turn = 0; turn < 50 && told.length === 0; turn++) {
      port.turn(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(told).toEqual([`received ${after.fd}`]);
    closeDescriptor(after.fd);
  });
});
