// The io_uring driver: what the relay asks for becomes submissions, one call a turn hands them over and waits. A descriptor is
// closed only once nothing of it is in the kernel's hands, so that no completion can outlive its connection.

import { clearWakeup, setNonBlocking } from "../kernel/descriptor.ts";
import { ERRNO } from "../kernel/errno.ts";
import type { Region } from "../kernel/memory.ts";
import { resetOnClose, sendBytes } from "../kernel/socket.ts";
import { CQE_FLAG, Ring, type RingPlace } from "../kernel/uring.ts";
import { ACCEPT_PAUSE_MS } from "../relay/accept-pause.ts";
import type { Blocks } from "../relay/blocks.ts";
import { PENDING, type Port, type PortEvents } from "../relay/port.ts";
import { type ConnectionTable, FD } from "../relay/table.ts";
import { Accepting } from "./accepting.ts";
import { type BufferWish, ReceiveBuffers } from "./receive-buffers.ts";
import { Receiving } from "./receiving.ts";
import { SocketStates, STATE } from "./socket-states.ts";
import { POLL_IN, POLL_OUT, Submissions } from "./submissions.ts";
import { TAG, TAG_BITS, TAG_MASK } from "./tags.ts";

const ENTRIES = 4096;
/**
 * Completions that are few. Sends of more are handed over together, by one call; the wait behind that call ends at once, by the
 * sends' own completions, and so costs one more.
 */
const FEW = 3;

/** What is asked of the driver besides what the kernel can do; tests do. */
export interface RingWish extends BufferWish {
  /** Completions that count as few; 0: every send goes through the ring. */
  readonly few?: number;
}

export class UringPort implements Port {
  readonly name = "io_uring";
  readonly socketFlags = 0;
  readonly needsStableBytes = true;
  readonly region: Region;
  readonly #events: PortEvents;
  readonly #wakeup: number;
  readonly #ring: Ring;
  readonly #table: ConnectionTable;
  readonly #submissions: Submissions;
  readonly #states: SocketStates;
  readonly #buffers: ReceiveBuffers;
  readonly #receiving: Receiving;
  readonly #accepting: Accepting;
  readonly #idle = new Map<number, (() => void)[]>();
  readonly #few: number;
  #woken = false;
  /** Few have anything to say in this turn: sends are plain calls. */
  #isCalm = false;
  readonly #take = (fd: number, tag: number, result: number, flags: number) =>
    this.#complete(fd, tag, result, flags);

