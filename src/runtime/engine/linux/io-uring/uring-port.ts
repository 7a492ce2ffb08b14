// The io_uring driver: what the relay asks for becomes submissions, one call a turn hands them over and waits. A descriptor is
// closed only once nothing of it is in the kernel's hands, so that no completion can outlive its connection.

import { clearWakeup, closeDescriptor, setNonBlocking } from "../kernel/descriptor.ts";
import { ERRNO } from "../kernel/errno.ts";
import type { Region } from "../kernel/memory.ts";
import {
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  readPeerAddress,
  resetOnClose,
  SOCK_CLOEXEC,
} from "../kernel/socket.ts";
import {
  ACCEPT_MULTISHOT,
  BufferRing,
  CANCEL_ALL_OF_FD,
  CQE_FLAG,
  OP,
  POLL_FIRST,
  Ring,
  type RingPlace,
  SQE_FLAG,
  type Submission,
} from "../kernel/uring.ts";
import { PENDING, type Port, type PortEvents } from "../relay/port.ts";
import { TAG } from "./tags.ts";

const ENTRIES = 4096;
const BUFFERS = 2048;
const BUFFER_BYTES = 4096;
/** Pause after the machine had no descriptor for a connection. */
const ACCEPT_PAUSE_MS = 100;

const STATE = { open: 1, closing: 2, quiet: 4, nonBlocking: 8 } as const;
const POLL_IN = 0x1;
const POLL_OUT = 0x4;
const POLL_PEER_FINISHED = 0x2000;

