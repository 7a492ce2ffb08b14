// One GiB each way, with a hash at the end.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import { openClient, outcome } from "../runtime/support/sockets.ts";
import { withDeadline } from "../support/deadline.ts";
import { engineKinds, startEngine } from "./support/engines.ts";
import { pattern } from "./support/pattern.ts";

const TOTAL = 2 ** 30;
const BLOCK = pattern(2 ** 20, 7);
const FRAME = starFrame("A01");
/** Longest time for one transfer: on a machine that does nothing else it takes two seconds. */
const LIMIT_MS = 100_000;

interface PeerMessage {
  readonly port?: number;
  readonly received?: number;
  readonly digest?: string;
  readonly error?: string;
}

/** Every block begins with its number: none can be missing, doubled or in another's place. */
function numbered(index: number): Buffer {
  const copy = Buffer.from(BLOCK);
  copy.writeUInt32BE(index);
  return copy;
}

async function startPeer(isSending: boolean) {
  const worker = new Worker(new URL("support/bulk-peer.mjs", import.meta.url), {
    workerData: { total: TOTAL, block: BLOCK, frameBytes: FRAME.length, isSending },
  });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const next = async (what: string): Promise<PeerMessage> => {
    const [message] = await withDeadline(once(worker, "message"), what, () => "", LIMIT_MS);
    return message as PeerMessage;
  };
  const { port = 0 } = await next("the peer to listen");
  return { port, next };
}

let expected = "";

beforeAll(() => {
  const hash = createHash("sha1");
  for (let index = 0; index < TOTAL / BLOCK.length; index++) hash.update(numbered(index));
  expected = hash.digest("hex");
});

// One connection is one worker's, however many there are.
describe.for(engineKinds.filter(({ workers }) => workers === 1))("$title", (kind) => {
  test("1 GiB to the backend", { timeout: 2 * LIMIT_MS }, async () => {
    const peer = await startPeer(false);
    const { port, journal } = await startEngine(kind, { pools: [poolSpec("main", [peer.port])] });
    const client = await openClient(port);
    const digest = peer.next("the backend to have everything");
    client.write(FRAME);
    for (let index = 0; index < TOTAL / BLOCK.length; index++) {
      if (client.write(numbered(index))) continue;
      await withDeadline(once(client, "drain"), `block ${index} to be taken`);
    }
    client.end();
    expect(await digest).toEqual({ received: TOTAL + FRAME.length, digest: expected });
    await outcome(client);
    expect((await journal.ends(1))[0]).toMatchObject({
      reason: "client",
      record: { bytesToBackend: TOTAL + FRAME.length },
    });
  });

  test("1 GiB to the client", { timeout: 2 * LIMIT_MS }, async () => {
    const peer = await startPeer(true);
    const { port, journal } = await startEngine(kind, { pools: [poolSpec("main", [peer.port])] });
    const client = await openClient(port);
    const hash = createHash("sha1");
    let received = 0;
    client.on("data", (chunk: Buffer) => {
      received += chunk.length;
      hash.update(chunk);
    });
    client.write(FRAME);
    await withDeadline(once(client, "end"), "the end", () => `${received} bytes`, LIMIT_MS);
    client.end();
    expect(received).toBe(TOTAL);
    expect(hash.digest("hex")).toBe(expected);
    expect((await journal.ends(1))[0]).toMatchObject({
      reason: "backend",
      record: { bytesToClient: TOTAL },
    });
  });
});
