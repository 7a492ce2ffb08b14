// The io_uring driver: what the relay asks for becomes submissions, one call a turn hands them over and waits. A descriptor is
// closed only once nothing of it is in the kernel's hands, so that no completion can outlive its connection.

import { clearWakeup, closeDescriptor, setNonBlocking } from "../kernel/descriptor.ts";
import { ERRNO } from "../kernel/errno.ts";
import type { Region } from "../kernel/memory.ts";
import {
  isClosed,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  readPeerAddress,
  resetOnClose,
  SOCK_CLOEXEC,
} from "../kernel/socket.ts";
import { LEFT, tracesOfThread } from "../kernel/traces.ts";
import {
  ACCEPT_MULTISHOT,
  CANCEL_ALL_OF_FD,
  CQE_FLAG,
  OP,
  POLL_FIRST,
  RECEIVE_MULTISHOT,
  Ring,
  type RingPlace,
  SQE_FLAG,
  type Submission,
} from "../kernel/uring.ts";
import { ACCEPT_PAUSE_MS, hasRoomBelow, isPassing, reservedFrom } from "../relay/accept-pause.ts";
import type { Block, Blocks } from "../relay/blocks.ts";
import { PENDING, type Port, type PortEvents } from "../relay/port.ts";
import { type ConnectionTable, FD } from "../relay/table.ts";
import { ReceiveBuffers } from "./receive-buffers.ts";
import { TAG, TAG_BITS, TAG_MASK } from "./tags.ts";

const ENTRIES = 4096;
/** Reads of so many bytes are large: more is probably waiting. */
const LARGE_BYTES = 32 * 1024;
/** What may come of one connection while it is not asked for, before it is told to stop. */
const PARKED_BYTES = 64 * 1024;
const TAG_FACTOR = 2 ** 32;

const STATE = {
  open: 1,
  closing: 2,
  /** Its first receive waits before it looks. */
  quiet: 4,
  nonBlocking: 8,
  /** A receive is with the kernel, and goes on. */
  armed: 16,
  /** It was told to stop. */
  stopping: 32,
  wantsBytes: 64,
  wantsReadable: 128,
  /** Bytes wait in a block. */
  parked: 256,
  /** Nothing more comes: `#end` says why. */
  ended: 512,
  /** In the list of those to be served. */
  queued: 1024,
  /** Its poll for bytes or for readiness is with the kernel. */
  polling: 2048,
  /** Its receive found no buffer. */
  starved: 4096,
} as const;
const POLL_IN = 0x1;
const POLL_OUT = 0x4;
const POLL_PEER_FINISHED = 0x2000;

export class UringPort implements Port {
  readonly name = "io_uring";
  readonly socketFlags = 0;
  readonly needsStableBytes = true;
  readonly region: Region;
  readonly #events: PortEvents;
  readonly #wakeup: number;
  readonly #ring: Ring;
  /** What main finds if this thread dies. */
  readonly #left = tracesOfThread();
  readonly #buffers: ReceiveBuffers;
  readonly #table: ConnectionTable;
  readonly #blocks: Blocks;
  readonly #state: Int32Array;
  /** Operations of a descriptor that the kernel has. */
  readonly #pending: Int32Array;
  /** The buffer + 1 that a descriptor's send reads from; -1: a block. */
  readonly #sending: Int32Array;
  /** 0 or the `errno` that a descriptor's receives have ended with. */
  readonly #end: Int32Array;
  /** By descriptor: bytes that came while they were not asked for. */
  readonly #parked = new Map<number, Block>();
  /** By descriptor: the block that its send reads from. */
  readonly #sendingBlocks = new Map<number, Block>();
  /** Those that have something to be told without the kernel. */
  #ready: number[] = [];
  readonly #listeners = new Map<number, number>();
  readonly #paused = new Map<number, number>();
  /** Listeners whose accept the kernel has. */
  readonly #accepting = new Set<number>();
  readonly #reservedFrom: number;
  /** Whether more than half of the descriptors are in use. */
  #isScarce = false;
  /** Listeners whose accept is being cancelled. */
  readonly #unlistening = new Map<number, () => void>();
  readonly #idle = new Map<number, (() => void)[]>();
  /** Those whose receive found no buffer. */
  #starved: number[] = [];
  /** What is being told right now: its buffer + 1, or its block. A send may claim it. */
  #buffer = 0;
  #block: Block | undefined;
  #isClaimed = false;
  isLarge = false;
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

