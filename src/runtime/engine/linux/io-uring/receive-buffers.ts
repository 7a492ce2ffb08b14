// The buffers that receives fill: the kernel chooses, we count who still reads them and give them back. On kernels that can (6.12),
// a receive takes only the part of a buffer that it fills: small frames lie close together, large ones in one piece.

import { KernelError } from "../kernel/errno.ts";
import type { Region } from "../kernel/memory.ts";
import { BufferRing, type Ring } from "../kernel/uring.ts";

/** Buffers that are filled in parts. */
const SHARED_BUFFERS = 8;
const SHARED_BYTES = 256 * 1024;
/** Buffers that one receive takes whole: small, as most frames are. */
const WHOLE_BUFFERS = 1024;
const WHOLE_BYTES = 4096;

/** What is asked of receive buffers besides what the kernel can do. */
export interface BufferWish {
  /** Receives take whole buffers, as before Linux 6.12. */
  readonly isWhole?: boolean;
  /** How many there are, a power of two. */
  readonly count?: number;
}

export class ReceiveBuffers {
  readonly region: Region;
  /** Whether buffers are filled in parts. */
  readonly isIncremental: boolean;
  readonly sizeBytes: number;
  readonly #ring: BufferRing;
  /** Readers of each buffer. */
  readonly #readers: Int32Array;
  /** How far each buffer is filled; -1: the kernel is done with it. */
  readonly #filled: Int32Array;
  /** Buffers that the kernel has. */
  #free: number;

  /** @throws KernelError */
  constructor(ring: Ring, { isWhole = false, count }: BufferWish) {
    let buffers = isWhole ? undefined : new BufferRing(count ?? SHARED_BUFFERS, SHARED_BYTES);
    if (buffers !== undefined && ring.registerBuffers(buffers, true) < 0) {
      buffers.unmap();
      buffers = undefined;
    }
    this.isIncremental = buffers !== undefined;
    if (buffers === undefined) {
      buffers = new BufferRing(count ?? WHOLE_BUFFERS, WHOLE_BYTES);
      const answer = ring.registerBuffers(buffers, false);
      if (answer < 0) throw new KernelError("io_uring_register", -answer);
    }
    this.#ring = buffers;
    this.region = buffers.region;
    this.sizeBytes = buffers.sizeBytes;
    this.#readers = new Int32Array(buffers.count);
    this.#filled = new Int32Array(buffers.count);
    this.#free = buffers.count;
  }

  get hasFree(): boolean {
    return this.#free > 0;
  }

  /** A receive has put `length` bytes into a buffer, which has a reader more now. @returns where in the region */
  take(buffer: number, length: number, hasRoom: boolean): number {
    const filled = this.#filled[buffer] as number;
    this.#readers[buffer] = (this.#readers[buffer] as number) + 1;
    if (hasRoom) this.#filled[buffer] = filled + length;
    else {
      this.#filled[buffer] = -1;
      this.#free -= 1;
    }
    return buffer * this.sizeBytes + filled;
  }

  /** A reader is done. */
  release(buffer: number): void {
    const readers = (this.#readers[buffer] as number) - 1;
    this.#readers[buffer] = readers;
    if (readers > 0 || (this.#filled[buffer] as number) >= 0) return;
    this.#filled[buffer] = 0;
    this.#free += 1;
    this.#ring.give(buffer);
  }

  unmap(): void {
    this.#ring.unmap();
  }
}
