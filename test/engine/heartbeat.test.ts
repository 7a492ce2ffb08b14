// A worker whose loop stands still: warned of, then replaced; the connections of others and its idle ones go on.
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Heartbeat } from "../../src/runtime/engine/linux/main/heartbeat.ts";
import { untilTrue, withDeadline } from "../support/deadline.ts";
import { linuxKinds, startFaulty } from "./support/faulty.ts";
import { FRAME, frame, openSessions, Session } from "./support/sessions.ts";

/** Longer than a loop waits when nothing happens (500 ms), and a look at it. */
const soon = { warnMs: 800, replaceMs: 2000 };
const patient = { warnMs: 1500, replaceMs: 12_000 };
/** A warning comes a look, a quarter of its time, late. */
const SLOW_MS = 2200;

describe.for(linuxKinds)("$title", (kind) => {
  test("one that hangs does not keep the engine from closing", { timeout: 30_000 }, async () => {
    const { port, engine, stalls } = await startFaulty(kind, { heartbeat: soon });
    await openSessions(port, 20);
    new Session(port).send(frame(FRAME.loop));
    await untilTrue(() => Promise.resolve(stalls.length > 0), "the one that hangs to be warned of");
    await withDeadline(engine.close(), "the engine to close");
  });

  test("one that hangs is replaced, and its idle sessions go on", { timeout: 30_000 }, async () => {
    const { port, journal, crashes, stalls, engine } = await startFaulty(kind, {
      heartbeat: soon,
    });
    const sessions = await openSessions(port, 20);
    const killer = new Session(port);
    killer.send(frame(FRAME.loop));
    await untilTrue(() => Promise.resolve(killer.isClosed), "the one that hangs to be closed");
    await Promise.all(sessions.map((session) => session.exchange()));
    expect(sessions.filter(({ isClosed, fault }) => isClosed || fault !== undefined)).toEqual([]);
    const hung = /^worker (\d)/.exec(crashes[0]?.message ?? "")?.[1];
    expect(stalls).toContain(Number(hung));
    expect(crashes.map((error) => error?.message)).toEqual([
      expect.stringMatching(/^worker \d stood still for \d+ ms$/),
    ]);
    const [ended] = await journal.ends(1);
    expect(ended?.reason).toBe("worker-crash");
    expect(engine.openConnections).toBe(20);
  });

  test("one that is slow is warned of, and stays", { timeout: 30_000 }, async () => {
    const { port, crashes, stalls, journal } = await startFaulty(kind, { heartbeat: patient });
    const sessions = await openSessions(port, 20);
    const slow = new Session(port);
    slow.send(frame(FRAME.slow, SLOW_MS));
    await untilTrue(() => Promise.resolve(slow.rounds === 1), "the slow one's answer");
    await Promise.all(sessions.map((session) => session.exchange()));
    expect(sessions.filter(({ isClosed }) => isClosed)).toEqual([]);
    expect(stalls).not.toEqual([]);
    expect(crashes).toEqual([]);
    expect(journal.ended_).toEqual([]);
  });

  test("one that waits for connections is not warned of", { timeout: 30_000 }, async () => {
    const { port, crashes, stalls } = await startFaulty(kind, { heartbeat: patient });
    const [session] = await openSessions(port, 1);
    // Twice as long as a warning takes.
    const end = performance.now() + 2 * patient.warnMs;
    await untilTrue(() => Promise.resolve(performance.now() > end), "some time to pass");
    await session?.exchange();
    expect([...crashes, ...stalls]).toEqual([]);
  });
});

test("one that takes long to begin is warned of and left alone: it could not be ended safely", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const [starting, begun] = [{ turns: 0 }, { turns: 1 }];
  const hung: unknown[] = [];
  const stale: unknown[] = [];
  const limits = { warnMs: 100, replaceMs: 1000, startMs: 60_000 };
  const heartbeat = new Heartbeat(limits, () => [starting, begun], {
    stale: (one) => void stale.push(one),
    hung: (one) => void hung.push(one),
  });
  onTestFinished(() => heartbeat.stop());
  vi.advanceTimersByTime(29_000);
  expect(stale).toEqual([begun]);
  vi.advanceTimersByTime(21_000);
  expect(stale).toEqual([begun, starting]);
  expect(hung).toEqual([begun]);
  starting.turns = 1;
  vi.advanceTimersByTime(2000);
  expect(hung).toEqual([begun, starting]);
});
