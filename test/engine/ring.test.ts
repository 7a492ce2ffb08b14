// The ring of submissions where it is nearly full, and where the kernel does not take all of it: what belongs together is handed
// over together, and nothing is written over.
import { describe, expect, onTestFinished, test } from "vitest";
import {
  AF_INET,
  SOCKADDR_BYTES,
  writeInternetAddress,
} from "../../src/runtime/engine/linux/kernel/address.ts";
import { closeDescriptor } from "../../src/runtime/engine/linux/kernel/descriptor.ts";
import { errnoName } from "../../src/runtime/engine/linux/kernel/errno.ts";
import { declare } from "../../src/runtime/engine/linux/kernel/library.ts";
import { mapMemory, unmap } from "../../src/runtime/engine/linux/kernel/memory.ts";
import { openSocket } from "../../src/runtime/engine/linux/kernel/socket.ts";
import {
  OP,
  Ring,
  SQE_FLAG,
  type Submission,
} from "../../src/runtime/engine/linux/kernel/uring.ts";
import { unusedPort } from "../support/port.ts";
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
    const port = await unusedPort();
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

describe.skipIf(!works)("a kernel that does not take the whole ring", () => {
  const enter = declare("long syscall(long, int, uint, uint, uint, size_t, size_t)");

  /** A ring of which each call takes at most what `next` says. */
  function openRing(next: () => number): Ring {
    const ring = new Ring(ENTRIES, (call, fd, submissions, ...rest) =>
      enter(call, fd, Math.min(submissions, next()), ...rest),
    );
    onTestFinished(() => ring.close());
    return ring;
  }

  /** Tags of all that has ended, in order. */
  function endedTags(ring: Ring, count: number): readonly number[] {
    const tags: number[] = [];
    const endMs = performance.now() + WAIT_MS;
    while (tags.length < count && performance.now() < endMs) {
      ring.enter(1, 100);
      ring.drain((_, tag) => tags.push(tag));
    }
    return tags;
  }

  test("takes each once, and in order", () => {
    const count = 5 * ENTRIES;
    let calls = 0;
    const ring = openRing(() => {
      calls += 1;
      return calls % 3;
    });
    for (let tag = 1; tag <= count; tag++) ring.push(submission(OP.cancel, -1, tag));
    const all = Array.from({ length: count }, (_, index) => index + 1);
    expect(endedTags(ring, count)).toEqual(all);
  });

  test("takes nothing for a while, and everything then", () => {
    let refusals = 50;
    const ring = openRing(() => {
      refusals -= 1;
      return refusals < 0 ? ENTRIES : 0;
    });
    for (let tag = 1; tag <= ENTRIES + 1; tag++) ring.push(submission(OP.cancel, -1, tag));
    expect(endedTags(ring, ENTRIES + 1)).toHaveLength(ENTRIES + 1);
  });

  test("takes nothing any more: the ring says so, and what is in it stays", () => {
    let most = 0;
    const ring = openRing(() => most);
    for (let tag = 1; tag <= ENTRIES; tag++) ring.push(submission(OP.cancel, -1, tag));
    const late = () => ring.push(submission(OP.cancel, -1, ENTRIES + 1));
    expect(late).toThrow("the kernel has taken no submission in 1000 calls");
    most = ENTRIES;
    expect(endedTags(ring, ENTRIES)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("cuts a link in two: nothing goes on as if it had not", () => {
    const ring = openRing(() => 1);
    ring.reserve(2);
    const first = submission(OP.cancel, -1, CONNECT_TAG);
    ring.push({ ...first, flags: SQE_FLAG.link | SQE_FLAG.skipSuccess });
    ring.push(submission(OP.cancel, -1, SEND_TAG));
    expect(() => ring.enter(0, 0)).toThrow("without the send that is linked to it");
  });
});

function submission(op: number, fd: number, tag: number): Submission {
  return { op, flags: 0, priority: 0, fd, offset: 0, address: 0, length: 0, opFlags: 0, tag };
}
