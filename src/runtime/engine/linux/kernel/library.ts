// The door to the C library: which functions there are and how they are typed. Addresses are plain numbers (user space has
// 47 bits of them), so that no call has to unwrap an object. Nothing else in the project imports koffi.

import koffi from "koffi";

const libc = koffi.load(null);

type Call = (...numbers: number[]) => number;

/** A function of libc whose arguments and result are numbers; `declaration` in C, addresses as `size_t`. */
export function declare(declaration: string): Call {
  return libc.func(declaration) as unknown as Call;
}

/** The bytes at `address`, not copied. They must stay mapped for as long as the buffer is used. */
export function viewMemory(address: number, lengthBytes: number): ArrayBuffer {
  return koffi.view(BigInt(address), lengthBytes);
}

/**
 * The thread's `errno` itself, its one word: read right behind the call that failed, in the same function. Where another one is
 * entered JavaScript may collect garbage or take over compiled code, and the locks that takes leave an errno of their own (seen
 * with Node 24, about once in a million calls, more often in a thread's first moments: EAGAIN in the place of EINPROGRESS).
 */
export const errnoWord = new Int32Array(viewMemory(declare("size_t __errno_location()")(), 4));
