// Receives of the io_uring driver. One is armed for each connection and goes on by itself; bytes that nobody has asked for yet are
// put aside, and where those become many the receive is stopped until they are wanted.

import { ERRNO } from "../kernel/errno.ts";
import type { Region } from "../kernel/memory.ts";
import { isClosed, takeSocketError } from "../kernel/socket.ts";
import { LEFT, tracesOfThread } from "../kernel/traces.ts";
import { CQE_FLAG } from "../kernel/uring.ts";
import type { Block, Blocks } from "../relay/blocks.ts";
import type { PortEvents } from "../relay/port.ts";
import { type ConnectionTable, FD, FLAG } from "../relay/table.ts";
import type { ReceiveBuffers } from "./receive-buffers.ts";
import { type SocketStates, STATE } from "./socket-states.ts";
import { POLL_IN, POLL_PEER_FINISHED, type Submissions } from "./submissions.ts";
import { TAG } from "./tags.ts";

/** Reads of so many bytes are large: more is probably waiting. */
const LARGE_BYTES = 32 * 1024;
/** What may come of one connection while it is not asked for, before it is told to stop. */
const PARKED_BYTES = 64 * 1024;

export interface ReceivingParts {
  readonly submissions: Submissions;
  readonly states: SocketStates;
  readonly buffers: ReceiveBuffers;
  readonly blocks: Blocks;
  readonly table: ConnectionTable;
  readonly events: PortEvents;
}

export class Receiving {
  readonly #submissions: Submissions;
  readonly #states: SocketStates;
  readonly #buffers: ReceiveBuffers;
  readonly #blocks: Blocks;
  readonly #table: ConnectionTable;
  readonly #events: PortEvents;
  readonly #region: Region;
  /** What main finds if this thread dies. */
  readonly #left = tracesOfThread();
  /** 0 or the `errno` that a descriptor's receives have ended with. */
  readonly #end: Int32Array;
  /** The buffer + 1 that a descriptor's send reads from; -1: a block. */
  readonly #sending: Int32Array;
  /** By descriptor: the block that its send reads from. */
  readonly #sendingBlocks = new Map<number, Block>();
  /** By descriptor: bytes that came while they were not asked for. */
  readonly #parked = new Map<number, Block>();
  /** Those that have something to be told without the kernel. */
  #ready: number[] = [];
  /** Those whose receive found no buffer. */
  #starved: number[] = [];
  /** What is being told right now: its buffer + 1, or its block. A send may claim it. */
  #buffer = 0;
  #block: Block | undefined;
  #isClaimed = false;
  /** The block of a send that has ended, until that has been told. */
  #sentBlock: Block | undefined;
  /** Whether what is being told right now was a large read. */
  isLarge = false;

  constructor({ submissions, states, buffers, blocks, table, events }: ReceivingParts) {
    this.#submissions = submissions;
    this.#states = states;
    this.#buffers = buffers;
    this.#blocks = blocks;
    this.#table = table;
    this.#events = events;
    this.#region = buffers.region;
    this.#end = new Int32Array(new SharedArrayBuffer(table.capacity * 4));
    this.#sending = new Int32Array(new SharedArrayBuffer(table.capacity * 4));
  }

  /** Whether somebody is to be told something that the kernel need not be asked for. */
  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  begin(fd: number): void {
    this.#end[fd] = 0;
    this.#sending[fd] = 0;
  }

  /** Gives back what was put aside. */
  forget(fd: number): void {
    const block = this.#parked.get(fd);
    if (block === undefined) return;
    this.#parked.delete(fd);
    this.#table.set(fd, FD.parked, 0);
    this.#blocks.give(block);
  }

  /** Does the next thing that is wanted of a descriptor. */
  advance(fd: number): void {
    const states = this.#states;
    if (!states.has(fd, STATE.wantsBytes | STATE.wantsReadable)) return;
    if (states.has(fd, STATE.parked)) this.#queue(fd);
    else if (states.has(fd, STATE.ended)) {
      if (!states.has(fd, STATE.doubted)) this.#queue(fd);
    } else if (states.has(fd, STATE.wantsReadable)) {
      if (states.has(fd, STATE.armed)) this.#stop(fd);
      else if (!states.has(fd, STATE.polling)) this.#pollFor(fd, TAG.readable);
    } else if (!states.has(fd, STATE.armed | STATE.polling | STATE.starved)) this.#arm(fd);
  }

