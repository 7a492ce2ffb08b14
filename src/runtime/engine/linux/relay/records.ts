// Records of connections on their way from a worker to main: a bounded ring in shared memory, one writer and one reader. What does
// not fit is dropped and counted; a log that lags must not stop the traffic.

import { SESSION_WORDS } from "./table.ts";

/** Records that may wait. */
const CAPACITY = 8192;
const HEAD = 0;
const TAIL = 1;
const DROPPED = 2;
/** Set by main when it has heard nothing for a while and wants to be woken. */
const WANTS_WAKE = 3;
const HEADER_WORDS = 64;

export const RECORD_RING_BYTES = 4 * (HEADER_WORDS + CAPACITY * SESSION_WORDS);

/** What a record tells. */
export const RECORD = { ended: 0, connected: 1, connectFailed: 2, acceptFailed: 3 } as const;

export class RecordRing {
  readonly #words: Int32Array;
  readonly #copy = new Int32Array(SESSION_WORDS);

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** Writes one session. @returns whether there was room */
  write(sessions: Int32Array, at: number): boolean {
    const words = this.#words;
    const tail = words[TAIL] as number;
    if (((tail - Atomics.load(words, HEAD)) | 0) >= CAPACITY) {
      Atomics.add(words, DROPPED, 1);
      return false;
    }
    const to = HEADER_WORDS + (tail & (CAPACITY - 1)) * SESSION_WORDS;
    for (let word = 0; word < SESSION_WORDS; word++)
      words[to + word] = sessions[at + word] as number;
    Atomics.store(words, TAIL, (tail + 1) | 0);
    return true;
  }

  /** @returns whether main wants to be woken: true once for each `askForWake` */
  claimWake(): boolean {
    const words = this.#words;
    // Not a plain read: it could be done before the record is there, and the wake-up would be lost.
    return Atomics.load(words, WANTS_WAKE) === 1 && Atomics.exchange(words, WANTS_WAKE, 0) === 1;
  }

  /** From now on the next thing that is there to be told wakes main. @returns whether something waits already */
  askForWake(): boolean {
    const words = this.#words;
    Atomics.store(words, WANTS_WAKE, 1);
    return words[HEAD] !== Atomics.load(words, TAIL);
  }

  /** Hands every waiting record to `take`; its words are valid during the call. @returns how many there were */
  drain(take: (words: Int32Array) => void): number {
    const words = this.#words;
    const copy = this.#copy;
    for (let count = 0; count < CAPACITY; count++) {
      const head = words[HEAD] as number;
      if (head === Atomics.load(words, TAIL)) return count;
      const at = HEADER_WORDS + (head & (CAPACITY - 1)) * SESSION_WORDS;
      copy.set(words.subarray(at, at + SESSION_WORDS));
      Atomics.store(words, HEAD, (head + 1) | 0);
      take(copy);
    }
    return CAPACITY;
  }

  /** Records dropped so far. */
  get dropped(): number {
    return Atomics.load(this.#words, DROPPED);
  }
}
