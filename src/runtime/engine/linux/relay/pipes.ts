// Pipes for splice: pooled, given back empty. Their descriptors stand in the table, so that a successor can close them.

import { closeDescriptor, openPipe, resizePipe } from "../kernel/descriptor.ts";
import { LEFT, tracesOfThread } from "../kernel/traces.ts";
import { type ConnectionTable, ROLE } from "./table.ts";

/** What one pipe holds. */
export const PIPE_BYTES = 1024 * 1024;
/** Without privilege a user may have about 63 pipes of that size, all processes together (pipe(7)). */
const PIPES_MAX = 48;
/** A machine that has refused a pipe is not asked again for so long: each try costs four calls. */
const REFUSED_MS = 1000;

export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
  readonly sizeBytes: number;
}

export class Pipes {
  readonly #table: ConnectionTable;
  readonly #owner: number;
  readonly #max: number;
  readonly #free: Pipe[] = [];
  #open = 0;
  #refusedUntilMs = 0;

  constructor(table: ConnectionTable, owner: number, workers: number) {
    this.#table = table;
    this.#owner = owner;
    this.#max = Math.max(1, Math.floor(PIPES_MAX / workers));
  }

  /** Whether it is worth while to ask for one: costs no call. */
  canTake(nowMs: number): boolean {
    if (this.#free.length > 0) return true;
    return this.#open < this.#max && nowMs >= this.#refusedUntilMs;
  }

  /** @returns undefined where all are in use, or the machine gives no more: then bytes are copied */
  take(nowMs: number): Pipe | undefined {
    if (!this.canTake(nowMs)) return undefined;
    return this.#free.pop() ?? this.#openOne(nowMs);
  }

  /** @param isEmpty one with bytes in it cannot be used again */
  give(pipe: Pipe, isEmpty: boolean): void {
    if (isEmpty) {
      this.#free.push(pipe);
      return;
    }
    this.#open -= 1;
    const left = tracesOfThread();
    for (const fd of [pipe.readEnd, pipe.writeEnd]) {
      left[LEFT.closing] = fd;
      this.#table.forget(fd);
      closeDescriptor(fd);
      left[LEFT.closing] = 0;
    }
  }

  closeAll(): void {
    for (const pipe of this.#free.splice(0)) this.give(pipe, false);
  }

  #openOne(nowMs: number): Pipe | undefined {
    const ends = { readEnd: -1, writeEnd: -1 };
    if (openPipe(ends) < 0) {
      this.#refusedUntilMs = nowMs + REFUSED_MS;
      return undefined;
    }
    const left = tracesOfThread();
    left[LEFT.opened] = ends.readEnd;
    left[LEFT.openedToo] = ends.writeEnd;
    const sizeBytes = resizePipe(ends.writeEnd, PIPE_BYTES);
    if (sizeBytes < 0) {
      // The user's quota is used up; a pipe of two pages would cost more calls than copying.
      closeDescriptor(ends.readEnd);
      left[LEFT.opened] = 0;
      closeDescriptor(ends.writeEnd);
      left[LEFT.openedToo] = 0;
      this.#refusedUntilMs = nowMs + REFUSED_MS;
      return undefined;
    }
    this.#open += 1;
    this.#table.begin(ends.readEnd, this.#owner, ROLE.pipe, ends.writeEnd);
    left[LEFT.opened] = 0;
    this.#table.begin(ends.writeEnd, this.#owner, ROLE.pipe, ends.readEnd);
    left[LEFT.openedToo] = 0;
    return { ...ends, sizeBytes };
  }
}
