// What a driver does for the relay and tells it: sockets as completions. io_uring gives them by nature; epoll does the call
// when a descriptor is ready. The relay knows no more of either than stands here.

import type { Region } from "../kernel/memory.ts";

/** The outcome of a `send` or `connect` comes later, by an event. */
export const PENDING = -(2 ** 31);

/** All waits are for one event; the relay asks again. A descriptor has at most one of each at a time. */
export interface Port {
  readonly name: "io_uring" | "epoll";
  /** Where received bytes usually lie. */
  readonly region: Region;
  /** Flags for sockets this driver works with: `SOCK_NONBLOCK` or 0. */
  readonly socketFlags: number;
  /** Whether what is being told as `received` was a large read: more is probably waiting. */
  readonly isLarge: boolean;
  /** Bytes handed to `connect` must stay where they are until `connected`. */
  readonly needsStableBytes: boolean;
  listen(fd: number, listener: number): void;
  /** Calls once nothing of it comes any more. */
  unlisten(fd: number, done: () => void): void;
  /** A new descriptor. `isFresh`: bytes are probably waiting already. */
  open(fd: number, isFresh: boolean): void;
  /** Asks for `received`. */
  receive(fd: number): void;
  /** @returns bytes taken, `-errno`, or `PENDING`: `sent` follows and the bytes must stay until then */
  send(fd: number, address: number, lengthBytes: number): number;
  /** Connects and sends. @returns bytes taken (connected), `-errno`, or `PENDING`: `connected` follows */
  connect(
    fd: number,
    peer: number,
    peerLength: number,
    address: number,
    lengthBytes: number,
  ): number;
  /** Asks for `readable`; bytes that the driver has already are told as `received` instead. @param isDrained the last look found nothing */
  awaitReadable(fd: number, isDrained: boolean): void;
  /** Asks for `writable`, after a send that did not take everything. */
  awaitWritable(fd: number): void;
  /** A failure of it is told from now on, also while nothing is asked of it. */
  watch(fd: number): void;
  /** Looks for a failure that the kernel may not have told: of one that has become silent. */
  check(fd: number): void;
  /** Before the first and after the last splice of a descriptor. */
  setSplicing(fd: number, isSplicing: boolean): void;
  close(fd: number, isReset: boolean): void;
  /** Calls once the kernel no longer uses memory that was handed over for `fd`. */
  whenIdle(fd: number, call: () => void): void;
  /** Waits up to `timeoutMs` and tells what happened. @returns whether the wake-up descriptor was written to */
  turn(timeoutMs: number): boolean;
  /** Gives back what the driver itself holds. */
  shut(): void;
}

export interface PortEvents {
  /** A wait is over; what happened follows. */
  waited(): void;
  accepted(listener: number, fd: number): void;
  acceptFailed(listener: number, errno: number): void;
  /** Bytes of `region`, there until the event is over or a `send` of them has ended. `length` 0: the peer has finished. */
  received(fd: number, region: Region, start: number, length: number): void;
  /** The socket has failed: nothing more comes of it. */
  failed(fd: number, errno: number): void;
  /** The kernel has no room to watch the socket: nothing would be heard of it any more. */
  unwatched(fd: number, errno: number): void;
  /** Outcome of a `send`: bytes taken or `-errno`. */
  sent(fd: number, result: number): void;
  /** Outcome of a `connect`: 0 or an `errno`, and bytes taken. */
  connected(fd: number, errno: number, sentBytes: number): void;
  readable(fd: number): void;
  /** `fd` is closed next: its number may be somebody else's from then on. */
  closing(fd: number): void;
  writable(fd: number): void;
}
