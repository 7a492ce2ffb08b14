// Where a worker thread begins: makes its relay out of what it shares with main, and runs the loop.

import { parentPort, workerData } from "node:worker_threads";
import { exportedUnpack, type HandWrittenUnpack } from "../../../routing/hand-written.ts";
import { createInspector } from "../../../routing/inspector.ts";
import { UringPort } from "../io-uring/uring-port.ts";
import { traceInto } from "../kernel/traces.ts";
import { Blocks } from "../relay/blocks.ts";
import { ByDescriptor } from "../relay/by-descriptor.ts";
import type { RelayContext } from "../relay/context.ts";
import { Pipes } from "../relay/pipes.ts";
import { RecordRing } from "../relay/records.ts";
import { createRelay } from "../relay/relay.ts";
import { SharedLimits } from "../relay/shared-limits.ts";
import { ConnectionTable } from "../relay/table.ts";
import { Tally } from "../relay/tally.ts";
import { createPort } from "./create-port.ts";
import { Loop } from "./loop.ts";
import type { FromWorker, WorkerSetup } from "./messages.ts";
import { sharedClock } from "./shared-clock.ts";

const FIRST_WORDS = 64;

async function main(setup: WorkerSetup): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  const tell = (message: FromWorker) => port.postMessage(message);
  traceInto(setup.traces);
  const clock = sharedClock();
  const context = createContext(setup, clock, () => tell({ kind: "records" }));
  const imported = new Map<string, HandWrittenUnpack>();
  const loop = new Loop(context, port, {
    control: new Int32Array(setup.control),
    usage: new Int32Array(setup.usage),
    imported,
  });
  const { port: driver } = context;
  tell({ kind: "started", ring: driver instanceof UringPort ? driver.place : undefined });
  for (;;) {
    const pause = loop.run();
    if (pause.kind === "close") break;
    // The only thing a loop stands still for: a reload that names a user's module for the first time.
    for (const url of pause.urls) {
      const unpack = exportedUnpack(await importModule(url));
      if (unpack !== undefined) imported.set(url, unpack);
    }
    loop.prepare(pause.epoch);
  }
  context.pipes.closeAll();
  context.port.shut();
}

async function importModule(url: string): Promise<unknown> {
  try {
    return await import(url);
  } catch {
    return undefined;
  }
}

function createContext(
  setup: WorkerSetup,
  clock: () => number,
  wakeMain: () => void,
): RelayContext {
  const table = new ConnectionTable(setup.table);
  const ids = new Int32Array(setup.ids);
  const relay = createRelay(() => context);
  const owner = setup.index + 1;
  const blocks = new Blocks();
  const context: RelayContext = {
    table,
    port: createPort(setup.driver, relay, table, blocks, setup.wakeup, setup.witness, setup.ring),
    blocks,
    pipes: new Pipes(table, owner, setup.workers),
    limits: new SharedLimits(setup.listenerCounts, setup.clients),
    records: new RecordRing(setup.records),
    inspector: createInspector(FIRST_WORDS),
    owner,
    plans: new Map(),
    listeners: new Map(),
    held: new ByDescriptor(),
    sendingFrom: new Map(),
    rows: new Map(),
    connecting: new Map(),
    retryAtMs: Number.POSITIVE_INFINITY,
    splicing: new Map(),
    random: Math.random,
    halfClosedMs: setup.halfClosedMs,
    nextId: () => (Atomics.add(ids, 0, 1) + 1) >>> 0,
    connects: new Int32Array(setup.connects),
    tally: new Tally(setup.tally),
    wakeMain,
    clock,
    nowMs: clock(),
    answeredMs: 0,
    open: 0,
    turnover: 0,
    highest: 0,
    draining: undefined,
  };
  return context;
}

await main(workerData as WorkerSetup);
