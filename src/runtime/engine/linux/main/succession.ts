// From a worker's death to its successor: what it left is given back, a pause that grows with each crash passes, and nothing
// of the dead one may be in the kernel any more. Too many crashes in a short time, and it gives up.

import { CrashLimit } from "./crash-limit.ts";

const LOOK_MS = 5;
/** A driver that the kernel does not let go of in so long never goes. */
const GONE_MS = 10_000;

/** A worker that has died. */
export interface Mortal {
  /** Gives back what it left. @returns descriptors whose bytes nobody has any more */
  bury(): readonly number[];
  /** Whether nothing of it is in the kernel any more. */
  readonly isGone: boolean;
}

export interface SuccessionParts<Worker extends Mortal> {
  /** A successor of `dead` is to start; rows of `lost` cannot go on. */
  readonly replace: (dead: Worker, lost: readonly number[]) => void;
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

  #look(dead: Worker, lost: readonly number[], untilMs: number): void {
    if (this.#hasGivenUp) return;
    if (!dead.isGone) {
      if (performance.now() < untilMs) setTimeout(() => this.#look(dead, lost, untilMs), LOOK_MS);
      else this.giveUp("the kernel does not let go of what a dead worker had begun");
      return;
    }
    this.#missing -= 1;
    this.#parts.replace(dead, lost);
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
