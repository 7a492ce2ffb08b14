// Counts of connections that no record tells of, in shared memory: one writer, and main reads what was added since it last
// looked. A dead worker's counts are still there.

import { REASONS } from "./reasons.ts";

const BYTE_COUNTS = 4;
const WANTS_WORDS = 2;

/** @param reasons how many codes there is room for */
export function tallyBytes(reasons = REASONS.length): number {
  return 8 * (bytesAt(reasons) + BYTE_COUNTS) + 4 * WANTS_WORDS;
}

/** Doubles begin behind the reasons, each of which has a word. */
function bytesAt(reasons: number): number {
  return Math.ceil(reasons / 2);
}

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
  readonly #bytes: Float64Array;
  readonly #wantsAt: number;

  /** @param memory of `tallyBytes` for as many `reasons` */
  constructor(memory: SharedArrayBuffer, reasons = REASONS.length) {
    const at = bytesAt(reasons);
    this.#words = new Int32Array(memory);
    this.#bytes = new Float64Array(memory, 8 * at, BYTE_COUNTS);
    this.#wantsAt = 2 * (at + BYTE_COUNTS);
  }

  /** A connection has ended for `code`. */
  add(code: number, toBackend: number, toClient: number, dropped: number, consumed: number): void {
    const words = this.#words;
    const bytes = this.#bytes;
    words[code] = ((words[code] as number) + 1) | 0;
    bytes[0] = (bytes[0] as number) + toBackend;
    bytes[1] = (bytes[1] as number) + toClient;
    if (dropped > 0) bytes[2] = (bytes[2] as number) + dropped;
    if (consumed > 0) bytes[3] = (bytes[3] as number) + consumed;
  }

  /** How many have ended for `code` since the start, modulo 2^32. */
  count(code: number): number {
    return Atomics.load(this.#words, code);
  }

  /** Since the start. */
  bytes(into: TalliedBytes): void {
    const bytes = this.#bytes;
    into.toBackend = bytes[0] as number;
    into.toClient = bytes[1] as number;
    into.dropped = bytes[2] as number;
    into.consumed = bytes[3] as number;
  }

  /** Flags of `WANTS`, which main sets. */
  get wants(): number {
    return this.#words[this.#wantsAt] as number;
  }

  setWants(flags: number): void {
    Atomics.store(this.#words, this.#wantsAt, flags);
  }
}
