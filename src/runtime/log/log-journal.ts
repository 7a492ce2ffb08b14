// One line a connection. The only place where a client's bytes become text.

import { printable } from "../../base/printable.ts";
import {
  type ConnectionEnd,
  type ConnectionRecord,
  type FailedConnect,
  type Journal,
  reasonText,
} from "../routing/journal.ts";
import { createKeyPlace, type KeyPlace, locateKey } from "../routing/key.ts";
import type { RouteInput, RouteOutcome, RouterProgram } from "../routing/program.ts";
import { isRefusal, type Refusal } from "../routing/refusals.ts";
import { keyText } from "./key-text.ts";
import type { Logger } from "./logger.ts";
import { Sampler } from "./sampler.ts";

/** When a connection is written: at its start, at its end, both, or never. Refusals are always written. */
export type ConnectionLines = "start" | "end" | "both" | "off";

/** Refusals that say the service is failing, not the client. */
const OURS: ReadonlySet<string> = new Set<Refusal>([
  "no-backend",
  "connect-failed",
  "connect-timeout",
  "local",
  "connections",
  "inspecting-evicted",
  "unpack-threw",
  "unpack-invalid",
]);

const TWO_32 = 2 ** 32;
const REASON_CHARACTERS_MAX = 120;
const EXPLANATION_CHARACTERS_MAX = 300;

export class LogJournal implements Journal {
  readonly #logger: Logger;
  readonly #sampler: Sampler;
  readonly #place: KeyPlace = createKeyPlace();
  #lines: ConnectionLines = "end";

  constructor(logger: Logger, nowMs: () => number) {
    this.#logger = logger;
    this.#sampler = new Sampler(nowMs);
  }

  configure(level: string, lines: ConnectionLines): void {
    this.#logger.level = level;
    this.#lines = lines;
  }

  get wantsConnected(): boolean {
    return this.#lines === "start" || this.#lines === "both";
  }

  get wantsEnded(): boolean {
    return this.#lines === "end" || this.#lines === "both";
  }

  accepted(): void {}

  connectedUntold(): void {}

  endedUntold(): void {}

  untoldBytes(): void {}

  /** The key the pool hashes, otherwise the first one that is there. */
  routed(input: RouteInput, program: RouterProgram, outcome: RouteOutcome): string | undefined {
    if (this.#lines === "off") return undefined;
    const by = outcome.kind === "pool" ? outcome.by : -1;
    if (by >= 0 && locateKey(input, by, this.#place)) return this.#text();
    for (let key = 0; key < program.module.meta.keys.length; key++) {
      if (locateKey(input, key, this.#place)) return this.#text();
    }
    return undefined;
  }

  connected(record: ConnectionRecord): void {
    if (this.wantsConnected) this.#logger.info(startLine(record), "connected");
  }

  connectFailed(connect: FailedConnect): void {
    const suppressed = this.#sampler.admit(`connect ${connect.address} ${connect.code}`);
    if (suppressed === undefined) return;
    this.#logger.warn({ ...connect, ...leftOut(suppressed) }, "connect failed");
  }

  ended(record: ConnectionRecord, end: ConnectionEnd): void {
    if (isRefusal(end.reason)) this.#refused(record, end);
    else if (this.wantsEnded) {
      const line = { ...endLine(record), ended_by: reasonText(end) };
      if (record.verdictMs === undefined) this.#logger.debug(line, "connection");
      else this.#logger.info(line, "connection");
    }
  }

  acceptFailed(listener: string, code: string): void {
    const suppressed = this.#sampler.admit(`accept ${listener} ${code}`);
    if (suppressed === undefined) return;
    this.#logger.error({ listener, code, ...leftOut(suppressed) }, "accept failed");
  }

  #refused(record: ConnectionRecord, end: ConnectionEnd): void {
    // A hand-written unpack may put a client's bytes into its words.
    const reason = printable(reasonText(end), REASON_CHARACTERS_MAX);
    const suppressed = this.#sampler.admit(reason);
    if (suppressed === undefined) return;
    const line = {
      ...endLine(record),
      reason,
      ...(end.explanation === undefined
        ? {}
        : { explanation: printable(end.explanation, EXPLANATION_CHARACTERS_MAX) }),
      ...(end.offset === undefined ? {} : { offset: end.offset }),
      ...leftOut(suppressed),
    };
    if (OURS.has(end.reason)) this.#logger.warn(line, "refused");
    else this.#logger.info(line, "refused");
  }

  #text(): string {
    const { isInteger, high, low, bytes, offset, length } = this.#place;
    return isInteger ? String(high * TWO_32 + (low >>> 0)) : keyText(bytes, offset, length);
  }
}

function leftOut(suppressed: number): { suppressed?: number } {
  return suppressed === 0 ? {} : { suppressed };
}

/** What is known once the backend has accepted. Absent values leave no key in the line. */
function startLine(record: ConnectionRecord) {
  const { id, listener, client, router, protocol, key, rule, pool, backend, tries } = record;
  return {
    id,
    listener,
    client,
    router,
    protocol,
    key,
    rule: rule?.text,
    rule_line: rule?.line,
    pool,
    backend,
    verdict_ms: rounded(record.verdictMs),
    connect_ms: rounded(record.connectMs),
    tries,
  };
}

function endLine(record: ConnectionRecord) {
  return {
    ...startLine(record),
    bytes_to_backend: record.bytesToBackend,
    bytes_to_client: record.bytesToClient,
    dropped: record.dropped,
    consumed: record.consumed,
    life_ms: rounded(record.lifeMs),
    state: record.state,
  };
}

/** Microseconds are noise: two decimals. */
function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100;
}
