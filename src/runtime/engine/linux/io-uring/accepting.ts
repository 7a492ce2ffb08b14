// Listening sockets of the io_uring driver: an accept that goes on, paused where descriptors run out.

import { closeDescriptor } from "../kernel/descriptor.ts";
import { ERRNO } from "../kernel/errno.ts";
import { readPeerAddress } from "../kernel/socket.ts";
import { CQE_FLAG } from "../kernel/uring.ts";
import { DescriptorRoom, isPassing } from "../relay/accept-pause.ts";
import type { PortEvents } from "../relay/port.ts";
import type { Submissions } from "./submissions.ts";

export class Accepting {
  readonly #submissions: Submissions;
  readonly #events: PortEvents;
  readonly #room: DescriptorRoom;
  readonly #listeners = new Map<number, number>();
  readonly #paused = new Map<number, number>();
  /** Listeners whose accept the kernel has. */
  readonly #armed = new Set<number>();
  /** Listeners whose accept is being cancelled. */
  readonly #unlistening = new Map<number, () => void>();

  /** @param capacity descriptors are below it */
  constructor(submissions: Submissions, events: PortEvents, capacity: number) {
    this.#submissions = submissions;
    this.#events = events;
    this.#room = new DescriptorRoom(capacity);
  }

  /** Whether a listener waits until its pause is over. */
  get hasPaused(): boolean {
    return this.#paused.size > 0;
  }

  listen(fd: number, listener: number): void {
    const done = this.#unlistening.get(fd);
    if (done !== undefined) {
      // Its cancel is under way and would take a new accept with it.
      this.#unlistening.set(fd, () => {
        done();
        this.listen(fd, listener);
      });
      return;
    }
    this.#listeners.set(fd, listener);
    this.#arm(fd);
  }

  /** What the kernel has accepted until the cancel reaches it is still told. */
  unlisten(fd: number, done: () => void): void {
    this.#paused.delete(fd);
    if (!this.#armed.has(fd)) {
      this.#listeners.delete(fd);
      done();
      return;
    }
    this.#unlistening.set(fd, done);
    this.#submissions.cancelAll(fd);
  }

  /** A completion of an accept. */
  accepted(fd: number, result: number, flags: number): void {
    const listener = this.#listeners.get(fd);
    const hasMore = (flags & CQE_FLAG.more) !== 0;
    if (result >= 0) {
      if (listener === undefined) closeDescriptor(result);
      else {
        readPeerAddress(result);
        this.#events.accepted(listener, result);
        this.#lookAtRoom(fd, listener, result, hasMore);
      }
    }
    if (listener === undefined || hasMore) return;
    this.#armed.delete(fd);
    const done = this.#unlistening.get(fd);
    if (done !== undefined) {
      this.#unlistening.delete(fd);
      this.#listeners.delete(fd);
      done();
    } else if (result < 0 && !isPassing(-result)) this.#pause(fd, listener, -result);
    else if (!this.#paused.has(fd)) this.#arm(fd);
  }

  /** Goes on with those whose pause is over. */
  resume(): void {
    const now = performance.now();
    for (const [fd, untilMs] of this.#paused) {
      if (now < untilMs) continue;
      if (this.#armed.has(fd) || !this.#room.hasAny(fd)) {
        this.#paused.set(fd, this.#room.runOut());
        continue;
      }
      this.#paused.delete(fd);
      this.#arm(fd);
    }
  }

  /** A multishot accept takes all that wait, however few descriptors are left: then it has to be one at a time. */
  #lookAtRoom(fd: number, listener: number, accepted: number, isMultishot: boolean): void {
    if (this.#room.take(accepted) && !this.#paused.has(fd)) {
      this.#pause(fd, listener, ERRNO.EMFILE);
    }
    if (this.#room.isScarce && isMultishot && !this.#unlistening.has(fd)) {
      this.#submissions.cancelAll(fd);
    }
  }

  #pause(fd: number, listener: number, errno: number): void {
    this.#paused.set(fd, this.#room.runOut());
    this.#events.acceptFailed(listener, errno);
  }

  #arm(fd: number): void {
    this.#armed.add(fd);
    this.#submissions.accept(fd, !this.#room.isScarce);
  }
}
