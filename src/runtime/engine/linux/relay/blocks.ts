// Blocks of memory for bytes that must wait: in sizes that double, from mapped chunks, given back to be used again. What a peak
// has taken goes back to the machine after it, but for a chunk of each size.

import { mapMemory, type Region, unmap } from "../kernel/memory.ts";

const SMALLEST_BITS = 8;
/** Larger blocks are mapped and unmapped alone. */
const LARGEST_BITS = 17;
const CHUNK_BYTES = 1 << 20;
/** Chunks of a size that stay mapped while nobody uses them, so that a few blocks that come and go cost no calls. */
const IDLE_CHUNKS = 1;
/** So few bytes are copied here one by one: Node's way makes a view each time. */
const COPY_ALONE_BYTES = 256;

/** Mapped memory that is cut into blocks of one size. */
interface Chunk {
  readonly region: Region;
  readonly free: Block[];
  /** Its place in the list of those of its size that have a free block; -1: none is free. */
  place: number;
}

/** Bytes `[start, end)` of `region` are in use, of `[at, at + capacity)` that belong to it. */
export interface Block {
  readonly region: Region;
  /** Undefined for one that is mapped alone. */
  readonly chunk: Chunk | undefined;
  readonly at: number;
  readonly capacity: number;
  start: number;
  end: number;
}

export class Blocks {
  /** By size: chunks with free blocks; the last one is taken from. */
  readonly #open: Chunk[][] = Array.from({ length: LARGEST_BITS + 1 }, () => []);
  /** By size: how many of them nobody uses. */
  readonly #idle: number[] = Array.from({ length: LARGEST_BITS + 1 }, () => 0);

  /** An empty block for at least `lengthBytes`. */
  take(lengthBytes: number): Block {
    const bits = Math.max(SMALLEST_BITS, 32 - Math.clz32(Math.max(1, lengthBytes - 1)));
    if (bits > LARGEST_BITS) return single(bits);
    const open = this.#open[bits] ?? [];
    const chunk = open.at(-1) ?? this.#map(bits, open);
    if (isIdle(chunk, bits)) this.#addIdle(bits, -1);
    const block = chunk.free.pop() ?? single(bits);
    if (chunk.free.length === 0) leave(open, chunk);
    block.start = block.at;
    block.end = block.at;
    return block;
  }

  give(block: Block): void {
    const { chunk, capacity } = block;
    if (chunk === undefined) {
      unmap(block.region);
      return;
    }
    const bits = 31 - Math.clz32(capacity);
    const open = this.#open[bits] ?? [];
    chunk.free.push(block);
    if (chunk.place < 0) enter(open, chunk);
    if (!isIdle(chunk, bits)) return;
    if (this.#idle[bits] === IDLE_CHUNKS) {
      leave(open, chunk);
      unmap(chunk.region);
      return;
    }
    this.#addIdle(bits, 1);
    // Behind those that are in use: they may become idle only if they are not taken from first.
    toFront(open, chunk);
  }

  /** `block` with `lengthBytes` more at its end, moved where it has no room. */
  append(block: Block | undefined, from: Region, start: number, lengthBytes: number): Block {
    const held = block === undefined ? 0 : block.end - block.start;
    let target = block;
    if (target === undefined || target.end + lengthBytes > target.at + target.capacity) {
      target = this.take(2 * held + lengthBytes);
      if (block !== undefined) {
        copyBytes(block.region, block.start, target, held);
        target.end += held;
        this.give(block);
      }
    }
    copyBytes(from, start, target, lengthBytes);
    target.end += lengthBytes;
    return target;
  }

  #addIdle(bits: number, by: number): void {
    this.#idle[bits] = (this.#idle[bits] ?? 0) + by;
  }

  #map(bits: number, open: Chunk[]): Chunk {
    const region = mapMemory(CHUNK_BYTES);
    const chunk: Chunk = { region, free: [], place: -1 };
    const capacity = 1 << bits;
    for (let at = CHUNK_BYTES - capacity; at >= 0; at -= capacity) {
      chunk.free.push({ region, chunk, at, capacity, start: at, end: at });
    }
    enter(open, chunk);
    this.#addIdle(bits, 1);
    return chunk;
  }
}

/** Behind what `target` has. */
function copyBytes(from: Region, start: number, target: Block, lengthBytes: number): void {
  const { bytes } = target.region;
  if (lengthBytes > COPY_ALONE_BYTES) {
    from.bytes.copy(bytes, target.end, start, start + lengthBytes);
    return;
  }
  for (let at = 0; at < lengthBytes; at++) {
    bytes[target.end + at] = from.bytes[start + at] as number;
  }
}

function isIdle({ free }: Chunk, bits: number): boolean {
  return free.length === CHUNK_BYTES >> bits;
}

function single(bits: number): Block {
  const capacity = 1 << bits;
  return { region: mapMemory(capacity), chunk: undefined, at: 0, capacity, start: 0, end: 0 };
}

function enter(open: Chunk[], chunk: Chunk): void {
  chunk.place = open.length;
  open.push(chunk);
}

function leave(open: Chunk[], chunk: Chunk): void {
  swap(open, chunk.place, open.length - 1);
  open.pop();
  chunk.place = -1;
}

function toFront(open: Chunk[], chunk: Chunk): void {
  swap(open, chunk.place, 0);
}

function swap(open: Chunk[], a: number, b: number): void {
  const first = open[a];
  const second = open[b];
  if (first === undefined || second === undefined) return;
  open[a] = second;
  open[b] = first;
  first.place = b;
  second.place = a;
}
