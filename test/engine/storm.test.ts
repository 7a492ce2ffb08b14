// The number of workers changes while clients come, thousands a second: each is answered by the backend of its key, none is reset,
// refused or left waiting.
import { afterAll, beforeAll, expect, test } from "vitest";
import { percentileNs } from "../../bench/proxy/histogram.ts";
import { Counters } from "../../src/runtime/metrics/counters.ts";
import { CountingJournal } from "../../src/runtime/metrics/counting-journal.ts";
import { untilTrue } from "../support/deadline.ts";
import { describeWith } from "../support/prerequisites.ts";
import { engineKinds, linuxEngineOf, startEngine } from "./support/engines.ts";
import { startRouterProcess } from "./support/router-process.ts";
import { type Blown, type Storm, startStorm, stormNeeds } from "./support/storm.ts";

/** Connections begun a second: asked for, and to be reached where the machine has time left. */
const ASKED = 5500;
const WANTED = 5000;
/** Where it has none, still enough that hundreds come between the steering away from a socket and its close (200 ms). */
const FLOOR = 1500;
/** Processors that are idle for this share of the time were not what kept the rate down. */
const IDLE_SHARE = 0.2;

/** It begins with one worker. */
const CHANGES = [3, 2, 4, 1];
const ROUNDS = 2;
/** More than come at a time: those that have gone count until that is seen. */
const CONNECTIONS_MAX = 50_000;
/** Threads that start and clients share the processors. */
const TEST_MS = 60_000;

const kinds = engineKinds.filter(({ name, workers }) => name !== "portable" && workers === 1);

/** Every one that began was answered, and there were enough of them; what was reached is said. */
function expectAllAnswered(kind: string, changes: number, report: Blown): void {
  const { begun, answered, errors, seconds, latency, idleShare } = report;
  const rate = Math.round(begun / seconds);
  const slowestMs = Math.round(percentileNs(latency, 1) / 1e6);
  const words = `${rate} connections a second on ${kind}: ${begun} in all beside ${changes} changes of workers, the slowest ${slowestMs} ms, processors idle for ${Math.round(100 * idleShare)} %`;
  process.stderr.write(rate < WANTED ? `FEWER THAN ${WANTED}: ${words}\n` : `${words}\n`);
  expect(errors, words).toEqual({ connect: 0, early: 0, misrouted: 0, corrupt: 0, unanswered: 0 });
  expect(answered).toBe(begun);
  expect(rate, words).toBeGreaterThanOrEqual(idleShare < IDLE_SHARE ? FLOOR : WANTED);
}

describeWith("under 5,000 new connections a second", stormNeeds, () => {
  let storm: Storm;
  beforeAll(async () => {
    storm = await startStorm();
  });
  afterAll(() => storm.close());

  const title = "$title: 1, 3, 2, 4 and 1 workers";

  test.for(kinds)(`${title}, again and again`, { timeout: TEST_MS }, async (kind) => {
    const counters = new Counters();
    const { pools, program } = storm;
    const journal = new CountingJournal(counters);
    const running = await startEngine(kind, { pools, program, linux: { journal } });
    const { port, listener, plan } = running;
    const engine = linuxEngineOf(running.engine);
    const report = await storm.blow(port, ASKED, async () => {
      for (const workers of Array<number[]>(ROUNDS).fill(CHANGES).flat()) {
        await engine.prepare([plan], workers);
        await engine.commit({ serve: [{ listener, plan }], stop: [] });
        expect(engine.workers).toBe(workers);
        await untilTrue(async () => engine.leavingWorkers === 0, "those that leave to be gone");
      }
    });
    expectAllAnswered(kind.title, CHANGES.length * ROUNDS, report);
    await untilTrue(async () => engine.openConnections === 0, "the last ones to have ended");
    expect(counters.get("accepted", { listener: "devices" })).toBe(report.begun);
    expect(counters.get("ended", { reason: "client" })).toBe(report.begun);
  });

  test.for(kinds)(`${title}, reload by reload`, { timeout: TEST_MS }, async (kind) => {
    const { pools, rules } = storm;
    const { port, reload, running } = await startRouterProcess(kind, {
      pools,
      rules,
      connections: CONNECTIONS_MAX,
    });
    const report = await storm.blow(port, ASKED, async () => {
      for (const workers of CHANGES) {
        expect(await reload({ workers })).toContain(`"workers":${workers},`);
      }
    });
    expectAllAnswered(kind.title, CHANGES.length, report);
    expect(running.output).not.toMatch(/"level":"(?:error|fatal)"/);
    running.signal("SIGTERM");
    expect(await running.ended()).toEqual({ status: 0, signal: null });
  });
});
