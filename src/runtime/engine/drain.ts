// How a drain ends connections, in every engine: one after the other, evenly over its grace, those that have been silent the
// longest first. Whose bytes are on their way is not cut off before the grace is over. Knows no socket and no clock.

/** Whoever has moved a byte within this time may be in the middle of something, … */
const QUIET_MS = 1000;
/** … but of a short grace no more than this share is waited for that. */
const QUIET_SHARE = 8;
/** Those whose turn was put off are looked at so often within that time. */
const LOOKS = 4;

/** What a drain has to know of connections. */
export interface Drainable<One> {
  /** When it last moved a byte. */
  touchedMs(one: One): number;
  /** Whether bytes of either side have not reached the other one yet: may cost calls to the kernel. */
  hasBytesOnTheirWay(one: One): boolean;
  /** Ends it; one that has ended by itself is left alone. */
  end(one: One): void;
}

export class Drain<One> {
  readonly #ones: readonly One[];
  readonly #startMs: number;
  readonly #graceMs: number;
  readonly #quietMs: number;
  readonly #of: Drainable<One>;
  /** How many of them have had their turn. */
  #turns = 0;
  /** Those whose turn came too early. */
  #late: One[] = [];
  #lookMs: number;

  /** @param ones all that are open */
  constructor(ones: Iterable<One>, startMs: number, graceMs: number, of: Drainable<One>) {
    this.#ones = [...ones].sort((a, b) => of.touchedMs(a) - of.touchedMs(b));
    this.#startMs = startMs;
    this.#graceMs = graceMs;
    this.#quietMs = Math.min(QUIET_MS, graceMs / QUIET_SHARE);
    this.#of = of;
    this.#lookMs = startMs;
  }

  /** Ends those whose time has come. */
  step(nowMs: number): void {
    const passed = nowMs - this.#startMs;
    const isOver = passed >= this.#graceMs;
    const due = isOver
      ? this.#ones.length
      : Math.floor((this.#ones.length * passed) / this.#graceMs);
    if (isOver || nowMs >= this.#lookMs) {
      this.#lookMs = nowMs + this.#quietMs / LOOKS;
      this.#late = this.#late.filter((one) => !this.#endIfQuiet(one, nowMs, isOver));
    }
    for (const one of this.#ones.slice(this.#turns, due)) {
      if (!this.#endIfQuiet(one, nowMs, isOver)) this.#late.push(one);
    }
    this.#turns = Math.max(this.#turns, due);
  }

  /** @returns false where it is to be looked at again */
  #endIfQuiet(one: One, nowMs: number, isOver: boolean): boolean {
    const of = this.#of;
    const isQuiet = nowMs - of.touchedMs(one) >= this.#quietMs;
    if (!isOver && (!isQuiet || of.hasBytesOnTheirWay(one))) return false;
    of.end(one);
    return true;
  }
}
