// A worker that dies: who has nothing in hand notices nothing, nothing of the dead one is left, and its successor serves on.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { untilTrue } from "../support/deadline.ts";
import { type Faulty, linuxKinds, startFaulty } from "./support/faulty.ts";
import {
  closeSessions,
  FRAME,
  frame,
  openSessions,
  Session,
  untilRounds,
} from "./support/sessions.ts";

const SESSIONS = 2000;
/** Of these, so many exchange messages all the time. */
const BUSY = 200;
const NEWCOMERS = 50;

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Rings that are mapped, two mappings each; newer versions of Node have some of their own. */
function mappedRings(): number {
  return (readFileSync("/proc/self/maps", "utf8").match(/\[io_uring\]/g)?.length ?? 0) / 2;
}

interface Killed {
  /** Sessions that did it: they may be lost. */
  readonly killers: readonly Session[];
  readonly deaths: number;
  /** Others that epoll may have had in hand. An io_uring worker may also have had completions that it had not come to. */
  readonly inHand: number;
}

/** Ways to die, each with how many of the workers do. */
const deaths: readonly {
  readonly name: string;
  kill(faulty: Faulty, workers: number): Promise<Killed>;
}[] = [
  {
    name: "is terminated",
    async kill({ engine }: Faulty, workers: number) {
      const all = Array.from({ length: workers }, (_, worker) => engine.terminateWorker(worker));
      await Promise.all(all);
      return { killers: [], deaths: workers, inHand: workers };
    },
  },
  ...(
    [
      ["throws in the middle of an event", FRAME.throwInEvent],
      ["throws between a wait and what it brought", FRAME.throwInWait],
      ["is killed by its heap limit", FRAME.fillHeap],
    ] as const
  ).map(([name, how]) => ({
    name,
    kill({ port }: Faulty) {
      const killer = new Session(port);
      killer.send(frame(how));
      return Promise.resolve({ killers: [killer], deaths: 1, inHand: 0 });
    },
  })),
];

describe.for(linuxKinds)("$title", (kind) => {
  test.for(deaths)(
    `${SESSIONS} sessions when a worker $name`,
    { timeout: 60_000 },
    async ({ kill }) => {
      const descriptorsBefore = openDescriptors();
      const faulty = await startFaulty(kind);
      const ringsBefore = mappedRings();
      const { engine, journal, port, crashes } = faulty;
      const sessions = await openSessions(port, SESSIONS);
      const busy = sessions.slice(0, BUSY);
      const idle = sessions.slice(BUSY);
      for (const session of busy) session.run();
      await untilRounds(busy, 3);

      const { killers, deaths: expected, inHand } = await kill(faulty, kind.workers);
      await untilTrue(
        () => Promise.resolve(crashes.length === expected),
        `${expected} workers to die`,
        () => `${crashes.length} did`,
      );
      // In the gap already.
      const newcomers = Array.from({ length: NEWCOMERS }, () => new Session(port));
      await Promise.all(newcomers.map((session) => session.exchange()));
      await untilRounds(busy, 3);
      for (const session of busy) session.pause();
      await untilTrue(
        () => Promise.resolve(busy.every((one) => one.isClosed || one.isAnswered)),
        "the last messages to come back",
      );
      await Promise.all(idle.map((session) => session.exchange()));

      const everyone = [...sessions, ...newcomers, ...killers];
      const lost = everyone.filter(({ isClosed }) => isClosed);
      const lostBusy = busy.filter(({ isClosed }) => isClosed).length;
      expect(lostBusy).toBeLessThanOrEqual(kind.name === "epoll" ? inHand : BUSY);
      expect(everyone.flatMap(({ fault }) => fault ?? [])).toEqual([]);
      expect(idle.filter(({ isClosed }) => isClosed)).toHaveLength(0);
      expect(newcomers.filter(({ isClosed }) => isClosed)).toHaveLength(0);
      await journal.ends(lost.length);
      expect(journal.ended_.map(({ reason }) => reason)).toEqual(
        Array.from({ length: lost.length }, () => "worker-crash"),
      );
      expect(engine.openConnections).toBe(everyone.length - lost.length);
      if (kind.name === "io_uring") expect(mappedRings()).toBe(ringsBefore);

      await closeSessions(everyone);
      await journal.ends(everyone.length);
      expect(journal.acceptedCount).toBe(everyone.length);
      expect(engine.openConnections).toBe(0);
      await engine.close();
      await untilTrue(
        () => Promise.resolve(openDescriptors() <= descriptorsBefore + 1),
        `no more than ${descriptorsBefore} descriptors`,
        () => `there are ${openDescriptors()}`,
      );
    },
  );
});
