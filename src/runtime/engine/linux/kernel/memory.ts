// Memory outside the JavaScript heap, at addresses that stay: what the kernel reads from and writes to.

import { ERRNO, KernelError } from "./errno.ts";
import { declare, errnoWord, viewMemory } from "./library.ts";
import { forgetMapping, noteMapping } from "./traces.ts";

const mmap = declare("size_t mmap(size_t, size_t, int, int, int, int64)");
const munmap = declare("int munmap(size_t, size_t)");
const madvise = declare("int madvise(size_t, size_t, int)");

const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MADV_HUGEPAGE = 14;
/** `(void *) -1` as a number. */
const MAP_FAILED = 2 ** 64;

/** A mapped run of bytes. `words` and `bytes` are views of the same memory. */
export interface Region {
  readonly address: number;
  readonly bytes: Buffer;
  readonly words: Int32Array;
}

/** Zeroed memory; pages cost nothing until touched. @throws KernelError */
export function mapMemory(lengthBytes: number): Region {
  return map(lengthBytes, MAP_PRIVATE_ANONYMOUS, -1, 0);
}

/** The same for memory all of which is used over and over: the kernel may take one large page for it. @throws KernelError */
export function mapBusyMemory(lengthBytes: number): Region {
  const region = mapMemory(lengthBytes);
  madvise(region.address, lengthBytes, MADV_HUGEPAGE);
  return region;
}

/** Memory that a descriptor stands for, from `offset`. @throws KernelError */
export function mapDescriptor(fd: number, lengthBytes: number, offset: number): Region {
  return map(lengthBytes, MAP_SHARED_POPULATE, fd, offset);
}

/** Gives a region back; its views must not be used any more. */
export function unmap(region: Region): void {
  forgetMapping(region.address);
  munmap(region.address, region.bytes.length);
}

/** Gives back what a thread that is gone had mapped. */
export function unmapLeft(address: number, lengthBytes: number): void {
  munmap(address, lengthBytes);
}

function map(lengthBytes: number, flags: number, fd: number, offset: number): Region {
  const answer = mmap(0, lengthBytes, PROT_READ_WRITE, flags, fd, offset);
  const errno = errnoWord[0] as number;
  const address = Number(answer);
  if (address <= 0 || address >= MAP_FAILED) throw new KernelError("mmap", errno || ERRNO.EAGAIN);
  noteMapping(address, lengthBytes);
  const memory = viewMemory(address, lengthBytes);
  return { address, bytes: Buffer.from(memory), words: new Int32Array(memory) };
}
