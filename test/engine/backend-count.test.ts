// A worker that dies at any of its steps on the way to a backend, or away from it: its successor leaves the backends' counts as
// they must be. The relay is the real one; its driver is the test's, and death is an exception that nobody catches.
import { expect, test } from "vitest";
import { AF_INET } from "../../src/runtime/engine/linux/kernel/address.ts";
import { closeDescriptor } from "../../src/runtime/engine/linux/kernel/descriptor.ts";
import { ERRNO } from "../../src/runtime/engine/linux/kernel/errno.ts";
import { mapMemory } from "../../src/runtime/engine/linux/kernel/memory.ts";
import { openSocket } from "../../src/runtime/engine/linux/kernel/socket.ts";
import { adopt } from "../../src/runtime/engine/linux/relay/adopt.ts";
import { Blocks } from "../../src/runtime/engine/linux/relay/blocks.ts";
import { ByDescriptor } from "../../src/runtime/engine/linux/relay/by-descriptor.ts";
import type { RelayContext } from "../../src/runtime/engine/linux/relay/context.ts";
import { cut } from "../../src/runtime/engine/linux/relay/end.ts";
import { Pipes } from "../../src/runtime/engine/linux/relay/pipes.ts";
import { PENDING, type Port, type PortEvents } from "../../src/runtime/engine/linux/relay/port.ts";
import { RECORD_RING_BYTES, RecordRing } from "../../src/runtime/engine/linux/relay/records.ts";
import { createRelay } from "../../src/runtime/engine/linux/relay/relay.ts";
import {
  clientTableBytes,
  LISTENER_COUNT_BYTES,
  SharedLimits,
} from "../../src/runtime/engine/linux/relay/shared-limits.ts";
import { openClients, sweepDeadlines } from "../../src/runtime/engine/linux/relay/sweep.ts";
import {
  ConnectionTable,
  FD,
  SESSION,
  STAGE,
  tableBytes,
} from "../../src/runtime/engine/linux/relay/table.ts";
import { Tally, tallyBytes } from "../../src/runtime/engine/linux/relay/tally.ts";
import { sharedUsage } from "../../src/runtime/engine/linux/worker/shared-usage.ts";
import { buildPools } from "../../src/runtime/pool/pool.ts";
import { createInspector } from "../../src/runtime/routing/inspector.ts";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import { makePlan, starProgram } from "./support/engines.ts";

const CAPACITY = 1 << 16;
const LISTENER = 1;
const SLOT = 1;
const RETRIED_MS = 100;
const spec = poolSpec("main", [1, 2]);
const program = await starProgram();
const frame = mapMemory(4096);
const frameBytes = starFrame("A01").copy(frame.bytes);

class Death extends Error {}

/** What outlives a worker. */
function sharedMemory() {
  return {
    table: new SharedArrayBuffer(tableBytes(CAPACITY)),
    counts: new SharedArrayBuffer(LISTENER_COUNT_BYTES),
    clients: new SharedArrayBuffer(clientTableBytes(CAPACITY)),
    usage: new Int32Array(new SharedArrayBuffer(8)),
    records: new SharedArrayBuffer(RECORD_RING_BYTES),
    tally: new SharedArrayBuffer(tallyBytes()),
  };
}

type Memory = ReturnType<typeof sharedMemory>;

/** @param step called wherever the worker may die */
function fakePort(table: ConnectionTable, step: () => void): Port {
  return {
    name: "epoll",
    region: frame,
    socketFlags: 0,
    isLarge: false,
    needsStableBytes: false,
    listen: step,
    unlisten: step,
    open: step,
    receive: step,
    send: () => PENDING,
    connect() {
      step();
      return PENDING;
    },
    awaitReadable: step,
    awaitWritable: step,
    watch: step,
    check: step,
    setSplicing: step,
    close(fd) {
      step();
      table.forget(fd);
      closeDescriptor(fd);
    },
    whenIdle: (_, call) => call(),
    turn: () => false,
    shut: step,
  };
}

