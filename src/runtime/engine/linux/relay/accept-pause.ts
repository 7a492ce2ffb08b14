// When a listener stops accepting for a while: descriptors are running out. Some are kept back, so that whoever was accepted gets
// a backend, bulk gets pipes, and main can read files and bind at a reload.

import { closeDescriptor, duplicateAbove } from "../kernel/descriptor.ts";
import { ERRNO } from "../kernel/errno.ts";

/** How long; then it is tried again. */
export const ACCEPT_PAUSE_MS = 100;
/** Descriptors that are kept back, at most; of a small table an eighth. */
const RESERVED_MAX = 256;
const RESERVED_SHIFT = 3;

/** Errors of `accept` that are the one connection's, or the network's for a moment (accept(2)); the next one may be right. */
const PASSING: ReadonlySet<number> = new Set([
  ERRNO.EPERM,
  ERRNO.EINTR,
  ERRNO.ENONET,
  ERRNO.EPROTO,
  ERRNO.ENOPROTOOPT,
  ERRNO.EOPNOTSUPP,
  ERRNO.ENETDOWN,
  ERRNO.ENETUNREACH,
  ERRNO.ECONNABORTED,
  ERRNO.EHOSTDOWN,
  ERRNO.EHOSTUNREACH,
  ERRNO.ECANCELED,
]);

/** Whether accepting goes on after this error; after any other it pauses. */
export function isPassing(errno: number): boolean {
  return PASSING.has(errno);
}

/** The descriptor from which on those kept back begin: the kernel gives the lowest that is free. */
export function reservedFrom(capacity: number): number {
  return capacity - Math.min(RESERVED_MAX, capacity >> RESERVED_SHIFT);
}

/** Whether there is a free descriptor below `limit`. @param any descriptor that is open */
export function hasRoomBelow(limit: number, any: number): boolean {
  const free = duplicateAbove(any, 0);
  if (free < 0) return false;
  closeDescriptor(free);
  return free < limit;
}
