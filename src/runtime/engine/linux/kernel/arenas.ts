// The C library's heaps. Each thread gets one of its own, and keeps in it what the compilers of V8 once needed.

import { declare } from "./library.ts";

/** mallopt(3), of glibc. */
const M_ARENA_MAX = -8;

/**
 * From here on threads take memory from the heaps that there are: some megabytes less, for threads that ask the C library for
 * hardly anything once they run. Nothing where the library is not glibc.
 */
export function shareArenas(): void {
  try {
    declare("int mallopt(int, int)")(M_ARENA_MAX, 1);
  } catch {
    // Another C library has no such heaps.
  }
}
