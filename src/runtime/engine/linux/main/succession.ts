// From a worker's death to its successor: what it left is given back, a pause that grows with each crash passes, nothing of the
// dead one may be in the kernel any more, and the machine must have what a new one needs. Too many crashes in a short time, or
// none of that for long, and it gives up.

import { CrashLimit } from "./crash-limit.ts";

const LOOK_MS = 5;
/** A driver that the kernel does not let go of in so long never goes. */
const GONE_MS = 10_000;
/** A machine that has no descriptor, memory or thread to spare is asked again so often, … */
const ROOM_LOOK_MS = 100;
/** … and for so long: connections wait for the worker that is missing. */
const ROOM_MS = 60_000;

/** A worker that has died. */
export interface Mortal {
  /** Gives back what it left. @returns descriptors whose bytes nobody has any more */
  bury(): readonly number[];
  /** Whether nothing of it is in the kernel any more. */
  readonly isGone: boolean;
}

export interface SuccessionParts<Worker extends Mortal> {
  /** @returns a successor of `dead`, which starts @throws Error where the machine does not give what it needs; then it is asked again */
  readonly start: (dead: Worker) => Worker;
  /** It takes the place of `dead`; rows of `lost` cannot go on. */
  readonly replace: (dead: Worker, successor: Worker, lost: readonly number[]) => void;
  /** Told once: the successor of `dead` cannot be started yet. */
  readonly waits: (dead: Worker, why: Error) => void;
  /** There will be no successor. */
  readonly giveUp: (why: string) => void;
}

export class Succession<Worker extends Mortal> {
  readonly #parts: SuccessionParts<Worker>;
  readonly #limit = new CrashLimit();
  readonly #waiting: (() => void)[] = [];
  /** Workers that are dead and have no successor yet. */
  #missing = 0;
  #hasGivenUp = false;
  #isEnding = false;

  constructor(parts: SuccessionParts<Worker>) {
    this.#parts = parts;
  }

  /** A worker has died without being asked to. */
  begin(dead: Worker): void {
    this.#missing += 1;
    const lost = dead.bury();
    const nowMs = performance.now();
    const pauseMs = this.#limit.note(nowMs);
    if (pauseMs === undefined) this.giveUp("too many workers have crashed in a short time");
    else setTimeout(() => this.#look(dead, lost, nowMs + GONE_MS), pauseMs);
  }

  /** @returns once every worker that died has a successor, or there will be none */
  whole(): Promise<void> {
    if (this.#missing === 0 || this.#hasGivenUp) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** One that the machine has no room for is not waited for any more. */
  end(): void {
    this.#isEnding = true;
  }

  #look(dead: Worker, lost: readonly number[], untilMs: number): void {
    if (this.#hasGivenUp) return;
    if (!dead.isGone) {
      if (performance.now() < untilMs) setTimeout(() => this.#look(dead, lost, untilMs), LOOK_MS);
      else this.giveUp("the kernel does not let go of what a dead worker had begun");
      return;
    }
    this.#start(dead, lost, performance.now() + ROOM_MS, false);
  }

  #start(dead: Worker, lost: readonly number[], untilMs: number, isTold: boolean): void {
    if (this.#hasGivenUp) return;
    let successor: Worker;
    try {
      successor = this.#parts.start(dead);
    } catch (error) {
      const why = error instanceof Error ? error : new Error(String(error));
      if (!isTold) this.#parts.waits(dead, why);
      if (this.#isEnding) this.#foundOne();
      else if (performance.now() >= untilMs) {
        this.giveUp(`a worker's successor cannot be started: ${why.message}`);
      } else setTimeout(() => this.#start(dead, lost, untilMs, true), ROOM_LOOK_MS);
      return;
    }
    this.#parts.replace(dead, successor, lost);
    this.#foundOne();
  }

  /** A worker that died has its successor, or needs none. */
  #foundOne(): void {
    this.#missing -= 1;
    if (this.#missing === 0) this.#tellWaiting();
  }

  /** There will be no successor of anybody any more. */
  giveUp(why: string): void {
    if (this.#hasGivenUp) return;
    this.#hasGivenUp = true;
    this.#parts.giveUp(why);
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
