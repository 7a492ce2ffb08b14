// A worker dies where the machine has nothing left to start another one with: that is told, and tried until it works.
import { readdirSync } from "node:fs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Mortal, Succession } from "../../src/runtime/engine/linux/main/succession.ts";
import { untilTrue, withDeadline } from "../support/deadline.ts";
import { takeDescriptorsAway } from "./support/descriptor-limit.ts";
import { linuxKinds, startFaulty } from "./support/faulty.ts";
import { openSessions } from "./support/sessions.ts";

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** An engine whose first worker is dead, where nothing can be opened. */
async function startDying(kind: (typeof linuxKinds)[number]) {
  const waits: string[] = [];
  const faulty = await startFaulty(kind, {
    onWait: (worker, why) => waits.push(`${worker} ${why.message}`),
  });
  const sessions = await openSessions(faulty.port, 20);
  // One after the other: when the last one is answered, nothing of those before it is in hand.
  for (const session of sessions) await session.exchange();
  const descriptors = openDescriptors();
  const giveBack = takeDescriptorsAway();
  onTestFinished(giveBack);
  await faulty.engine.terminateWorker(0);
  await untilTrue(
    () => Promise.resolve(waits.length > 0),
    "the successor that cannot start to be told of",
  );
  return { ...faulty, sessions, descriptors, waits, giveBack };
}

describe.for(linuxKinds)("$title", (kind) => {
  test("no descriptor for a successor: it starts once there are some", async () => {
    const { sessions, descriptors, waits, giveBack, crashes } = await startDying(kind);
    giveBack();
    await Promise.all(sessions.map((session) => session.exchange()));
    expect(sessions.flatMap(({ fault }) => fault ?? [])).toEqual([]);
    // The last one may have been in hand.
    expect(sessions.filter(({ isClosed }) => isClosed).length).toBeLessThanOrEqual(1);
    expect(waits).toEqual(["0 worker: EMFILE"]);
    expect(crashes).toHaveLength(1);
    expect(openDescriptors()).toBeLessThanOrEqual(descriptors + 1);
  });

  test("the engine closes without waiting for it", async () => {
    const { engine, giveBack } = await startDying(kind);
    await withDeadline(engine.close(), "the engine to close", () => "", 5000);
    giveBack();
  });
});

describe("a succession", () => {
  const dead: Mortal = { bury: () => [], isGone: true };
  const successor: Mortal = { bury: () => [], isGone: false };

  /** @param failures how often the successor cannot be started */
  function startSuccession(failures: number) {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const seen: string[] = [];
    let left = failures;
    const succession = new Succession<Mortal>({
      start() {
        left -= 1;
        if (left >= 0) throw new Error("pipe2: EMFILE");
        return successor;
      },
      replace: (...workers) => seen.push(workers[1] === successor ? "replaced" : "by another"),
      waits: (_, { message }) => seen.push(`waits: ${message}`),
      giveUp: (why) => seen.push(`gives up: ${why}`),
    });
    succession.begin(dead);
    return { succession, seen };
  }

  test("is told of once, however often it is tried", async () => {
    const { succession, seen } = startSuccession(5);
    await vi.advanceTimersByTimeAsync(2000);
    await succession.whole();
    expect(seen).toEqual(["waits: pipe2: EMFILE", "replaced"]);
  });

  test("ends after a minute in which nothing could be started", async () => {
    const { succession, seen } = startSuccession(Number.POSITIVE_INFINITY);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(seen).toEqual(["waits: pipe2: EMFILE"]);
    await vi.advanceTimersByTimeAsync(2000);
    await succession.whole();
    expect(seen).toEqual([
      "waits: pipe2: EMFILE",
      "gives up: a worker's successor cannot be started: pipe2: EMFILE",
    ]);
  });
});