export class UringPort implements Port {
  readonly name = "io_uring";
  readonly socketFlags = 0;
  readonly largeBytes = BUFFER_BYTES;
  readonly needsStableBytes = true;
  readonly region: Region;
  readonly #events: PortEvents;
  readonly #wakeup: number;
  readonly #ring: Ring;
  readonly #buffers: BufferRing;
  readonly #state: Int32Array;
  /** Operations of a descriptor that the kernel has. */
  readonly #pending: Int32Array;
  /** The buffer + 1 that a descriptor's send reads from. */
  readonly #sending: Int32Array;
  readonly #listeners = new Map<number, number>();
  readonly #paused = new Map<number, number>();
  /** Listeners whose accept is being cancelled. */
  readonly #unlistening = new Map<number, () => void>();
  readonly #idle = new Map<number, (() => void)[]>();
  /** Those whose receive found no buffer. */
  #starved: number[] = [];
  #free = BUFFERS;
  #isClaimed = false;
  #woken = false;
  readonly #one: Submission = {
    op: 0,
    flags: 0,
    priority: 0,
    fd: 0,
    offset: 0,
    address: 0,
    length: 0,
    opFlags: 0,
    tag: 0,
  };
  readonly #take = (fd: number, tag: number, result: number, flags: number) =>
    this.#complete(fd, tag, result, flags);

  /** @param capacity descriptors are below it @param witness is held open by the ring; -1: none @throws KernelError */
  constructor(events: PortEvents, capacity: number, wakeup: number, witness: number) {
    this.#events = events;
    this.#wakeup = wakeup;
    this.#ring = new Ring(ENTRIES);
    this.#buffers = new BufferRing(BUFFERS, BUFFER_BYTES);
    this.region = this.#buffers.region;
    this.#state = new Int32Array(new SharedArrayBuffer(capacity * 4));
    this.#pending = new Int32Array(new SharedArrayBuffer(capacity * 4));
    this.#sending = new Int32Array(new SharedArrayBuffer(capacity * 4));
    this.#ring.registerBuffers(this.#buffers);
    if (witness >= 0) this.#ring.registerWitness(witness);
    this.#poll(wakeup, POLL_IN, TAG.wakeup);
  }

  /** Where its ring lies, for whoever cleans up after this thread. */
  get place(): RingPlace {
    return this.#ring.place;
  }

  listen(fd: number, listener: number): void {
    this.#listeners.set(fd, listener);
    this.#armAccept(fd);
  }

  /** What the kernel has accepted until the cancel reaches it is still told. */
  unlisten(fd: number, done: () => void): void {
    if (!this.#listeners.has(fd) || this.#paused.delete(fd)) {
      this.#listeners.delete(fd);
      done();
      return;
    }
    this.#unlistening.set(fd, done);
    this.#cancel(fd);
  }

  open(fd: number, isFresh: boolean): void {
    this.#state[fd] = STATE.open | (isFresh ? 0 : STATE.quiet);
    this.#pending[fd] = 0;
    this.#sending[fd] = 0;
  }

  receive(fd: number): void {
    const isQuiet = this.#has(fd, STATE.quiet);
    this.#count(fd);
    const one = this.#begin(OP.receive, fd, TAG.receive);
    one.flags = SQE_FLAG.bufferSelect;
    one.priority = isQuiet ? POLL_FIRST : 0;
    this.#ring.push(one);
  }

  send(fd: number, address: number, lengthBytes: number): number {
    const offset = address - this.region.address;
    if (offset >= 0 && offset < this.region.bytes.length) {
      this.#sending[fd] = Math.floor(offset / BUFFER_BYTES) + 1;
      this.#isClaimed = true;
    }
    this.#count(fd);
    this.#pushSend(fd, address, lengthBytes, TAG.send);
    return PENDING;
  }

  connect(
    fd: number,
    peer: number,
    peerLength: number,
    address: number,
    lengthBytes: number,
  ): number {
    // Of the pair exactly one completion comes: the connect's where it fails, else the send's.
    this.#count(fd);
    const one = this.#begin(OP.connect, fd, TAG.connect);
    one.flags = SQE_FLAG.link | SQE_FLAG.skipSuccess;
    one.offset = peerLength;
    one.address = peer;
    this.#ring.push(one);
    this.#pushSend(fd, address, lengthBytes, TAG.connectSend);
    return PENDING;
  }

  awaitReadable(fd: number): void {
    this.#count(fd);
    this.#poll(fd, POLL_IN | POLL_PEER_FINISHED, TAG.readable);
  }

  awaitWritable(fd: number): void {
    this.#count(fd);
    this.#poll(fd, POLL_OUT, TAG.writable);
  }

  /** splice is a plain call: it must not wait. What the ring does must, and does so by polling first. */
  setSplicing(fd: number, isSplicing: boolean): void {
    if (!this.#has(fd, STATE.open) || this.#has(fd, STATE.nonBlocking) === isSplicing) return;
    if (isSplicing) this.#raise(fd, STATE.nonBlocking);
    else this.#lower(fd, STATE.nonBlocking);
    setNonBlocking(fd, isSplicing);
  }

  close(fd: number, isReset: boolean): void {
    if (isReset) resetOnClose(fd);
    this.#state[fd] = STATE.closing;
    if (this.#pending[fd] === 0) this.#pushClose(fd);
    else this.#cancel(fd);
  }

  whenIdle(fd: number, call: () => void): void {
    if (this.#pending[fd] === 0) {
      call();
      return;
    }
    const calls = this.#idle.get(fd);
    if (calls === undefined) this.#idle.set(fd, [call]);
    else calls.push(call);
  }

  turn(timeoutMs: number): boolean {
    this.#woken = false;
    this.#resumeListeners();
    this.#feedStarved();
    this.#ring.enter(1, timeoutMs);
    this.#events.waited();
    this.#ring.drain(this.#take);
    return this.#woken;
  }

  shut(): void {
    this.#ring.enter(0, 0);
    this.#ring.drain(this.#take);
    this.#ring.enter(0, 0);
    this.#ring.close();
    this.#buffers.unmap();
  }

  #complete(fd: number, tag: number, result: number, flags: number): void {
    switch (tag) {
      case TAG.accept:
        this.#accepted(fd, result, flags);
        return;
      case TAG.wakeup:
        clearWakeup(this.#wakeup);
        this.#woken = true;
        this.#poll(this.#wakeup, POLL_IN, TAG.wakeup);
        return;
      case TAG.cancel:
      case TAG.close:
        return;
      default:
        this.#ofConnection(fd, tag, result, flags);
    }
  }

  #ofConnection(fd: number, tag: number, result: number, flags: number): void {
    this.#pending[fd] = (this.#pending[fd] as number) - 1;
    const isOpen = this.#has(fd, STATE.open);
    switch (tag) {
      case TAG.receive:
        this.#received(fd, result, flags, isOpen);
        break;
      case TAG.send: {
        const buffer = this.#sending[fd] as number;
        this.#sending[fd] = 0;
        if (isOpen) this.#events.sent(fd, result);
        if (buffer > 0) this.#give(buffer - 1);
        break;
      }
      case TAG.receivePoll:
        if (isOpen) this.receive(fd);
        break;
      default:
        if (isOpen) this.#tell(fd, tag, result);
    }
    if (this.#pending[fd] === 0) this.#rest(fd);
  }

  #tell(fd: number, tag: number, result: number): void {
    if (tag === TAG.readable) this.#events.readable(fd);
    else if (tag === TAG.writable) this.#events.writable(fd);
    else if (tag === TAG.connect) this.#events.connected(fd, -result, 0);
    else if (result >= 0 || result === -ERRNO.EAGAIN) {
      this.#events.connected(fd, 0, Math.max(0, result));
    } else this.#events.connected(fd, -result, 0);
  }

  #received(fd: number, result: number, flags: number, isOpen: boolean): void {
    const buffer = (flags & CQE_FLAG.buffer) === 0 ? -1 : flags >>> 16;
    if (buffer >= 0) this.#free -= 1;
    this.#isClaimed = false;
    if (isOpen) {
      if ((flags & CQE_FLAG.notEmpty) !== 0) this.#lower(fd, STATE.quiet);
      else this.#raise(fd, STATE.quiet);
      if (result >= 0) this.#events.received(fd, Math.max(0, buffer) * BUFFER_BYTES, result);
      else this.#notReceived(fd, result);
    }
    if (buffer >= 0 && !this.#isClaimed) this.#give(buffer);
  }

  #notReceived(fd: number, result: number): void {
    switch (-result) {
      case ERRNO.ENOBUFS:
        this.#starved.push(fd);
        return;
      case ERRNO.EAGAIN:
        this.#count(fd);
        this.#poll(fd, POLL_IN | POLL_PEER_FINISHED, TAG.receivePoll);
        return;
      case ERRNO.EINTR:
        this.receive(fd);
        return;
      case ERRNO.ECANCELED:
        return;
      default:
        this.#events.failed(fd, -result);
    }
  }

  #accepted(fd: number, result: number, flags: number): void {
    const listener = this.#listeners.get(fd);
    if (result >= 0) {
      if (listener === undefined) closeDescriptor(result);
      else {
        readPeerAddress(result);
        this.#events.accepted(listener, result);
      }
    }
    if (listener === undefined || (flags & CQE_FLAG.more) !== 0) return;
    const done = this.#unlistening.get(fd);
    if (done !== undefined) {
      this.#unlistening.delete(fd);
      this.#listeners.delete(fd);
      done();
    } else if (result === -ERRNO.EMFILE || result === -ERRNO.ENFILE || result === -ERRNO.ENOBUFS) {
      this.#paused.set(fd, performance.now() + ACCEPT_PAUSE_MS);
      this.#events.acceptFailed(listener, -result);
    } else this.#armAccept(fd);
  }

  #armAccept(fd: number): void {
    const one = this.#begin(OP.accept, fd, TAG.accept);
    one.priority = ACCEPT_MULTISHOT;
    one.opFlags = SOCK_CLOEXEC;
    this.#ring.push(one);
  }

  #resumeListeners(): void {
    if (this.#paused.size === 0) return;
    const now = performance.now();
    for (const [fd, untilMs] of this.#paused) {
      if (now < untilMs) continue;
      this.#paused.delete(fd);
      this.#armAccept(fd);
    }
  }

  #feedStarved(): void {
    if (this.#starved.length === 0 || this.#free === 0) return;
    const starved = this.#starved;
    this.#starved = [];
    for (const fd of starved) if (this.#has(fd, STATE.open)) this.receive(fd);
  }

  /** Nothing of a descriptor is in the kernel's hands any more. */
  #rest(fd: number): void {
    const calls = this.#idle.get(fd);
    if (calls !== undefined) {
      this.#idle.delete(fd);
      for (const call of calls) call();
    }
    if (this.#has(fd, STATE.closing)) this.#pushClose(fd);
  }

  #give(buffer: number): void {
    this.#free += 1;
    this.#buffers.give(buffer);
  }

  #pushSend(fd: number, address: number, lengthBytes: number, tag: number): void {
    const one = this.#begin(OP.send, fd, tag);
    one.address = address;
    one.length = lengthBytes;
    one.opFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
    this.#ring.push(one);
  }

  #pushClose(fd: number): void {
    this.#state[fd] = 0;
    const one = this.#begin(OP.close, fd, TAG.close);
    one.flags = SQE_FLAG.skipSuccess;
    this.#ring.push(one);
    this.#ring.publish();
    // No sooner: until the ring has the close, the row tells of it.
    this.#events.closing(fd);
  }

  #cancel(fd: number): void {
    const one = this.#begin(OP.cancel, fd, TAG.cancel);
    one.flags = SQE_FLAG.skipSuccess;
    one.opFlags = CANCEL_ALL_OF_FD;
    this.#ring.push(one);
  }

  #poll(fd: number, events: number, tag: number): void {
    const one = this.#begin(OP.pollAdd, fd, tag);
    one.opFlags = events;
    this.#ring.push(one);
  }

  #begin(op: number, fd: number, tag: number): Submission {
    const one = this.#one;
    one.op = op;
    one.flags = 0;
    one.priority = 0;
    one.fd = fd;
    one.offset = 0;
    one.address = 0;
    one.length = 0;
    one.opFlags = 0;
    one.tag = tag;
    return one;
  }

  #count(fd: number): void {
    this.#pending[fd] = (this.#pending[fd] as number) + 1;
  }

  #has(fd: number, state: number): boolean {
    return ((this.#state[fd] as number) & state) !== 0;
  }

  #raise(fd: number, state: number): void {
    this.#state[fd] = (this.#state[fd] as number) | state;
  }

  #lower(fd: number, state: number): void {
    this.#state[fd] = (this.#state[fd] as number) & ~state;
  }
}