  /** A completion of a receive. */
  received(fd: number, result: number, flags: number, isOpen: boolean): void {
    const states = this.#states;
    const hasEnded = (flags & CQE_FLAG.more) === 0;
    if (hasEnded) states.lower(fd, STATE.armed | STATE.stopping);
    if ((flags & CQE_FLAG.buffer) !== 0) {
      states.raise(fd, STATE.unchecked);
      const buffer = flags >>> 16;
      const hasRoom = (flags & CQE_FLAG.bufferMore) !== 0;
      const start = this.#buffers.take(buffer, Math.max(0, result), hasRoom);
      if (isOpen && result > 0) this.#passOn(fd, buffer, start, result, flags);
      else this.#buffers.release(buffer);
    }
    if (!isOpen || !states.has(fd, STATE.open)) return;
    if (result <= 0) this.#notReceived(fd, result);
    if (hasEnded && states.has(fd, STATE.open)) this.advance(fd);
  }

  /**
   * A receive that goes on, and whose socket was empty after the last bytes, misses a reset that came together with them
   * (seen on 6.18: the kernel takes one look for both events; only of an end does TCP tell that there is more to look at).
   * One that has finished is received from no more: that its peer resets it later shows here alone.
   */
  check(fd: number): void {
    const states = this.#states;
    if (!states.has(fd, STATE.open)) return;
    if (states.has(fd, STATE.ended)) {
      if (this.#end[fd] !== 0) return;
    } else {
      if (!states.has(fd, STATE.unchecked)) return;
      states.lower(fd, STATE.unchecked);
      if (!states.has(fd, STATE.armed)) return;
    }
    const errno = takeSocketError(fd);
    if (errno !== 0) this.#ends(fd, errno);
  }

  /** A completion of a connection that had the number before: its buffer goes back. */
  ofEarlier(result: number, flags: number): void {
    if ((flags & CQE_FLAG.buffer) === 0) return;
    const buffer = flags >>> 16;
    this.#buffers.take(buffer, Math.max(0, result), (flags & CQE_FLAG.bufferMore) !== 0);
    this.#buffers.release(buffer);
  }

  /** A send of what is being told right now keeps it until `released`. */
  claim(fd: number, address: number): void {
    const block = this.#block;
    if (block !== undefined) {
      const offset = address - block.region.address;
      if (offset < block.start || offset >= block.end) return;
      this.#sendingBlocks.set(fd, block);
      this.#sending[fd] = -1;
    } else {
      const offset = address - this.#region.address;
      if (this.#buffer === 0 || offset < 0 || offset >= this.#region.bytes.length) return;
      this.#sending[fd] = this.#buffer;
    }
    this.#isClaimed = true;
  }

  /** A descriptor's send has ended. @returns what to give to `release` once it has been told */
  claimed(fd: number): number {
    const claim = this.#sending[fd] as number;
    this.#sending[fd] = 0;
    if (claim >= 0) return claim;
    this.#sentBlock = this.#sendingBlocks.get(fd);
    this.#sendingBlocks.delete(fd);
    return claim;
  }

  /** @param claim of `claimed` */
  release(claim: number): void {
    if (claim > 0) this.#buffers.release(claim - 1);
    else if (claim < 0 && this.#sentBlock !== undefined) this.#blocks.give(this.#sentBlock);
    this.#sentBlock = undefined;
  }

  /** Those that found no buffer try again. */
  feedStarved(): void {
    if (this.#starved.length === 0 || !this.#buffers.hasFree) return;
    const starved = this.#starved;
    this.#starved = [];
    for (const fd of starved) {
      if (!this.#states.has(fd, STATE.starved)) continue;
      this.#states.lower(fd, STATE.starved);
      if (this.#states.has(fd, STATE.open)) this.advance(fd);
    }
  }

  /** Tells what was put aside and is wanted now. */
  serveReady(): void {
    const ready = this.#ready;
    if (ready.length === 0) return;
    const states = this.#states;
    this.#ready = [];
    for (const fd of ready) {
      if (!states.has(fd, STATE.queued)) continue;
      states.lower(fd, STATE.queued);
      if (!states.has(fd, STATE.open)) continue;
      if (!states.has(fd, STATE.wantsBytes | STATE.wantsReadable)) continue;
      this.#left[LEFT.inHand] = fd;
      states.lower(fd, STATE.wantsBytes | STATE.wantsReadable);
      if (states.has(fd, STATE.parked)) this.#passParked(fd);
      else this.#passEnd(fd);
    }
    this.#left[LEFT.inHand] = 0;
  }

  /** Bytes in a buffer: told where they are asked for, put aside where they are not. */
  #passOn(fd: number, buffer: number, start: number, length: number, flags: number): void {
    const states = this.#states;
    const buffers = this.#buffers;
    if (!states.has(fd, STATE.wantsBytes) || states.has(fd, STATE.parked)) {
      this.#park(fd, start, length);
      buffers.release(buffer);
      return;
    }
    states.lower(fd, STATE.wantsBytes);
    const hasFilled = (flags & CQE_FLAG.bufferMore) === 0 && (flags & CQE_FLAG.notEmpty) !== 0;
    this.isLarge = length >= LARGE_BYTES || hasFilled;
    this.#buffer = buffer + 1;
    this.#isClaimed = false;
    this.#events.received(fd, this.#region, start, length);
    this.#buffer = 0;
    if (!this.#isClaimed) buffers.release(buffer);
  }

  #notReceived(fd: number, result: number): void {
    const states = this.#states;
    switch (-result) {
      case ERRNO.ENOBUFS:
        this.#starved.push(fd);
        states.raise(fd, STATE.starved);
        return;
      case ERRNO.EAGAIN:
        if (states.has(fd, STATE.wantsBytes)) this.#pollFor(fd, TAG.receivePoll);
        return;
      case ERRNO.EINTR:
      case ERRNO.ECANCELED:
        return;
      default:
        this.#ends(fd, -result);
    }
  }

  /** A failure is told at once, an end when it is asked for. */
  #ends(fd: number, errno: number): void {
    const states = this.#states;
    states.raise(fd, STATE.ended);
    // A failure that is known and not told yet stays: behind it there is an end to be seen, and nothing more.
    if (this.#end[fd] !== 0) return;
    if (errno === 0) {
      if (this.#mayBeReset(fd)) states.raise(fd, STATE.doubted);
      return;
    }
    // Whoever had finished before it failed has an end behind all that it sent.
    const hadFinished = errno === ERRNO.EPIPE;
    if (!hadFinished) this.#end[fd] = errno;
    if (hadFinished || !states.has(fd, STATE.parked)) this.#events.failed(fd, errno);
  }

  /**
   * A failure is told once: where a send has heard of it that is not processed yet, a receive sees no more than an end. It shows by
   * a socket that is closed without our having finished it. The send will tell whether its peer had finished before.
   */
  #mayBeReset(fd: number): boolean {
    if (this.#states.pending(fd) === 0) return false;
    const peer = this.#table.get(fd, FD.peer);
    const isFinished = peer >= 0 && this.#table.has(peer, FLAG.done);
    return !isFinished && isClosed(fd);
  }

  /** Nothing of it is in the kernel's hands any more: what it had to tell of its end has been told. */
  settle(fd: number): void {
    if (!this.#states.has(fd, STATE.doubted)) return;
    this.#states.lower(fd, STATE.doubted);
    if (this.#states.has(fd, STATE.open)) this.advance(fd);
  }

  #arm(fd: number): void {
    this.#submissions.receive(fd, this.#states.has(fd, STATE.quiet));
    this.#states.lower(fd, STATE.quiet);
    this.#states.raise(fd, STATE.armed);
    this.#states.addPending(fd, 1);
  }

  #stop(fd: number): void {
    if (this.#states.has(fd, STATE.stopping)) return;
    this.#states.raise(fd, STATE.stopping);
    this.#submissions.cancel(fd, TAG.receive);
  }

  #pollFor(fd: number, tag: number): void {
    this.#states.raise(fd, STATE.polling);
    this.#states.addPending(fd, 1);
    this.#submissions.poll(fd, POLL_IN | POLL_PEER_FINISHED, tag);
  }

  /** Bytes that nobody asked for yet leave the shared buffers, and few more may follow. */
  #park(fd: number, start: number, length: number): void {
    const block = this.#blocks.append(this.#parked.get(fd), this.#region, start, length);
    this.#parked.set(fd, block);
    this.#states.raise(fd, STATE.parked);
    const bytes = block.end - block.start;
    this.#table.set(fd, FD.parked, bytes);
    if (bytes >= PARKED_BYTES && this.#states.has(fd, STATE.armed)) this.#stop(fd);
  }

  #queue(fd: number): void {
    if (this.#states.has(fd, STATE.queued)) return;
    this.#states.raise(fd, STATE.queued);
    this.#ready.push(fd);
  }

  #passParked(fd: number): void {
    const block = this.#parked.get(fd);
    if (block === undefined) return;
    this.#parked.delete(fd);
    this.#states.lower(fd, STATE.parked);
    this.#table.set(fd, FD.parked, 0);
    const { region, start, end } = block;
    this.isLarge = end - start >= LARGE_BYTES;
    this.#block = block;
    this.#isClaimed = false;
    this.#events.received(fd, region, start, end - start);
    this.#block = undefined;
    if (!this.#isClaimed) this.#blocks.give(block);
  }

  #passEnd(fd: number): void {
    const errno = this.#end[fd] as number;
    if (errno === 0) this.#events.received(fd, this.#region, 0, 0);
    else this.#events.failed(fd, errno);
  }
}
