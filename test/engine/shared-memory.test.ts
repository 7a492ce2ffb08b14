// What threads share without a lock, under threads: records, limits of clients and of the accept rate. And blocks of memory, which
// one thread has for itself, under any order of calls.
import { existsSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { mix32 } from "../../src/base/hash.ts";
import { mapMemory } from "../../src/runtime/engine/linux/kernel/memory.ts";
import { type Block, Blocks } from "../../src/runtime/engine/linux/relay/blocks.ts";
import { RECORD_RING_BYTES, RecordRing } from "../../src/runtime/engine/linux/relay/records.ts";
import {
  clientTableBytes,
  LISTENER_COUNT_BYTES,
  SharedLimits,
} from "../../src/runtime/engine/linux/relay/shared-limits.ts";
import { SESSION_WORDS } from "../../src/runtime/engine/linux/relay/table.ts";

const MIB = 1024 * 1024;
/** At a time, for the limits of clients. */
const CONNECTIONS = 1 << 18;
const PEAK_BYTES = 32 * MIB;
/** What may stay of it: a chunk. */
const KEPT_BYTES = MIB;

/** Bytes that are mapped now. */
const memory = vi.hoisted(() => ({ mappedBytes: 0 }));
vi.mock(import("../../src/runtime/engine/linux/kernel/memory.ts"), async (load) => {
  const kernel = await load();
  return {
    ...kernel,
    mapMemory(lengthBytes) {
      memory.mappedBytes += lengthBytes;
      return kernel.mapMemory(lengthBytes);
    },
    unmap(region) {
      memory.mappedBytes -= region.bytes.length;
      kernel.unmap(region);
    },
  };
});

const relay = new URL("../../dist/runtime/engine/linux/relay/", import.meta.url);
if (!existsSync(relay)) throw new Error(`no ${fileURLToPath(relay)}: run "npm run build" first`);

/** Runs `body`, which has `data` and the relay's `module` as built, in a thread of its own. @returns what it answers */
function inThread(module: string, data: unknown, body: string): Promise<unknown> {
  const text = `
    const { parentPort, workerData: data } = require("node:worker_threads");
    import(${JSON.stringify(new URL(module, relay).href)}).then((module) => {
      parentPort.postMessage((() => { ${body} })());
    });
  `;
  const worker = new Worker(text, { eval: true, workerData: data });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

describe("records", () => {
  test("each arrives whole and in order, or is counted as dropped", async () => {
    const count = 100_000;
    const memory = new SharedArrayBuffer(RECORD_RING_BYTES);
    const ring = new RecordRing(memory);
    let isWriting = true;
    const writer = inThread(
      "records.js",
      { memory, count, words: SESSION_WORDS },
      `const ring = new module.RecordRing(data.memory);
       const session = new Int32Array(data.words);
       let dropped = 0;
       for (let index = 0; index < data.count; index++) {
         session.fill(index);
         if (!ring.write(session, 0)) dropped += 1;
       }
       return dropped;`,
    ).finally(() => {
      isWriting = false;
    });
    let taken = 0;
    let last = -1;
    const take = (words: Int32Array) => {
      const index = words[0] ?? -1;
      if (index <= last || words.some((word) => word !== index)) {
        throw new Error(`after ${last}: ${words.join(" ")}`);
      }
      last = index;
      taken += 1;
    };
    while (isWriting) {
      ring.drain(take);
      await turn();
    }
    const dropped = await writer;
    while (ring.drain(take) > 0);
    expect(ring.dropped).toBe(dropped);
    expect(taken + ring.dropped).toBe(count);
    expect(taken).toBeGreaterThan(0);
  });
});

describe("limits", () => {
  const counts = () => new SharedArrayBuffer(LISTENER_COUNT_BYTES);
  const clients = () => new SharedArrayBuffer(clientTableBytes(CONNECTIONS));

  test("no client has more than it may, however many threads let it in", async () => {
    const shared = {
      counts: counts(),
      clients: clients(),
      /** How many each client has, and the most it ever had. */
      open: new SharedArrayBuffer(4 * 64),
      most: 2,
      rounds: 40_000,
    };
    const body = `
      const limits = new module.SharedLimits(data.counts, data.clients);
      const open = new Int32Array(data.open);
      const held = [];
      let seed = data.seed, over = 0, entered = 0;
      for (let round = 0; round < data.rounds; round++) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        const client = (seed >>> 16) % 8;
        if (held.length > 3 || (held.length > 0 && seed >>> 31 === 0)) {
          const { slot, of } = held.shift();
          Atomics.sub(open, of, 1);
          limits.leaveClient(slot);
          continue;
        }
        // Neighbours in the table: they get into each other's way.
        const slot = limits.enterClient(1000 + client, data.most);
        if (slot < 0) continue;
        entered += 1;
        if (Atomics.add(open, client, 1) >= data.most) over += 1;
        held.push({ slot, of: client });
      }
      for (const { slot, of } of held) { Atomics.sub(open, of, 1); limits.leaveClient(slot); }
      return { over, entered };`;
    const threads = [1, 2, 3].map((seed) =>
      inThread("shared-limits.js", { ...shared, seed }, body),
    );
    const told = (await Promise.all(threads)) as { over: number; entered: number }[];
    expect(told.map(({ over }) => over)).toEqual([0, 0, 0]);
    for (const { entered } of told) expect(entered).toBeGreaterThan(100);
    const limits = new SharedLimits(shared.counts, shared.clients);
    for (let client = 0; client < 8; client++) {
      for (let each = 0; each < shared.most; each++) {
        expect(limits.enterClient(1000 + client, shared.most)).toBeGreaterThanOrEqual(0);
      }
      expect(limits.enterClient(1000 + client, shared.most)).toBe(-1);
    }
  });

  test("no address is refused for want of a place", () => {
    const limits = new SharedLimits(counts(), clients());
    const refused: number[] = [];
    // Two descriptors each, as with their backends.
    for (let client = 0; client < CONNECTIONS / 2; client++) {
      if (limits.enterClient(mix32(client), 1) < 0) refused.push(client);
    }
    expect(refused).toEqual([]);
    expect(limits.enterClient(mix32(0), 1)).toBe(-1);
  });

  test("a rate holds over all threads: a second's worth at once, then as time passes", async () => {
    const perSecond = 500;
    const shared = { counts: counts(), clients: clients(), perSecond, steps: 3000, atMs: 1e6 };
    const body = `
      const limits = new module.SharedLimits(data.counts, data.clients);
      let admitted = 0;
      // Each thread has a clock of its own pace; all end at the same time.
      for (let step = 0; step <= data.steps; step++) {
        for (let each = 0; each < 2; each++) {
          if (limits.admitRate(3, data.perSecond, data.atMs + step)) admitted += 1;
        }
      }
      return admitted;`;
    const threads = [1, 2, 3].map(() => inThread("shared-limits.js", shared, body));
    const told = (await Promise.all(threads)) as number[];
    const sum = told.reduce((one, other) => one + other, 0);
    const most = perSecond + (perSecond * shared.steps) / 1000;
    expect(sum).toBeLessThanOrEqual(most);
    expect(sum).toBeGreaterThanOrEqual(most - 2);
  });
});

describe("blocks", () => {
  type Deed =
    | { readonly do: "append"; readonly which: number; readonly bytes: number }
    | { readonly do: "eat"; readonly which: number; readonly share: number }
    | { readonly do: "give"; readonly which: number };
  const which = fc.nat({ max: 7 });
  const bytes = fc.oneof(
    fc.nat({ max: 600 }),
    fc.constantFrom(255, 256, 257, 4096, 65_536, 131_072, 131_073),
    fc.nat({ max: 200_000 }),
  );
  const deed: fc.Arbitrary<Deed> = fc.oneof(
    fc.record({ do: fc.constant("append" as const), which, bytes }),
    fc.record({ do: fc.constant("eat" as const), which, share: fc.nat({ max: 100 }) }),
    fc.record({ do: fc.constant("give" as const), which }),
  );
  const source = mapMemory(1 << 18);
  for (let at = 0; at < source.bytes.length; at++) source.bytes[at] = (at * 31) ^ (at >> 8);

  test("bytes stay what they are, whatever is taken and given back", () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
        const blocks = new Blocks();
        const live = new Map<number, { block: Block; expected: Buffer }>();
        let from = 0;
        for (const one of deeds) {
          const held = live.get(one.which);
          if (one.do === "append") {
            from = (from * 7 + 13) % 60_000;
            const block = blocks.append(held?.block, source, from, one.bytes);
            const added = source.bytes.subarray(from, from + one.bytes);
            const expected = Buffer.concat([held?.expected ?? Buffer.alloc(0), added]);
            live.set(one.which, { block, expected });
          } else if (held !== undefined && one.do === "eat") {
            const eaten = Math.floor((held.expected.length * one.share) / 100);
            held.block.start += eaten;
            held.expected = held.expected.subarray(eaten);
          } else if (held !== undefined) {
            blocks.give(held.block);
            live.delete(one.which);
          }
          for (const { block, expected } of live.values()) {
            const { region, start, end, at, capacity } = block;
            expect(start >= at && end <= at + capacity).toBe(true);
            expect(region.bytes.subarray(start, end).equals(expected)).toBe(true);
          }
        }
        for (const { block } of live.values()) blocks.give(block);
      }),
      { numRuns: 150 },
    );
  });

  test.for([200, 4000, 60_000, 130_000, 200_000])(
    "memory that a peak of %i bytes each has taken is given back after it",
    (lengthBytes) => {
      const blocks = new Blocks();
      const some = mapMemory(lengthBytes);
      const few = Array.from({ length: 10 }, () => blocks.append(undefined, some, 0, lengthBytes));
      const before = memory.mappedBytes;
      const many: Block[] = [];
      for (let bytes = 0; bytes < PEAK_BYTES; bytes += lengthBytes) {
        many.push(blocks.append(undefined, some, 0, lengthBytes));
      }
      expect(memory.mappedBytes - before).toBeGreaterThan(PEAK_BYTES / 2);
      // In another order than they were taken.
      for (const start of [1, 0]) {
        for (let at = start; at < many.length; at += 2) blocks.give(many[at] as Block);
      }
      expect(memory.mappedBytes - before).toBeLessThanOrEqual(KEPT_BYTES);
      for (const block of few) blocks.give(block);
      // What is left is as good as new.
      const again = blocks.append(undefined, some, 0, lengthBytes);
      expect(again.end - again.start).toBe(lengthBytes);
    },
  );
});
