// The C library's heaps. Each thread gets one of its own, and keeps in it what V8's compilers once needed for a moment.

import { declare } from "./library.ts";

/** Parameters of mallopt(3), of glibc. */
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;
const M_ARENA_MAX = -8;

/** Free memory at a heap's end that is kept. Set, it no longer grows with the largest block that was ever given back. */
const KEPT_BYTES = 128 * 1024;
/** Blocks from this size on are mapped alone, and unmapped when they are given back. */
const MAPPED_BYTES = 64 * 1024;

/**
 * From here on threads take memory from the heaps that there are, and give it back: some megabytes less, for threads that ask
 * the C library for hardly anything once they run. Nothing where the library is not glibc.
 */
export function keepHeapsSmall(): void {
  try {
    const set = declare("int mallopt(int, int)");
    set(M_ARENA_MAX, 1);
    set(M_TRIM_THRESHOLD, KEPT_BYTES);
    set(M_MMAP_THRESHOLD, MAPPED_BYTES);
  } catch {
    // Another C library has no such parameters.
  }
}

/** Gives back what is free in the middle of the heaps too. Nothing where the library is not glibc. */
export function trimHeaps(): void {
  try {
    declare("int malloc_trim(size_t)")(0);
  } catch {
    // Another C library has no such function.
  }
}
