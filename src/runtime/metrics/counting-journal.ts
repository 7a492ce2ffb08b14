// Counts what engines tell: every connection, every refusal by its reason. Never a key as a label.

import {
  type ConnectionEnd,
  type ConnectionRecord,
  type FailedConnect,
  type Journal,
  reasonText,
} from "../routing/journal.ts";
import { isRefusal } from "../routing/refusals.ts";
import type { Counters } from "./counters.ts";

export class CountingJournal implements Journal {
  readonly wantsConnected = true;
  readonly #counters: Counters;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  accepted(listener: string): void {
    this.#counters.add("accepted", { listener });
  }

  routed(): undefined {
    return undefined;
  }

  connected({ pool = "", backend = "" }: ConnectionRecord): void {
    this.#counters.add("connected", { pool, backend });
  }

  connectFailed({ pool, backend, code }: FailedConnect): void {
    this.#counters.add("connect_failed", { pool, backend, code });
  }

  ended(record: ConnectionRecord, end: ConnectionEnd): void {
    const counters = this.#counters;
    const reason = reasonText(end);
    counters.add(isRefusal(end.reason) ? "refused" : "ended", { reason });
    if (record.bytesToBackend > 0) counters.add("bytes_to_backend", {}, record.bytesToBackend);
    if (record.bytesToClient > 0) counters.add("bytes_to_client", {}, record.bytesToClient);
    if (record.dropped > 0) counters.add("bytes_dropped", {}, record.dropped);
    if (record.consumed > 0) counters.add("bytes_consumed", {}, record.consumed);
  }

  acceptFailed(listener: string, code: string): void {
    this.#counters.add("accept_failed", { listener, code });
  }
}
