// Records of connections on their way from a worker to main: a bounded ring in shared memory, one writer and one reader. What does
// not fit is dropped and counted; a log that lags must not stop the traffic.

import { SESSION_WORDS } from "./table.ts";

/** Records that may wait. */
const CAPACITY = 8192;
const HEAD = 0;
const TAIL = 1;
const DROPPED = 2;
/** Set by main when it has read everything and wants to be woken. */
const WANTS_WAKE = 3;
const HEADER_WORDS = 64;

export const RECORD_RING_BYTES = 4 * (HEADER_WORDS + CAPACITY * SESSION_WORDS);

/** What a record tells. */
export const RECORD = { ended: 0, connected: 1, connectFailed: 2, acceptFailed: 3 } as const;

export class RecordRing {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** Writes one session. @returns whether main wants to be woken */
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
    return Atomics.exchange(words, WANTS_WAKE, 0) === 1;
  }

  /** Hands every waiting record to `take`; its words are valid during the call. */
  drain(take: (words: Int32Array) => void): void {
    const words = this.#words;
    const copy = new Int32Array(SESSION_WORDS);
    for (;;) {
      const head = words[HEAD] as number;
      if (head === Atomics.load(words, TAIL)) {
        Atomics.store(words, WANTS_WAKE, 1);
        // One may have come before the wish was seen.
        if (head === Atomics.load(words, TAIL)) return;
        continue;
      }
      const at = HEADER_WORDS + (head & (CAPACITY - 1)) * SESSION_WORDS;
      copy.set(words.subarray(at, at + SESSION_WORDS));
      Atomics.store(words, HEAD, (head + 1) | 0);
      take(copy);
    }
  }

  /** Records dropped so far. */
  get dropped(): number {
    return Atomics.load(this.#words, DROPPED);
  }
}