  /**
   * @param witness is held open by the ring; -1: none
   * @param isWhole receives take whole buffers, as on older kernels
   * @throws KernelError
   */
  constructor(
    events: PortEvents,
    table: ConnectionTable,
    blocks: Blocks,
    wakeup: number,
    witness: number,
    isWhole = false,
  ) {
    const { capacity } = table;
    this.#events = events;
    this.#wakeup = wakeup;
    this.#ring = new Ring(ENTRIES);
    this.#reservedFrom = reservedFrom(capacity);
    this.#buffers = new ReceiveBuffers(this.#ring, isWhole);
    this.#table = table;
    this.#blocks = blocks;
    this.region = this.#buffers.region;
    this.#state = new Int32Array(new SharedArrayBuffer(capacity * 4));
    this.#pending = new Int32Array(new SharedArrayBuffer(capacity * 4));
    this.#sending = new Int32Array(new SharedArrayBuffer(capacity * 4));
    this.#end = new Int32Array(new SharedArrayBuffer(capacity * 4));
    if (witness >= 0) this.#ring.registerWitness(witness);
    this.#poll(wakeup, POLL_IN, TAG.wakeup);
  }

  /** Where its ring lies, for whoever cleans up after this thread. */
  get place(): RingPlace {
    return this.#ring.place;
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
    this.#armAccept(fd);
  }

