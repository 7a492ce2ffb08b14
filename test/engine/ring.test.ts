// The ring of submissions where it is nearly full: what belongs together is handed over together.
import { expect, onTestFinished, test } from "vitest";
import {
  AF_INET,
  SOCKADDR_BYTES,
  writeInternetAddress,
} from "../../src/runtime/engine/linux/kernel/address.ts";
import { closeDescriptor } from "../../src/runtime/engine/linux/kernel/descriptor.ts";
import { errnoName } from "../../src/runtime/engine/linux/kernel/errno.ts";
import { mapMemory, unmap } from "../../src/runtime/engine/linux/kernel/memory.ts";
import { openSocket } from "../../src/runtime/engine/linux/kernel/socket.ts";
import {
  OP,
  Ring,
  SQE_FLAG,
  type Submission,
} from "../../src/runtime/engine/linux/kernel/uring.ts";
import { closedPort } from "../runtime/support/sockets.ts";
import { engineKinds } from "./support/engines.ts";

const ENTRIES = 8;
const SENT_BYTES = 8;
const CONNECT_TAG = 1;
const SEND_TAG = 2;
const OTHER_TAG = 3;
const WAIT_MS = 5000;
const works = engineKinds.some(({ name }) => name === "io_uring");

test.skipIf(!works).for(Array.from({ length: ENTRIES + 1 }, (_, before) => before))(
  "behind %d others a send ends with the connect that it is linked to",
  async (before) => {
    const port = await closedPort();
    const ring = new Ring(ENTRIES);
    const memory = mapMemory(SOCKADDR_BYTES + SENT_BYTES);
    const fd = openSocket(AF_INET, 0);
    onTestFinished(() => {
      closeDescriptor(fd);
      ring.close();
      unmap(memory);
    });

    // A cancel that finds nothing is over at once.
    for (let each = 0; each < before; each++) ring.push(submission(OP.cancel, fd, OTHER_TAG));
    ring.reserve(2);
    ring.push({
      ...submission(OP.connect, fd, CONNECT_TAG),
      flags: SQE_FLAG.link | SQE_FLAG.skipSuccess,
      offset: writeInternetAddress(memory.bytes, 0, "127.0.0.1", port),
      address: memory.address,
    });
    ring.push({
      ...submission(OP.send, fd, SEND_TAG),
      address: memory.address + SOCKADDR_BYTES,
      length: SENT_BYTES,
    });
    // One that comes last, so that whatever else there is has been told before it.
    const told: (readonly [tag: number, result: string])[] = [];
    let others = 0;
    const endMs = performance.now() + WAIT_MS;
    const turn = () => {
      ring.enter(1, 100);
      ring.drain((_, tag, result) => {
        if (tag === OTHER_TAG) others += 1;
        else told.push([tag, errnoName(-result)]);
      });
    };
    while (told.length === 0 && performance.now() < endMs) turn();
    ring.push(submission(OP.cancel, fd, OTHER_TAG));
    while (others <= before && performance.now() < endMs) turn();
    expect(told).toEqual([[CONNECT_TAG, "ECONNREFUSED"]]);
  },
);

function submission(op: number, fd: number, tag: number): Submission {
  return { op, flags: 0, priority: 0, fd, offset: 0, address: 0, length: 0, opFlags: 0, tag };
}