  /**
   * @param witness is held open by the ring; -1: none
   * @throws KernelError
   */
  constructor(
    events: PortEvents,
    table: ConnectionTable,
    blocks: Blocks,
    wakeup: number,
    witness: number,
    wish: RingWish = {},
  ) {
    this.#events = events;
    this.#wakeup = wakeup;
    this.#few = wish.few ?? FEW;
    this.#ring = new Ring(ENTRIES);
    this.#table = table;
    this.#submissions = new Submissions(this.#ring, table);
    this.#states = new SocketStates(table.capacity);
    this.#buffers = new ReceiveBuffers(this.#ring, wish);
    this.region = this.#buffers.region;
    this.#receiving = new Receiving({
      submissions: this.#submissions,
      states: this.#states,
      buffers: this.#buffers,
      blocks,
      table,
      events,
    });
    this.#accepting = new Accepting(this.#submissions, events, table.capacity);
    if (witness >= 0) this.#ring.registerWitness(witness);
    this.#submissions.poll(wakeup, POLL_IN, TAG.wakeup);
  }

  /** Where its ring lies, for whoever cleans up after this thread. */
  get place(): RingPlace {
    return this.#ring.place;
  }

  get isLarge(): boolean {
    return this.#receiving.isLarge;
  }

  listen(fd: number, listener: number): void {
    this.#accepting.listen(fd, listener);
  }

  unlisten(fd: number, done: () => void): void {
    this.#accepting.unlisten(fd, done);
  }

  open(fd: number, isFresh: boolean): void {
    this.#states.begin(fd, STATE.open | (isFresh ? 0 : STATE.quiet));
    this.#receiving.begin(fd);
  }

  receive(fd: number): void {
    this.#states.raise(fd, STATE.wantsBytes);
    this.#receiving.advance(fd);
  }

  send(fd: number, address: number, lengthBytes: number): number {
    if (this.#isCalm) return sendBytes(fd, address, lengthBytes);
    this.#receiving.claim(fd, address);
    this.#states.addPending(fd, 1);
    this.#submissions.send(fd, address, lengthBytes, TAG.send);
    return PENDING;
  }

  connect(
    fd: number,
    peer: number,
    peerLength: number,
    address: number,
    lengthBytes: number,
  ): number {
    this.#states.addPending(fd, 1);
    this.#submissions.connectAndSend(fd, peer, peerLength, address, lengthBytes);
    return PENDING;
  }

  /** What has come already is told as `received` instead. */
  awaitReadable(fd: number): void {
    this.#states.raise(fd, STATE.wantsReadable);
    this.#receiving.advance(fd);
  }

  awaitWritable(fd: number): void {
    this.#states.addPending(fd, 1);
    this.#submissions.poll(fd, POLL_OUT, TAG.writable);
  }

  /** Its receive goes on. */
  watch(): void {}

  check(fd: number): void {
    this.#receiving.check(fd);
  }

  /** splice is a plain call: it must not wait. What the ring does must, and does so by polling first. */
  setSplicing(fd: number, isSplicing: boolean): void {
    const states = this.#states;
    if (!states.has(fd, STATE.open) || states.has(fd, STATE.nonBlocking) === isSplicing) return;
    if (isSplicing) states.raise(fd, STATE.nonBlocking);
    else states.lower(fd, STATE.nonBlocking);
    setNonBlocking(fd, isSplicing);
  }

  close(fd: number, isReset: boolean): void {
    if (isReset) resetOnClose(fd);
    this.#receiving.forget(fd);
    this.#states.set(fd, STATE.closing);
    if (this.#states.pending(fd) === 0) this.#pushClose(fd);
    else this.#submissions.cancelAll(fd);
  }

  whenIdle(fd: number, call: () => void): void {
    if (this.#states.pending(fd) === 0) {
      call();
      return;
    }
    const calls = this.#idle.get(fd);
    if (calls === undefined) this.#idle.set(fd, [call]);
    else calls.push(call);
  }

  turn(timeoutMs: number): boolean {
    const receiving = this.#receiving;
    this.#woken = false;
    let waitMs = timeoutMs;
    if (this.#accepting.hasPaused) {
      this.#accepting.resume();
      waitMs = Math.min(waitMs, ACCEPT_PAUSE_MS);
    }
    receiving.feedStarved();
    this.#ring.enter(receiving.hasReady ? 0 : 1, waitMs);
    this.#events.waited();
    this.#isCalm = this.#ring.waiting <= this.#few;
    this.#ring.drain(this.#take);
    receiving.serveReady();
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
        this.#accepting.accepted(fd, result, flags);
        return;
      case TAG.wakeup:
        clearWakeup(this.#wakeup);
        this.#woken = true;
        this.#submissions.poll(this.#wakeup, POLL_IN, TAG.wakeup);
        return;
      case TAG.cancel:
      case TAG.close:
        return;
      default:
        // A descriptor is closed only once nothing of it is here, so none of an earlier connection should come.
        if (mark >>> TAG_BITS === this.#table.get(fd, FD.generation)) {
          this.#ofConnection(fd, tag, result, flags);
        } else this.#receiving.ofEarlier(result, flags);
    }
  }

  #ofConnection(fd: number, tag: number, result: number, flags: number): void {
    const states = this.#states;
    const isOpen = states.has(fd, STATE.open);
    if (tag !== TAG.receive || (flags & CQE_FLAG.more) === 0) states.addPending(fd, -1);
    switch (tag) {
      case TAG.receive:
        this.#receiving.received(fd, result, flags, isOpen);
        break;
      case TAG.send: {
        const claim = this.#receiving.claimed(fd);
        if (isOpen) this.#events.sent(fd, result);
        this.#receiving.release(claim);
        break;
      }
      case TAG.receivePoll:
        states.lower(fd, STATE.polling);
        if (isOpen) this.#receiving.advance(fd);
        break;
      case TAG.readable:
        this.#readable(fd, isOpen);
        break;
      default:
        if (isOpen) this.#tell(fd, tag, result);
    }
    if (states.pending(fd) === 0) this.#rest(fd);
  }

  #readable(fd: number, isOpen: boolean): void {
    const states = this.#states;
    states.lower(fd, STATE.polling);
    if (!isOpen || !states.has(fd, STATE.wantsReadable)) return;
    states.lower(fd, STATE.wantsReadable);
    this.#events.readable(fd);
  }

  #tell(fd: number, tag: number, result: number): void {
    if (tag === TAG.writable) this.#events.writable(fd);
    else if (tag === TAG.connect) this.#events.connected(fd, -result, 0);
    else if (result >= 0 || result === -ERRNO.EAGAIN) {
      this.#events.connected(fd, 0, Math.max(0, result));
    } else this.#events.connected(fd, -result, 0);
  }

  /** Nothing of a descriptor is in the kernel's hands any more. */
  #rest(fd: number): void {
    this.#receiving.settle(fd);
    const calls = this.#idle.get(fd);
    if (calls !== undefined) {
      this.#idle.delete(fd);
      for (const call of calls) call();
    }
    if (this.#states.has(fd, STATE.closing)) this.#pushClose(fd);
  }

  #pushClose(fd: number): void {
    this.#states.set(fd, 0);
    this.#submissions.close(fd);
    // No sooner: until the ring has the close, the row tells of it.
    this.#events.closing(fd);
  }
}
