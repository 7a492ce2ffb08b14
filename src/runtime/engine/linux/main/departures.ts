// Workers that are to leave because there shall be fewer. New connections are steered away from them first; what was on its way
// to them then is still accepted, and only after that they let go of their listeners. Their connections end by themselves.

import type { LinuxListener } from "./linux-listener.ts";

/**
 * For so long a handshake that began before the steering may still end at a leaving worker's socket: a client that is silent, or
 * whose answer got lost, is asked again after 1, 3 and 7 s. One that takes longer is reset by the close.
 */
export const LINGER_MS = 10_000;
/** Then its queue is to be empty: looked at so often, at most so many times. */
const LOOK_MS = 10;
const LOOKS_MAX = 500;

export class Departures {
  readonly #lingerMs: number;
  readonly #listeners: () => Iterable<LinuxListener>;
  readonly #letGo: (worker: number) => void;
  readonly #timers = new Map<number, NodeJS.Timeout | undefined>();

  /** @param letGo is called with a worker whose queues are empty */
  constructor(
    lingerMs: number | undefined,
    listeners: () => Iterable<LinuxListener>,
    letGo: (worker: number) => void,
  ) {
    this.#lingerMs = lingerMs ?? LINGER_MS;
    this.#listeners = listeners;
    this.#letGo = letGo;
  }

  /** Whether a worker is leaving. */
  has(worker: number): boolean {
    return this.#timers.has(worker);
  }

  begin(worker: number): void {
    this.cancel(worker);
    this.#after(this.#lingerMs, worker, LOOKS_MAX);
  }

  /** It stays, or it is gone. */
  cancel(worker: number): void {
    clearTimeout(this.#timers.get(worker));
    this.#timers.delete(worker);
  }

  stop(): void {
    for (const worker of [...this.#timers.keys()]) this.cancel(worker);
  }

  #after(ms: number, worker: number, looks: number): void {
    const timer = setTimeout(() => this.#look(worker, looks), ms);
    timer.unref();
    this.#timers.set(worker, timer);
  }

  #look(worker: number, looks: number): void {
    const isWaiting = [...this.#listeners()].some((listener) => listener.waitingFor(worker) > 0);
    if (isWaiting && looks > 0) {
      this.#after(LOOK_MS, worker, looks - 1);
      return;
    }
    this.#timers.set(worker, undefined);
    this.#letGo(worker);
  }
}
