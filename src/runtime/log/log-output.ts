// Lines on their way to a descriptor that may be slow, full or gone: written together in the background, kept in order and
// bounded in memory. Nothing that goes wrong with it is an error of the program. Knows no logger.

import { write, writeSync } from "node:fs";

/** Bytes that may wait; beyond, lines are lost rather than connections held up. */
export const LOG_BYTES_MAX = 8 * 1024 * 1024;
/** Lines are written together: a write for each costs a busy router a seventh of its time. */
const WRITE_BYTES_MIN = 4096;
/** Of one write. A longer line is written alone. */
const WRITE_BYTES_MAX = 16 * 1024;
/** Longest time that a line waits for others. */
const GATHER_MS = 100;
/** Until a reader that is behind is tried again. */
const BUSY_RETRY_MS = 20;
/** Until a destination that failed (a full disk, a reader that is gone) is tried again. */
const FAULT_RETRY_MS = 1000;
/** Longest time that whoever ends waits for a reader. */
const FLUSH_MS = 1000;

/** Lines found no room, and there is room again. @param code an `errno` name; undefined where the reader was only slow */
export type LostLines = (lines: number, code: string | undefined) => void;

export interface LogOutputOptions {
  /** Where to; it stays open, and should not block. */
  readonly fd: number;
  readonly onLost: LostLines;
}

export class LogOutput {
  readonly #options: LogOutputOptions;
  /** Whole lines each. */
  readonly #waiting: string[] = [];
  /** Of the last one that waits. */
  #lastBytes = 0;
  /** In `#waiting` and `#rest`. */
  #bytes = 0;
  /** What a write could not take; goes first. */
  #rest: Buffer | undefined;
  #isWriting = false;
  #timer: NodeJS.Timeout | undefined;
  #lost = 0;
  #fault: string | undefined;
  #whenDone: () => void = () => undefined;

  constructor(options: LogOutputOptions) {
    this.#options = options;
  }

  /** @param line with its line feed */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#bytes + bytes > LOG_BYTES_MAX) {
      this.#lost += 1;
      return;
    }
    this.#bytes += bytes;
    const last = this.#waiting.length - 1;
    if (last >= 0 && this.#lastBytes + bytes <= WRITE_BYTES_MAX) {
      this.#waiting[last] += line;
      this.#lastBytes += bytes;
    } else {
      this.#waiting.push(line);
      this.#lastBytes = bytes;
    }
    if (this.#isWriting || this.#rest !== undefined) return;
    if (this.#bytes >= WRITE_BYTES_MIN) this.#writeNext();
    else this.#timer ??= this.#after(GATHER_MS);
  }

  /** @returns once everything is written, or cannot be, or `FLUSH_MS` are over */
  async flush(): Promise<void> {
    if (this.#bytes === 0) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, FLUSH_MS);
      this.#whenDone = () => {
        clearTimeout(late);
        resolve();
      };
      if (!this.#isWriting) this.#writeNext();
    });
  }

  /** As `flush`, without giving way to anything else: for the last moments of a process. What is being written is left to that. */
  flushSync(): void {
    const end = performance.now() + FLUSH_MS;
    for (let bytes = this.#take(); bytes !== undefined; bytes = this.#take()) {
      if (!this.#writeAll(bytes, end)) return;
    }
  }

  /** @returns whether all of it was written */
  #writeAll(bytes: Buffer, end: number): boolean {
    let left = bytes;
    while (left.length > 0) {
      try {
        const written = writeSync(this.#options.fd, left);
        this.#bytes -= written;
        left = left.subarray(written);
      } catch (error) {
        if (isBusy(error) && performance.now() < end) {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_RETRY_MS);
          continue;
        }
        this.#rest = left;
        return false;
      }
    }
    return true;
  }

  #after(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#writeNext(), ms).unref();
  }

  #writeNext(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = this.#take();
    if (bytes === undefined) {
      this.#whenDone();
      return;
    }
    this.#isWriting = true;
    write(this.#options.fd, bytes, (error, written) => {
      this.#isWriting = false;
      this.#bytes -= written ?? 0;
      if (error !== null) this.#failed(error, bytes);
      else this.#wrote(bytes, written);
    });
  }

  #wrote(bytes: Buffer, written: number): void {
    if (written < bytes.length) this.#keep(bytes.subarray(written));
    if (this.#lost > 0 && this.#bytes <= LOG_BYTES_MAX / 2) this.#tellLost();
    const isMuch = this.#rest !== undefined || this.#bytes >= WRITE_BYTES_MIN;
    if (isMuch || this.#bytes === 0) this.#writeNext();
    else this.#timer ??= this.#after(GATHER_MS);
  }

  #failed(error: NodeJS.ErrnoException, bytes: Buffer): void {
    this.#keep(bytes);
    if (isBusy(error)) {
      this.#timer = this.#after(BUSY_RETRY_MS);
      return;
    }
    this.#fault = error.code;
    this.#timer = this.#after(FAULT_RETRY_MS);
    this.#whenDone();
  }

  /** In front of what `flushSync` may have kept meanwhile. */
  #keep(bytes: Buffer): void {
    this.#rest = this.#rest === undefined ? bytes : Buffer.concat([bytes, this.#rest]);
  }

  #tellLost(): void {
    const lost = this.#lost;
    const fault = this.#fault;
    this.#lost = 0;
    this.#fault = undefined;
    this.#options.onLost(lost, fault);
  }

  #take(): Buffer | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) return rest;
    const lines = this.#waiting.shift();
    return lines === undefined ? undefined : Buffer.from(lines);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
