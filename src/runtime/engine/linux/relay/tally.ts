// Counts of connections that no record tells of, in shared memory: one writer, and main reads what was added since it last
// looked. A dead worker's counts are still there.

import type { Reason } from "./reasons.ts";
import { reasonCode } from "./reasons.ts";

/** Room for every reason. */
const REASONS_MAX = 64;
/** Doubles, behind the reasons. */
const BYTES_AT = REASONS_MAX / 2;
const WANTS_AT = 2 * (BYTES_AT + 4);

export const TALLY_BYTES = 4 * (WANTS_AT + 2);

/** What main wants a record of; everything else is counted here. Refusals always have one. */
export const WANTS = { connected: 1, ended: 2 } as const;

/** Bytes of connections that have ended, as they were told in no record. */
export interface TalliedBytes {
  toBackend: number;
  toClient: number;
  dropped: number;
  consumed: number;
}

export class Tally {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory, 0, WANTS_AT / 2);
  }

  /** A connection has ended for `code`. */
  add(code: number, toBackend: number, toClient: number, dropped: number, consumed: number): void {
    const words = this.#words;
    const doubles = this.#doubles;
    words[code] = ((words[code] as number) + 1) | 0;
    doubles[BYTES_AT] = (doubles[BYTES_AT] as number) + toBackend;
    doubles[BYTES_AT + 1] = (doubles[BYTES_AT + 1] as number) + toClient;
    if (dropped > 0) doubles[BYTES_AT + 2] = (doubles[BYTES_AT + 2] as number) + dropped;
    if (consumed > 0) doubles[BYTES_AT + 3] = (doubles[BYTES_AT + 3] as number) + consumed;
  }

  /** How many have ended for `reason` since the start, modulo 2^32. */
  count(reason: Reason): number {
    return Atomics.load(this.#words, reasonCode(reason));
  }

  /** Since the start. */
  bytes(into: TalliedBytes): void {
    const doubles = this.#doubles;
    into.toBackend = doubles[BYTES_AT] as number;
    into.toClient = doubles[BYTES_AT + 1] as number;
    into.dropped = doubles[BYTES_AT + 2] as number;
    into.consumed = doubles[BYTES_AT + 3] as number;
  }

  /** Flags of `WANTS`, which main sets. */
  get wants(): number {
    return this.#words[WANTS_AT] as number;
  }

  setWants(flags: number): void {
    Atomics.store(this.#words, WANTS_AT, flags);
  }
}
