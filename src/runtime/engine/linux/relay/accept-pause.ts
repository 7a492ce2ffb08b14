// When a listener stops accepting for a while: descriptors are running out. Some are kept back, so that whoever was accepted gets
// a backend, bulk gets pipes, and main can read files and bind at a reload.

import { closeDescriptor, duplicateAbove } from "../kernel/descriptor.ts";
import { ERRNO } from "../kernel/errno.ts";

/** How long; then it is tried again. */
export const ACCEPT_PAUSE_MS = 100;
/** Descriptors that are kept back, at most; of a small table an eighth. */
const RESERVED_MAX = 256;
const RESERVED_SHIFT = 3;
/** From a quarter on they are scarce, and for so long after a pause. */
const SCARCE_SHIFT = 2;
const SCARCE_MS = 10_000;

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

/** How near the descriptors are to their end, by the numbers of those that are accepted: the kernel gives the lowest free one. */
export class DescriptorRoom {
  readonly #reservedFrom: number;
  #scarceUntilMs = 0;
  /**
   * Whether connections are to be accepted a few at a time: each of them wants a second descriptor at once, and a large batch
   * would take them all before any has its backend. So it is from a quarter on, and for a while after they ran out.
   */
  isScarce = false;

  constructor(capacity: number) {
    this.#reservedFrom = capacity - Math.min(RESERVED_MAX, capacity >> RESERVED_SHIFT);
  }

  /** Notes an accepted descriptor. @returns whether accepting has to pause */
  take(fd: number): boolean {
    this.isScarce = fd >= this.#reservedFrom >> SCARCE_SHIFT || this.#wasScarce();
    return fd >= this.#reservedFrom;
  }

  /** Accepting pauses, or goes on pausing. @returns until when */
  runOut(): number {
    const nowMs = performance.now();
    this.isScarce = true;
    this.#scarceUntilMs = nowMs + SCARCE_MS;
    return nowMs + ACCEPT_PAUSE_MS;
  }

  /** Whether there is one besides those kept back. @param any descriptor that is open */
  hasAny(any: number): boolean {
    const free = duplicateAbove(any, 0);
    if (free < 0) return false;
    closeDescriptor(free);
    return free < this.#reservedFrom;
  }

  /** Many may wait then, and the first of them take low numbers that have come free. */
  #wasScarce(): boolean {
    if (this.#scarceUntilMs > 0 && performance.now() >= this.#scarceUntilMs) {
      this.#scarceUntilMs = 0;
    }
    return this.#scarceUntilMs > 0;
  }
}
