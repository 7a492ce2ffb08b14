// A journal that keeps what it is told, and lets a test wait for it.
import type {
  ConnectionEnd,
  ConnectionRecord,
  FailedConnect,
  Journal,
} from "../../../src/runtime/routing/journal.ts";
import { reasonText } from "../../../src/runtime/routing/journal.ts";
import { withDeadline } from "../../support/deadline.ts";

export interface Ended {
  readonly reason: string;
  readonly record: ConnectionRecord;
  readonly end: ConnectionEnd;
}

export class TestJournal implements Journal {
  readonly wantsConnected = true;
  readonly wantsEnded = true;
  readonly ended_: Ended[] = [];
  readonly connects: ConnectionRecord[] = [];
  readonly failures: FailedConnect[] = [];
  readonly acceptFailures: string[] = [];
  acceptedCount = 0;
  #waiters: (() => void)[] = [];

  accepted(_listener: string, count: number): void {
    this.acceptedCount += count;
    this.#wake();
  }

  routed(input: Parameters<Journal["routed"]>[0]): string | undefined {
    if (input.s[6] === -1) return undefined;
    const bytes = input.s[6] === 0 ? input.buf : Buffer.from(input.scratch);
    const at = (input.s[6] === 0 ? input.start : 0) + (input.s[4] ?? 0);
    return bytes.toString("latin1", at, at + (input.s[5] ?? 0)).trim();
  }

  connected(record: ConnectionRecord): void {
    this.connects.push(record);
    this.#wake();
  }

  connectFailed(connect: FailedConnect): void {
    this.failures.push(connect);
    this.#wake();
  }

  ended(record: ConnectionRecord, end: ConnectionEnd): void {
    this.ended_.push({ reason: reasonText(end), record, end });
    this.#wake();
  }

  connectedUntold(): void {}

  endedUntold(): void {}

  untoldBytes(): void {}

  acceptFailed(_listener: string, code: string): void {
    this.acceptFailures.push(code);
    this.#wake();
  }

  /** Waits until `count` connections have ended; all of them, in order. */
  async ends(count: number): Promise<readonly Ended[]> {
    await this.until(() => this.ended_.length >= count, `${count} connections to end`);
    return this.ended_;
  }

  /** Waits until `holds`, looking again whenever something was told; a wait that is too long fails and says what for. */
  async until(holds: () => boolean, what: string = holds.toString()): Promise<void> {
    if (holds()) return;
    const waited = async () => {
      while (!holds()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    };
    await withDeadline(waited(), what, () => this.#told());
  }

  #told(): string {
    const reasons = this.ended_.slice(-10).map(({ reason }) => reason);
    return `accepted ${this.acceptedCount}, connected ${this.connects.length}, ended ${this.ended_.length}: … ${reasons.join(", ")}`;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
