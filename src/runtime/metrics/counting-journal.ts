// Counts what engines tell: every connection, every refusal by its reason. Never a key as a label.

import {
  type ConnectionEnd,
  type ConnectionRecord,
  type FailedConnect,
  type Journal,
  reasonText,
  type UntoldBytes,
} from "../routing/journal.ts";
import { type Ending, isRefusal, type Refusal } from "../routing/refusals.ts";
import type { Counters } from "./counters.ts";

export class CountingJournal implements Journal {
  readonly wantsConnected = false;
  readonly wantsEnded = false;
  readonly #counters: Counters;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  accepted(listener: string, count: number): void {
    this.#counters.add("accepted", { listener }, count);
  }

  routed(): undefined {
    return undefined;
  }

  connected({ pool = "", backend = "" }: ConnectionRecord): void {
    this.connectedUntold(pool, backend, 1);
  }

  connectedUntold(pool: string, backend: string, count: number): void {
    this.#counters.add("connected", { pool, backend }, count);
  }

  connectFailed({ pool, backend, code }: FailedConnect): void {
    this.#counters.add("connect_failed", { pool, backend, code });
  }

  ended(record: ConnectionRecord, end: ConnectionEnd): void {
    const counters = this.#counters;
    const reason = reasonText(end);
    counters.add(isRefusal(end.reason) ? "refused" : "ended", { reason });
    this.untoldBytes(record);
  }

  endedUntold(reason: Refusal | Ending, count: number): void {
    this.#counters.add(isRefusal(reason) ? "refused" : "ended", { reason }, count);
  }

  untoldBytes({ bytesToBackend, bytesToClient, dropped, consumed }: UntoldBytes): void {
    const counters = this.#counters;
    if (bytesToBackend > 0) counters.add("bytes_to_backend", {}, bytesToBackend);
    if (bytesToClient > 0) counters.add("bytes_to_client", {}, bytesToClient);
    if (dropped > 0) counters.add("bytes_dropped", {}, dropped);
    if (consumed > 0) counters.add("bytes_consumed", {}, consumed);
  }

  acceptFailed(listener: string, code: string): void {
    this.#counters.add("accept_failed", { listener, code });
  }
}
