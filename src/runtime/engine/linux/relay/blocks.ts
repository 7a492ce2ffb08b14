// Blocks of memory for bytes that must wait: in sizes that double, from mapped chunks, given back to be used again.

import { mapMemory, type Region, unmap } from "../kernel/memory.ts";

const SMALLEST_BITS = 8;
/** Larger blocks are mapped and unmapped alone. */
const LARGEST_BITS = 17;
const CHUNK_BYTES = 1 << 20;

/** Bytes `[start, end)` of `region` are in use, of `[at, at + capacity)` that belong to it. */
export interface Block {
  region: Region;
  at: number;
  capacity: number;
  start: number;
  end: number;
}

export class Blocks {
  readonly #free: Block[][] = Array.from({ length: LARGEST_BITS + 1 }, () => []);

  /** An empty block for at least `lengthBytes`. */
  take(lengthBytes: number): Block {
    const bits = Math.max(SMALLEST_BITS, 32 - Math.clz32(Math.max(1, lengthBytes - 1)));
    if (bits > LARGEST_BITS) {
      const region = mapMemory(1 << bits);
      return { region, at: 0, capacity: 1 << bits, start: 0, end: 0 };
    }
    const free = this.#free[bits] ?? [];
    if (free.length === 0) this.#refill(bits, free);
    const block = free.pop();
    if (block === undefined) return this.take((1 << LARGEST_BITS) + 1);
    block.start = block.at;
    block.end = block.at;
    return block;
  }

  give(block: Block): void {
    const bits = 31 - Math.clz32(block.capacity);
    if (bits > LARGEST_BITS) unmap(block.region);
    else this.#free[bits]?.push(block);
  }

  /** `block` with `lengthBytes` more at its end, moved where it has no room. */
  append(block: Block | undefined, from: Region, start: number, lengthBytes: number): Block {
    const held = block === undefined ? 0 : block.end - block.start;
    let target = block;
    if (target === undefined || target.end + lengthBytes > target.at + target.capacity) {
      target = this.take(2 * held + lengthBytes);
      if (block !== undefined) {
        block.region.bytes.copy(target.region.bytes, target.at, block.start, block.end);
        target.end += held;
        this.give(block);
      }
    }
    from.bytes.copy(target.region.bytes, target.end, start, start + lengthBytes);
    target.end += lengthBytes;
    return target;
  }

  #refill(bits: number, free: Block[]): void {
    const region = mapMemory(CHUNK_BYTES);
    for (let at = 0; at < CHUNK_BYTES; at += 1 << bits) {
      free.push({ region, at, capacity: 1 << bits, start: at, end: at });
    }
  }
}