  /** What the kernel has accepted until the cancel reaches it is still told. */
  unlisten(fd: number, done: () => void): void {
    this.#paused.delete(fd);
    if (!this.#accepting.has(fd)) {
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
    this.#end[fd] = 0;
  }

  receive(fd: number): void {
    this.#raise(fd, STATE.wantsBytes);
    this.#advance(fd);
  }

  send(fd: number, address: number, lengthBytes: number): number {
    this.#claim(fd, address);
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
    this.#ring.reserve(2);
    const one = this.#begin(OP.connect, fd, TAG.connect);
    one.flags = SQE_FLAG.link | SQE_FLAG.skipSuccess;
    one.offset = peerLength;
    one.address = peer;
    this.#ring.push(one);
    this.#pushSend(fd, address, lengthBytes, TAG.connectSend);
    return PENDING;
  }

  /** What has come already is told as `received` instead. */
  awaitReadable(fd: number): void {
    this.#raise(fd, STATE.wantsReadable);
    this.#advance(fd);
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
    this.#unpark(fd);
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
    let waitMs = timeoutMs;
    if (this.#paused.size > 0) {
      this.#resumeListeners();
      waitMs = Math.min(waitMs, ACCEPT_PAUSE_MS);
    }
    this.#feedStarved();
    this.#ring.enter(this.#ready.length > 0 ? 0 : 1, waitMs);
    this.#events.waited();
    this.#ring.drain(this.#take);
    this.#serveReady();
    return this.#woken;
  }

  shut(): void {
    this.#ring.enter(0, 0);
    this.#ring.drain(this.#take);
    this.#ring.enter(0, 0);
    this.#ring.close();
    this.#buffers.unmap();
  }

  #complete(fd: number, mark: number, result: number, flags: number): void {
    const tag = mark & TAG_MASK;
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
        if (mark >>> TAG_BITS === this.#table.get(fd, FD.generation)) {
          this.#ofConnection(fd, tag, result, flags);
        } else this.#ofEarlier(result, flags);
    }
  }

  /** Of a connection that had the number before: its descriptor is closed only once nothing of it is here, so none should come. */
  #ofEarlier(result: number, flags: number): void {
    if ((flags & CQE_FLAG.buffer) === 0) return;
    const buffer = flags >>> 16;
    this.#buffers.take(buffer, Math.max(0, result), (flags & CQE_FLAG.bufferMore) !== 0);
    this.#buffers.release(buffer);
  }

  #ofConnection(fd: number, tag: number, result: number, flags: number): void {
    const isOpen = this.#has(fd, STATE.open);
    if (tag !== TAG.receive || (flags & CQE_FLAG.more) === 0) {
      this.#pending[fd] = (this.#pending[fd] as number) - 1;
    }
    switch (tag) {
      case TAG.receive:
        this.#received(fd, result, flags, isOpen);
        break;
      case TAG.send: {
        const buffer = this.#sending[fd] as number;
        this.#sending[fd] = 0;
        const block = buffer < 0 ? this.#takeSendingBlock(fd) : undefined;
        if (isOpen) this.#events.sent(fd, result);
        if (buffer > 0) this.#buffers.release(buffer - 1);
        if (block !== undefined) this.#blocks.give(block);
        break;
      }
      case TAG.receivePoll:
        this.#lower(fd, STATE.polling);
        if (isOpen) this.#advance(fd);
        break;
      case TAG.readable:
        this.#lower(fd, STATE.polling);
        if (isOpen && this.#has(fd, STATE.wantsReadable)) {
          this.#lower(fd, STATE.wantsReadable);
          this.#events.readable(fd);
        }
        break;
      default:
        if (isOpen) this.#tell(fd, tag, result);
    }
    if (this.#pending[fd] === 0) this.#rest(fd);
  }

  #tell(fd: number, tag: number, result: number): void {
    if (tag === TAG.writable) this.#events.writable(fd);
    else if (tag === TAG.connect) this.#events.connected(fd, -result, 0);
    else if (result >= 0 || result === -ERRNO.EAGAIN) {
      this.#events.connected(fd, 0, Math.max(0, result));
    } else this.#events.connected(fd, -result, 0);
  }

  #received(fd: number, result: number, flags: number, isOpen: boolean): void {
    const hasEnded = (flags & CQE_FLAG.more) === 0;
    if (hasEnded) this.#lower(fd, STATE.armed | STATE.stopping);
    if ((flags & CQE_FLAG.buffer) !== 0) {
      const buffer = flags >>> 16;
      const hasRoom = (flags & CQE_FLAG.bufferMore) !== 0;
      const start = this.#buffers.take(buffer, Math.max(0, result), hasRoom);
      if (isOpen && result > 0) this.#passOn(fd, buffer, start, result, flags);
      else this.#buffers.release(buffer);
    }
    if (!isOpen || !this.#has(fd, STATE.open)) return;
    if (result <= 0) this.#notReceived(fd, result);
    if (hasEnded && this.#has(fd, STATE.open)) this.#advance(fd);
  }

  /** Bytes in a buffer: told where they are asked for, put aside where they are not. */
  #passOn(fd: number, buffer: number, start: number, length: number, flags: number): void {
    if (!this.#has(fd, STATE.wantsBytes) || this.#has(fd, STATE.parked)) {
      this.#park(fd, start, length);
      this.#buffers.release(buffer);
      return;
    }
    this.#lower(fd, STATE.wantsBytes);
    this.isLarge = this.#buffers.isIncremental
      ? length >= LARGE_BYTES
      : length === this.#buffers.sizeBytes && (flags & CQE_FLAG.notEmpty) !== 0;
    this.#buffer = buffer + 1;
    this.#isClaimed = false;
    this.#events.received(fd, this.region, start, length);
    this.#buffer = 0;
    if (!this.#isClaimed) this.#buffers.release(buffer);
  }

  #notReceived(fd: number, result: number): void {
    switch (-result) {
      case ERRNO.ENOBUFS:
        this.#starved.push(fd);
        this.#raise(fd, STATE.starved);
        return;
      case ERRNO.EAGAIN:
        if (this.#has(fd, STATE.wantsBytes)) this.#pollFor(fd, TAG.receivePoll);
        return;
      case ERRNO.EINTR:
      case ERRNO.ECANCELED:
        return;
      default:
        this.#raise(fd, STATE.ended);
        this.#end[fd] = result === 0 && this.#isResetUnderSend(fd) ? ERRNO.ECONNRESET : -result;
        // A failure is told at once, an end when it is asked for.
        if (this.#end[fd] !== 0 && !this.#has(fd, STATE.parked))
          this.#events.failed(fd, this.#end[fd] as number);
    }
  }

  /** A reset is told once: where a send that is not processed yet has heard of it, a receive sees no more than an end. */
  #isResetUnderSend(fd: number): boolean {
    return (this.#pending[fd] as number) > 0 && isClosed(fd);
  }

  /** Does the next thing that is wanted of a descriptor. */
  #advance(fd: number): void {
    if (!this.#has(fd, STATE.wantsBytes | STATE.wantsReadable)) return;
    if (this.#has(fd, STATE.parked | STATE.ended)) this.#queue(fd);
    else if (this.#has(fd, STATE.wantsReadable)) {
      if (this.#has(fd, STATE.armed)) this.#stopReceiving(fd);
      else if (!this.#has(fd, STATE.polling)) this.#pollFor(fd, TAG.readable);
    } else if (!this.#has(fd, STATE.armed | STATE.polling | STATE.starved)) this.#arm(fd);
  }

  #arm(fd: number): void {
    this.#raise(fd, STATE.armed);
    this.#count(fd);
    const one = this.#begin(OP.receive, fd, TAG.receive);
    one.flags = SQE_FLAG.bufferSelect;
    one.priority = RECEIVE_MULTISHOT | (this.#has(fd, STATE.quiet) ? POLL_FIRST : 0);
    this.#lower(fd, STATE.quiet);
    this.#ring.push(one);
  }

  #stopReceiving(fd: number): void {
    if (this.#has(fd, STATE.stopping)) return;
    this.#raise(fd, STATE.stopping);
    const one = this.#begin(OP.cancel, fd, TAG.cancel);
    one.flags = SQE_FLAG.skipSuccess;
    one.address = this.#mark(fd, TAG.receive) * TAG_FACTOR + fd;
    this.#ring.push(one);
  }

  #pollFor(fd: number, tag: number): void {
    this.#raise(fd, STATE.polling);
    this.#count(fd);
    this.#poll(fd, POLL_IN | POLL_PEER_FINISHED, tag);
  }

  /** Bytes that nobody asked for yet leave the shared buffers, and few more may follow. */
  #park(fd: number, start: number, length: number): void {
    const block = this.#blocks.append(this.#parked.get(fd), this.region, start, length);
    this.#parked.set(fd, block);
    this.#raise(fd, STATE.parked);
    const bytes = block.end - block.start;
    this.#table.set(fd, FD.parked, bytes);
    if (bytes >= PARKED_BYTES && this.#has(fd, STATE.armed)) this.#stopReceiving(fd);
  }

  #unpark(fd: number): void {
    const block = this.#parked.get(fd);
    if (block === undefined) return;
    this.#parked.delete(fd);
    this.#table.set(fd, FD.parked, 0);
    this.#blocks.give(block);
  }

  #queue(fd: number): void {
    if (this.#has(fd, STATE.queued)) return;
    this.#raise(fd, STATE.queued);
    this.#ready.push(fd);
  }

  #serveReady(): void {
    const ready = this.#ready;
    if (ready.length === 0) return;
    this.#ready = [];
    for (const fd of ready) {
      if (!this.#has(fd, STATE.queued)) continue;
      this.#lower(fd, STATE.queued);
      if (!this.#has(fd, STATE.open)) continue;
      if (!this.#has(fd, STATE.wantsBytes | STATE.wantsReadable)) continue;
      this.#left[LEFT.inHand] = fd;
      this.#lower(fd, STATE.wantsBytes | STATE.wantsReadable);
      if (this.#has(fd, STATE.parked)) this.#passParked(fd);
      else this.#passEnd(fd);
    }
    this.#left[LEFT.inHand] = 0;
  }

  #passParked(fd: number): void {
    const block = this.#parked.get(fd);
    if (block === undefined) return;
    this.#parked.delete(fd);
    this.#lower(fd, STATE.parked);
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
    if (errno === 0) this.#events.received(fd, this.region, 0, 0);
    else this.#events.failed(fd, errno);
  }

  /** A send of what is being told right now keeps it until it has ended. */
  #claim(fd: number, address: number): void {
    const block = this.#block;
    if (block !== undefined) {
      const offset = address - block.region.address;
      if (offset < block.start || offset >= block.end) return;
      this.#sendingBlocks.set(fd, block);
      this.#sending[fd] = -1;
    } else {
      const offset = address - this.region.address;
      if (this.#buffer === 0 || offset < 0 || offset >= this.region.bytes.length) return;
      this.#sending[fd] = this.#buffer;
    }
    this.#isClaimed = true;
  }

  #takeSendingBlock(fd: number): Block | undefined {
    const block = this.#sendingBlocks.get(fd);
    this.#sendingBlocks.delete(fd);
    return block;
  }

  #accepted(fd: number, result: number, flags: number): void {
    const listener = this.#listeners.get(fd);
    if (result >= 0) {
      if (listener === undefined) closeDescriptor(result);
      else {
        readPeerAddress(result);
        this.#events.accepted(listener, result);
        this.#lookAtRoom(fd, listener, result, (flags & CQE_FLAG.more) !== 0);
      }
    }
    if (listener === undefined || (flags & CQE_FLAG.more) !== 0) return;
    this.#accepting.delete(fd);
    const done = this.#unlistening.get(fd);
    if (done !== undefined) {
      this.#unlistening.delete(fd);
      this.#listeners.delete(fd);
      done();
    } else if (result < 0 && !isPassing(-result)) this.#pause(fd, listener, -result);
    else if (!this.#paused.has(fd)) this.#armAccept(fd);
  }

  /** A multishot accept takes all that wait, however few descriptors are left: then it has to be one at a time. */
  #lookAtRoom(fd: number, listener: number, accepted: number, isMultishot: boolean): void {
    this.#isScarce = accepted >= this.#reservedFrom >> 1;
    if (accepted >= this.#reservedFrom && !this.#paused.has(fd)) {
      this.#pause(fd, listener, ERRNO.EMFILE);
    }
    if (this.#isScarce && isMultishot && !this.#unlistening.has(fd)) this.#cancel(fd);
  }

  #pause(fd: number, listener: number, errno: number): void {
    this.#paused.set(fd, performance.now() + ACCEPT_PAUSE_MS);
    this.#events.acceptFailed(listener, errno);
  }

  #armAccept(fd: number): void {
    this.#accepting.add(fd);
    const one = this.#begin(OP.accept, fd, TAG.accept);
    one.priority = this.#isScarce ? 0 : ACCEPT_MULTISHOT;
    one.opFlags = SOCK_CLOEXEC;
    this.#ring.push(one);
  }

  #resumeListeners(): void {
    const now = performance.now();
    for (const [fd, untilMs] of this.#paused) {
      if (now < untilMs) continue;
      if (this.#accepting.has(fd) || !hasRoomBelow(this.#reservedFrom, fd)) {
        this.#paused.set(fd, now + ACCEPT_PAUSE_MS);
        continue;
      }
      this.#paused.delete(fd);
      this.#armAccept(fd);
    }
  }

  #feedStarved(): void {
    if (this.#starved.length === 0 || !this.#buffers.hasFree) return;
    const starved = this.#starved;
    this.#starved = [];
    for (const fd of starved) {
      if (!this.#has(fd, STATE.starved)) continue;
      this.#lower(fd, STATE.starved);
      if (this.#has(fd, STATE.open)) this.#advance(fd);
    }
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
    one.tag = this.#mark(fd, tag);
    return one;
  }

  #mark(fd: number, tag: number): number {
    return tag | (this.#table.get(fd, FD.generation) << TAG_BITS);
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
