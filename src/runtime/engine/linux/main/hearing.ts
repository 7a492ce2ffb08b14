// How main hears of connections: it looks into workers' memory when one of them wakes it, and then again and again at short
// intervals for as long as there is something: many connections cost few wake-ups.

import type { Journal } from "../../../routing/journal.ts";
import { REASONS } from "../relay/reasons.ts";
import type { RecordRing } from "../relay/records.ts";
import { LISTENER_COUNT, type SharedLimits } from "../relay/shared-limits.ts";
import { SESSION } from "../relay/table.ts";
import { type TalliedBytes, type Tally, WANTS } from "../relay/tally.ts";
import { takeRecord } from "./intake.ts";
import type { KeptPlans } from "./kept-plans.ts";

/** Between two looks while connections come and go. */
const LOOK_MS = 20;
/** Between two looks that need no wake-up: what backends count is looked at only then. */
const SLOW_LOOK_MS = 1000;

/** Records that found no room are told of together, at most so often. */
const LOST_MS = 10_000;

/** What a worker writes for main to hear. */
export interface Heard {
  readonly records: RecordRing;
  readonly tally: Tally;
}

export interface HearingParts {
  readonly journal: Journal;
  readonly limits: SharedLimits;
  readonly plans: KeptPlans;
  readonly connects: Int32Array;
  readonly workers: () => readonly Heard[];
  /** So many records found no room. Ends and connects are counted all the same, failures are not. */
  readonly lost: (records: number) => void;
  readonly listeners: () => Iterable<readonly [index: number, name: string]>;
}

/** What one worker's tally has told so far. */
interface Told {
  readonly counts: number[];
  lost: number;
  readonly bytes: TalliedBytes;
}

export class Hearing {
  readonly #parts: HearingParts;
  readonly #told = new WeakMap<Heard, Told>();
  readonly #connects = new Map<number, number>();
  readonly #now: TalliedBytes = { toBackend: 0, toClient: 0, dropped: 0, consumed: 0 };
  readonly #slow: NodeJS.Timeout;
  #next: NodeJS.Timeout | undefined;
  #lost = 0;
  #lostToldMs = Number.NEGATIVE_INFINITY;

  constructor(parts: HearingParts) {
    this.#parts = parts;
    this.#slow = setInterval(() => this.all(), SLOW_LOOK_MS);
    this.#slow.unref();
  }

  /** A worker has something to tell. */
  wake(): void {
    if (this.#next !== undefined) return;
    this.#hear();
    this.#next = setTimeout(() => this.#again(), LOOK_MS);
    this.#next.unref();
  }

  /** Hears everything there is to be heard now. */
  all(): void {
    this.#hear();
    this.#tellLost();
    const { plans, connects, journal } = this.#parts;
    plans.usageWords((pool, identity, word) => {
      const count = Atomics.load(connects, word);
      const fresh = (count - (this.#connects.get(word) ?? 0)) | 0;
      if (fresh === 0) return;
      this.#connects.set(word, count);
      journal.connectedUntold(pool, identity, fresh);
    });
  }

  /** Hears what one worker has left. */
  of(worker: Heard): number {
    const { journal, plans } = this.#parts;
    worker.tally.setWants(
      (journal.wantsConnected ? WANTS.connected : 0) | (journal.wantsEnded ? WANTS.ended : 0),
    );
    const count = worker.records.drain((words) => {
      takeRecord(words, plans.get(words[SESSION.plan] ?? 0), journal);
    });
    return count + this.#takeTally(worker);
  }

  stop(): void {
    clearInterval(this.#slow);
    clearTimeout(this.#next);
  }

  #again(): void {
    this.#next = undefined;
    let hasMore = this.#hear() > 0;
    if (!hasMore) {
      for (const { records } of this.#parts.workers()) if (records.askForWake()) hasMore = true;
      // A count may have come between the look and the wish.
      if (this.#hear() > 0) hasMore = true;
    }
    if (hasMore) this.wake();
  }

  #hear(): number {
    const { limits, journal, listeners, workers } = this.#parts;
    let heard = 0;
    for (const [index, name] of listeners()) {
      const count = limits.take(index, LISTENER_COUNT.accepted);
      if (count > 0) journal.accepted(name, count);
      heard += count;
    }
    for (const worker of workers()) heard += this.of(worker);
    return heard;
  }

  #tellLost(): void {
    const nowMs = performance.now();
    if (this.#lost === 0 || nowMs - this.#lostToldMs < LOST_MS) return;
    this.#parts.lost(this.#lost);
    this.#lost = 0;
    this.#lostToldMs = nowMs;
  }

  #takeTally(worker: Heard): number {
    const { journal } = this.#parts;
    const told = this.#told.get(worker) ?? {
      counts: REASONS.map(() => 0),
      lost: 0,
      bytes: { toBackend: 0, toClient: 0, dropped: 0, consumed: 0 },
    };
    this.#told.set(worker, told);
    const { dropped } = worker.records;
    this.#lost += (dropped - told.lost) | 0;
    told.lost = dropped;
    let heard = 0;
    for (const [code, reason] of REASONS.entries()) {
      const count = worker.tally.count(code);
      const fresh = (count - (told.counts[code] ?? 0)) | 0;
      if (fresh === 0) continue;
      told.counts[code] = count;
      heard += fresh;
      journal.endedUntold(reason, fresh);
    }
    if (heard > 0) this.#takeBytes(worker, told.bytes);
    return heard;
  }

  #takeBytes({ tally }: Heard, told: TalliedBytes): void {
    const now = this.#now;
    tally.bytes(now);
    this.#parts.journal.untoldBytes({
      bytesToBackend: now.toBackend - told.toBackend,
      bytesToClient: now.toClient - told.toClient,
      dropped: now.dropped - told.dropped,
      consumed: now.consumed - told.consumed,
    });
    Object.assign(told, now);
  }
}