/** A worker's relay over `memory`. @param stepsLeft it dies at the step after so many */
function startRelay(memory: Memory, stepsLeft = Number.POSITIVE_INFINITY) {
  let left = stepsLeft;
  const step = () => {
    left -= 1;
    if (left < 0) throw new Death();
  };
  const pools = buildPools([spec], new Map(), {
    ring: () => undefined,
    usage: (_, identity) => sharedUsage(memory.usage, identity.endsWith(":1") ? 0 : 1),
  });
  const list = [...pools.values()];
  const ofPlan = { pools: program.routes.outcomes.map(() => list[0]) };
  const plan = makePlan({ pools: [spec], plan: ofPlan }, program);
  const served = { slot: SLOT, plan, pools: list, usageWords: [[0, 1]] };
  const listener = { fd: -1, isUnix: true, served, isStopped: false, oldest: -1, newest: -1 };
  const table = new ConnectionTable(memory.table);
  const records = new RecordRing(memory.records);
  records.askForWake();
  const context: RelayContext = {
    table,
    port: fakePort(table, step),
    blocks: new Blocks(),
    pipes: new Pipes(table, 1, 1),
    limits: new SharedLimits(memory.counts, memory.clients),
    records,
    inspector: createInspector(64),
    owner: 1,
    plans: new Map([[SLOT, served]]),
    listeners: new Map([[LISTENER, listener]]),
    held: new ByDescriptor(),
    sendingFrom: new Map(),
    rows: new Map(),
    connecting: new Map(),
    retryAtMs: Number.POSITIVE_INFINITY,
    splicing: new Map(),
    random() {
      step();
      return 0;
    },
    halfClosedMs: 60_000,
    nextId: () => 1,
    connects: new Int32Array(2),
    tally: new Tally(memory.tally),
    wakeMain() {
      step();
      records.askForWake();
    },
    clock: () => 1,
    nowMs: 1,
    answeredMs: 0,
    open: 0,
    turnover: 0,
    highest: 0,
    draining: undefined,
  };
  return { context, relay: createRelay(() => context) };
}

interface Life {
  readonly context: RelayContext;
  readonly relay: PortEvents;
  readonly client: number;
}

/** The driver's answer to the connect that is under way. */
function answer({ context, relay, client }: Life, errno: number): void {
  const backend = context.table.get(client, FD.peer);
  relay.connected(backend, errno, errno === 0 ? frameBytes : 0);
}

const lives: readonly (readonly [title: string, live: (life: Life) => void])[] = [
  [
    "connects, and is reset by its client",
    (life) => {
      answer(life, 0);
      life.relay.failed(life.client, ERRNO.ECONNRESET);
    },
  ],
  ["is reset by its client while it connects", ({ relay, client }) => relay.failed(client, 104)],
  [
    "is refused by one backend, and connects to the other",
    (life) => {
      answer(life, 111);
      life.context.nowMs += RETRIED_MS;
      sweepDeadlines(life.context);
      answer(life, 0);
      life.relay.failed(life.client, ERRNO.ECONNRESET);
    },
  ],
  [
    "is refused by both",
    (life) => {
      for (const _ of spec.backends) {
        answer(life, 111);
        life.context.nowMs += RETRIED_MS;
        sweepDeadlines(life.context);
      }
    },
  ],
];

test.for(lives)("one whose connection %s", ([, live]) => {
  let deaths = 0;
  for (let steps = 0; ; steps++) {
    const memory = sharedMemory();
    const first = startRelay(memory, steps);
    const client = openSocket(AF_INET, 0);
    try {
      first.relay.accepted(LISTENER, client);
      first.relay.received(client, frame, 0, frameBytes);
      live({ ...first, client });
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      deaths += 1;
    }
    const { context } = startRelay(memory);
    adopt(context, new Set());
    const counted = () => (memory.usage[0] ?? 0) + (memory.usage[1] ?? 0);
    const connected = openClients(context).filter(
      (one) => context.table.session(one, SESSION.stage) === STAGE.forwarding,
    );
    expect.soft(counted(), `after a death at step ${steps}`).toBe(connected.length);
    for (const open of openClients(context)) cut(context, open, "client");
    expect.soft([...memory.usage], `in the end, after a death at step ${steps}`).toEqual([0, 0]);
    if (deaths === steps) break;
  }
  expect(deaths).toBeGreaterThan(5);
});
