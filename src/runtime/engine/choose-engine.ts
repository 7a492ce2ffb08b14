// Which engine runs, and why: the one that was asked for, or the best that passes its test on this machine.

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Journal } from "../routing/journal.ts";
import type { Engine, EngineName } from "./engine.ts";

/** What `auto` tries before the portable engine, the fastest first. */
const AUTOMATIC: readonly EngineName[] = ["io_uring", "epoll"];

/** What the configuration asks for. */
export interface EngineWish {
  readonly engine: "auto" | EngineName;
  /** Workers, or one a core. */
  readonly workers: number | "auto";
}

export interface EngineChoice {
  readonly engine: Engine;
  /** Why engines that would have been preferred were not taken: `io_uring: io_uring_setup: ENOSYS`. */
  readonly passedOver: readonly string[];
}

/** What workers tell of themselves. */
export interface WorkerEvents {
  /** A worker ended without being asked. */
  readonly onCrash: (error: Error | undefined) => void;
  /** A worker that ended has no successor yet: the machine does not give what it needs. */
  readonly onWait: (worker: number, why: Error) => void;
  /** A worker has done nothing for so long. */
  readonly onStale: (worker: number, forMs: number) => void;
  /** Workers crash so often that it makes no sense to go on: the process should end. */
  readonly onGiveUp: (why: string) => void;
  /** So many records of connections were lost on their way to the log. */
  readonly onLost: (records: number) => void;
}

export interface EngineMaking {
  readonly journal: Journal;
  readonly portable: () => Engine;
  readonly workerEvents: WorkerEvents;
}

/** @throws Error where the one engine that was asked for does not work here */
export async function chooseEngine(wish: EngineWish, making: EngineMaking): Promise<EngineChoice> {
  const passedOver: string[] = [];
  const names = wish.engine === "auto" ? AUTOMATIC : [wish.engine];
  for (const name of names) {
    if (name === "portable") return { engine: making.portable(), passedOver };
    const made = await makeLinux(name, wish.workers, making);
    if (typeof made !== "string") return { engine: made, passedOver };
    if (wish.engine !== "auto") throw new Error(`the engine '${name}' does not work here: ${made}`);
    passedOver.push(`${name}: ${made}`);
  }
  return { engine: making.portable(), passedOver };
}

/** How many workers a configuration asks for. */
export function countWorkers(workers: number | "auto"): number {
  return workers === "auto" ? availableParallelism() : workers;
}

/** @returns why not, where it does not work here */
async function makeLinux(
  driver: "io_uring" | "epoll",
  workers: number | "auto",
  { journal, workerEvents }: EngineMaking,
): Promise<Engine | string> {
  if (process.platform !== "linux") return `this is ${process.platform}`;
  try {
    // Loaded only here: where the foreign functions are missing, the portable engine still runs.
    const [{ LinuxEngine, WORKER_ENTRY }, { testDriver }] = await Promise.all([
      import("./linux/main/linux-engine.ts"),
      import("./linux/main/self-test.ts"),
    ]);
    if (!existsSync(WORKER_ENTRY)) return "its worker is not built";
    const fault = testDriver(driver);
    if (fault !== undefined) return fault;
    const count = countWorkers(workers);
    return new LinuxEngine({ driver, workers: count, journal, ...workerEvents });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
