// Limits that workers share: counts a listener and a client address, in memory all of them change. Lock-free: a worker may die
// at any line.

const LISTENER_WORDS = 16;
/** Listening sockets of one process over its life. */
export const LISTENERS_MAX = 16_384;
export const LISTENER_COUNT = { open: 0, undecided: 1, accepted: 2 } as const;
const RATE_AT = 4;

export const LISTENER_COUNT_BYTES = LISTENERS_MAX * LISTENER_WORDS * 4;

/**
 * Places for addresses that limits.per-client tells apart, for each connection that there can be: from a table that is half full on,
 * an address may find none within its probes, and would be refused.
 */
const CLIENT_SLOTS_EACH = 2;
const CLIENT_PROBES = 16;
/** Times that a client is counted anew because another worker counted it at the same moment elsewhere. */
const CLIENT_ATTEMPTS = 64;

/** Bytes of the table of clients. @param connections that there can be at a time */
export function clientTableBytes(connections: number): number {
  const slots = Math.max(CLIENT_PROBES, CLIENT_SLOTS_EACH * connections);
  return 8 * 2 ** Math.ceil(Math.log2(slots));
}

const LOW_32 = 0xffffffffn;

export class SharedLimits {
  readonly #counts: Int32Array;
  readonly #rates: BigInt64Array;
  /** A place: the hash in its upper half, how many are open in its lower one. */
  readonly #clients: BigUint64Array;
  readonly #clientWords: Int32Array;
  /** Of a hash: where the probes for it begin. */
  readonly #mask: number;

  /** @param clients of `clientTableBytes` */
  constructor(counts: SharedArrayBuffer, clients: SharedArrayBuffer) {
    this.#counts = new Int32Array(counts);
    this.#rates = new BigInt64Array(counts);
    this.#clients = new BigUint64Array(clients);
    this.#clientWords = new Int32Array(clients);
    this.#mask = this.#clients.length - 1;
  }

  /** @returns the count after the change */
  add(listener: number, count: number, by: number): number {
    return Atomics.add(this.#counts, listener * LISTENER_WORDS + count, by) + by;
  }

  get(listener: number, count: number): number {
    return Atomics.load(this.#counts, listener * LISTENER_WORDS + count);
  }

  /** Sets a count to 0. @returns what it was */
  take(listener: number, count: number): number {
    return Atomics.exchange(this.#counts, listener * LISTENER_WORDS + count, 0);
  }

  /**
   * Whether one more may come, at `perSecond` (0: always): a second's worth at once, then as time passes. The state is the
   * time in µs at which all that came would have come evenly (GCRA).
   */
  admitRate(listener: number, perSecond: number, nowMs: number): boolean {
    if (perSecond === 0) return true;
    const at = (listener * LISTENER_WORDS + RATE_AT) >> 1;
    const now = BigInt(Math.floor(nowMs * 1000));
    // Rounded down, or a whole second of them would not fit into a second.
    const step = BigInt(Math.max(1, Math.floor(1_000_000 / perSecond)));
    for (;;) {
      const before = Atomics.load(this.#rates, at);
      const from = before > now ? before : now;
      if (from + step - now > 1_000_000n) return false;
      if (Atomics.compareExchange(this.#rates, at, before, from + step) === before) return true;
    }
  }

  /** Counts a client by the hash of its address. @returns its slot, or -1 where it has `most` already */
  enterClient(hash: number, most: number): number {
    for (let attempt = 1; ; attempt++) {
      const slot = this.#occupy(hash, most);
      if (slot < 0 || attempt === CLIENT_ATTEMPTS || this.#isOnly(hash, slot)) return slot;
      this.leaveClient(slot);
    }
  }

  leaveClient(slot: number): void {
    Atomics.sub(this.#clients, slot, 1n);
  }

  #occupy(hash: number, most: number): number {
    const tag = BigInt(hash >>> 0) << 32n;
    const first = hash & this.#mask;
    for (let probe = 0; probe < CLIENT_PROBES; probe++) {
      const slot = (first + probe) & this.#mask;
      const word = Atomics.load(this.#clients, slot);
      if ((word >> 32n) << 32n !== tag || (word & LOW_32) === 0n) continue;
      if (Number(word & LOW_32) >= most) return -1;
      if (Atomics.compareExchange(this.#clients, slot, word, word + 1n) === word) return slot;
      probe -= 1;
    }
    for (let probe = 0; probe < CLIENT_PROBES; probe++) {
      const slot = (first + probe) & this.#mask;
      const word = Atomics.load(this.#clients, slot);
      if ((word & LOW_32) !== 0n) continue;
      if (Atomics.compareExchange(this.#clients, slot, word, tag | 1n) === word) return slot;
    }
    return -1;
  }

  /**
   * Whether a client is counted at one place alone. Two workers may give it a place each at the same moment, and the limit
   * would hold for each of them: whoever comes later sees the other one, and makes way.
   */
  #isOnly(hash: number, own: number): boolean {
    const words = this.#clientWords;
    const first = hash & this.#mask;
    for (let probe = 0; probe < CLIENT_PROBES; probe++) {
      const slot = (first + probe) & this.#mask;
      if (slot === own || Atomics.load(words, 2 * slot + 1) !== (hash | 0)) continue;
      if (Atomics.load(words, 2 * slot) !== 0) return false;
    }
    return true;
  }
}
