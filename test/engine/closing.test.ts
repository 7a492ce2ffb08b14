// A connection that ends between two turns of a loop, by a limit or a drain: nobody waits for anything before it is closed.
import { expect, onTestFinished, test } from "vitest";
import { closeDescriptor, openWakeup } from "../../src/runtime/engine/linux/kernel/descriptor.ts";
import { Blocks } from "../../src/runtime/engine/linux/relay/blocks.ts";
import { ConnectionTable, ROLE, tableBytes } from "../../src/runtime/engine/linux/relay/table.ts";
import { createPort } from "../../src/runtime/engine/linux/worker/create-port.ts";
import { openPair } from "./support/pair.ts";

const CAPACITY = 65_536;

// io_uring hands its closes over with the call that waits.
test("epoll: what was closed before a wait is closed before it begins", async () => {
  const told: string[] = [];
  const table = new ConnectionTable(new SharedArrayBuffer(tableBytes(CAPACITY)));
  const nothing = () => undefined;
  const events = {
    waited: () => void told.push("waited"),
    closing: () => void told.push("closing"),
    ...{
      accepted: nothing,
      acceptFailed: nothing,
      received: nothing,
      failed: nothing,
      unwatched: nothing,
    },
    ...{ sent: nothing, connected: nothing, readable: nothing, writable: nothing },
  };
  const wakeup = openWakeup();
  const port = createPort("epoll", events, table, new Blocks(), wakeup);
  onTestFinished(() => {
    port.shut();
    closeDescriptor(wakeup);
  });
  const { fd } = await openPair(port);
  table.begin(fd, 1, ROLE.client, -1);
  port.open(fd, true);
  port.close(fd, false);
  port.turn(0);
  expect(told).toEqual(["closing", "waited"]);
});
