// io_uring as it is on kernels before 6.12, where each receive takes a whole small buffer.
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import { openClient, readExactly, startEcho } from "../runtime/support/sockets.ts";
import { backendOf, engineKinds, startEngine } from "./support/engines.ts";
import { pattern } from "./support/pattern.ts";

const BUFFER = 4096;
const FRAME = starFrame("A01");

async function start(kind: (typeof engineKinds)[number]) {
  const backend = await backendOf(startEcho());
  const pools = [poolSpec("main", [backend.port])];
  return startEngine(kind, { pools, linux: { ring: { isWhole: true, few: 0 } } });
}

describe.for(engineKinds.filter(({ name }) => name === "io_uring"))("$title", (kind) => {
  test.for([1, BUFFER - 1, BUFFER, BUFFER + 1, 16 * BUFFER, 300 * BUFFER + 7])(
    "%i bytes behind the frame come back",
    async (length) => {
      const { port } = await start(kind);
      const client = await openClient(port);
      const bytes = Buffer.concat([FRAME, pattern(length, 3)]);
      client.write(bytes);
      expect((await readExactly(client, bytes.length)).equals(bytes)).toBe(true);
    },
  );

  test("more under way than there are buffers, from clients that do not read at first", async () => {
    const { port } = await start(kind);
    const bytes = Buffer.concat([FRAME, pattern(64 * BUFFER, 5)]);
    const clients = await Promise.all(Array.from({ length: 60 }, () => openClient(port)));
    for (const client of clients) client.pause();
    for (const client of clients) client.write(bytes);
    const first = clients.at(-1);
    if (first === undefined) throw new Error("there are clients");
    // One that reads is not held up by the others.
    expect((await readExactly(first, bytes.length)).equals(bytes)).toBe(true);
    for (const client of clients.slice(0, -1)) {
      expect((await readExactly(client, bytes.length)).equals(bytes)).toBe(true);
    }
  });
});
