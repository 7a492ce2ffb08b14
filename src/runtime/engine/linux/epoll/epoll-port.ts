// The epoll driver: edge-triggered, each descriptor registered once and only when it first has to wait. What epoll says is
// kept as flags; the calls are made here, and their outcomes told as completions.

import { clearWakeup, closeDescriptor } from "../kernel/descriptor.ts";
import {
  createEventRoom,
  EPOLL,
  type EventRoom,
  openEpoll,
  unwatch,
  waitForEvents,
  watch,
} from "../kernel/epoll.ts";
import { ERRNO, KernelError } from "../kernel/errno.ts";
import { mapMemory, type Region } from "../kernel/memory.ts";
import {
  acceptFrom,
  connectSocket,
  receiveBytes,
  resetOnClose,
  SOCK_NONBLOCK,
  sendBytes,
  takeSocketError,
} from "../kernel/socket.ts";
import { LEFT, tracesOfThread } from "../kernel/traces.ts";
import { ACCEPT_PAUSE_MS, DescriptorRoom, isPassing } from "../relay/accept-pause.ts";
import { PENDING, type Port, type PortEvents } from "../relay/port.ts";
import { type ConnectionTable, FD } from "../relay/table.ts";

const BUFFER_BYTES = 64 * 1024;
const LARGE_BYTES = 32 * 1024;
const EVENTS = 512;
/** Connections taken from one listener in one turn. */
const ACCEPTS = 64;
/** The same where descriptors are scarce. */
const ACCEPTS_SCARCE = 4;
/** Reads of one descriptor in one turn: the others want theirs. */
const READS = 8;

const STATE = {
  open: 1,
  registered: 2,
  readable: 4,
  /** The peer has finished, has sent urgent data, or an error is pending: a short read does not stand for "drained". */
  hangup: 8,
  wantsBytes: 16,
  wantsReadable: 32,
  wantsWritable: 64,
  connecting: 128,
  queued: 256,
  reading: 512,
  /** The kernel does not watch it: nobody would ever hear of it again. */
  unwatched: 1024,
} as const;
const WATCHED = EPOLL.in | EPOLL.urgent | EPOLL.out | EPOLL.peerFinished | EPOLL.edge;
/** A read stops short at a mark of urgent data, whatever lies behind it. */
const SHORT_READS = EPOLL.urgent | EPOLL.peerFinished | EPOLL.error | EPOLL.hangup;
/** Low bits of what an event carries beside its descriptor; above them, of a socket, its generation. */
const TAG_SOCKET = 0;
const TAG_LISTENER = 1;
const TAG_WAKEUP = 2;
const TAG_BITS = 4;
const TAG_MASK = (1 << TAG_BITS) - 1;

export class EpollPort implements Port {
  readonly name = "epoll";
  readonly socketFlags = SOCK_NONBLOCK;
  isLarge = false;
  readonly needsStableBytes = false;
  readonly region: Region = mapMemory(BUFFER_BYTES);
  readonly #events: PortEvents;
  readonly #wakeup: number;
  readonly #epoll: number;
  readonly #room: EventRoom;
  readonly #table: ConnectionTable;
  readonly #state: Int32Array;
  /** What main finds if this thread dies. */
  readonly #left = tracesOfThread();
  readonly #listeners = new Map<number, number>();
  readonly #paused = new Map<number, number>();
  readonly #descriptors: DescriptorRoom;
  #ready: number[] = [];
  /** Those that the kernel has refused to watch, each with its `errno`. */
  #unwatched: { readonly fd: number; readonly errno: number }[] = [];
  readonly #closing: number[] = [];
  #woken = false;

  /** @throws KernelError */
  constructor(events: PortEvents, table: ConnectionTable, wakeup: number) {
    const room = createEventRoom(EVENTS);
    const epoll = openEpoll();
    if (room === undefined || epoll < 0) throw new KernelError("epoll_create1", Math.abs(epoll));
    this.#events = events;
    this.#wakeup = wakeup;
    this.#epoll = epoll;
    this.#room = room;
    this.#state = new Int32Array(new SharedArrayBuffer(table.capacity * 4));
    this.#table = table;
    this.#descriptors = new DescriptorRoom(table.capacity);
    const answer = watch(epoll, room, wakeup, EPOLL.in, TAG_WAKEUP);
    if (answer < 0) throw new KernelError("epoll_ctl", -answer);
  }

  listen(fd: number, listener: number): void {
    this.#listeners.set(fd, listener);
    const answer = this.#watchListener(fd);
    if (answer < 0) this.#rest(fd, listener, -answer);
  }

  unlisten(fd: number, done: () => void): void {
    if (this.#listeners.delete(fd) && !this.#paused.delete(fd)) unwatch(this.#epoll, fd);
    done();
  }

  open(fd: number, isFresh: boolean): void {
    this.#state[fd] = STATE.open | (isFresh ? STATE.readable : 0);
  }

  receive(fd: number): void {
    this.#want(fd, STATE.wantsBytes);
  }

  awaitReadable(fd: number, isDrained: boolean): void {
    if (isDrained && !this.#has(fd, STATE.hangup)) this.#lower(fd, STATE.readable);
    this.#want(fd, STATE.wantsReadable);
  }

  awaitWritable(fd: number): void {
    this.#raise(fd, STATE.wantsWritable);
    this.#register(fd);
  }

  send(fd: number, address: number, lengthBytes: number): number {
    return sendBytes(fd, address, lengthBytes);
  }

  connect(
    fd: number,
    peer: number,
    peerLength: number,
    address: number,
    lengthBytes: number,
  ): number {
    const answer = connectSocket(fd, peer, peerLength);
    if (answer < 0 && answer !== -ERRNO.EINPROGRESS) return answer;
    // On a near network the backend has accepted by now, and this saves a wait.
    const taken = lengthBytes === 0 ? -ERRNO.EAGAIN : sendBytes(fd, address, lengthBytes);
    if (taken !== -ERRNO.EAGAIN) return taken;
    this.#raise(fd, STATE.connecting);
    const answered = this.#register(fd);
    return answered < 0 ? answered : PENDING;
  }

  watch(fd: number): void {
    this.#register(fd);
  }

  check(): void {}

  setSplicing(): void {}

  /** Numbers are reused at once: the close waits until no event of this turn is left, and not for what the next one waits for. */
  close(fd: number, isReset: boolean): void {
    this.#state[fd] = 0;
    if (isReset) resetOnClose(fd);
    this.#closing.push(fd);
  }

  whenIdle(_fd: number, call: () => void): void {
    call();
  }

  turn(timeoutMs: number): boolean {
    const room = this.#room;
    this.#closeAll();
    let waitMs = this.#ready.length > 0 || this.#unwatched.length > 0 ? 0 : timeoutMs;
    if (this.#paused.size > 0) {
      this.#resumeListeners();
      waitMs = Math.min(waitMs, ACCEPT_PAUSE_MS);
    }
    const count = waitForEvents(this.#epoll, room, waitMs);
    this.#events.waited();
    this.#woken = false;
    const { words } = room.region;
    for (let index = 0; index < count; index++) {
      const at = index * room.words;
      this.#handle(
        words[at] as number,
        words[at + room.data] as number,
        words[at + room.data + 1] as number,
      );
    }
    this.#serveReady();
    this.#left[LEFT.inHand] = 0;
    if (this.#unwatched.length > 0) this.#tellUnwatched();
    this.#closeAll();
    return this.#woken;
  }

  shut(): void {
    this.#closeAll();
    this.#left[LEFT.driver] = 0;
    closeDescriptor(this.#epoll);
  }

  #handle(flags: number, fd: number, tag: number): void {
    const kind = tag & TAG_MASK;
    // Whoever had its turn before has had it.
    this.#left[LEFT.inHand] = 0;
    if (kind === TAG_LISTENER) {
      this.#accept(fd);
      return;
    }
    if (kind === TAG_WAKEUP) {
      clearWakeup(this.#wakeup);
      this.#woken = true;
      return;
    }
    if (!this.#has(fd, STATE.open)) return;
    // A socket that was closed while somebody else held it open still tells of itself, by a number that is another's now.
    if (tag >>> TAG_BITS !== this.#table.get(fd, FD.generation)) return;
    this.#left[LEFT.inHand] = fd;
    if ((flags & SHORT_READS) !== 0) this.#raise(fd, STATE.hangup);
    if (this.#has(fd, STATE.connecting)) {
      this.#connected(fd, flags);
      return;
    }
    if ((flags & EPOLL.error) !== 0 && !this.#has(fd, STATE.wantsBytes | STATE.wantsReadable)) {
      // What it sent before may still be there to be read.
      this.#raise(fd, STATE.readable);
      this.#events.failed(fd, takeSocketError(fd));
      return;
    }
    if ((flags & (EPOLL.out | EPOLL.error)) !== 0 && this.#has(fd, STATE.wantsWritable)) {
      this.#lower(fd, STATE.wantsWritable);
      this.#events.writable(fd);
    }
    if ((flags & ~EPOLL.out) === 0 || !this.#has(fd, STATE.open)) return;
    this.#raise(fd, STATE.readable);
    this.#read(fd);
  }

  #connected(fd: number, flags: number): void {
    if ((flags & (EPOLL.out | EPOLL.error | EPOLL.hangup)) === 0) return;
    const errno = takeSocketError(fd);
    this.#lower(fd, STATE.connecting);
    if ((flags & (EPOLL.in | EPOLL.peerFinished)) !== 0) this.#raise(fd, STATE.readable);
    this.#events.connected(fd, errno, 0);
  }

  #want(fd: number, want: number): void {
    this.#raise(fd, want);
    if (this.#has(fd, STATE.reading)) return;
    if (this.#has(fd, STATE.readable)) this.#queue(fd);
    else this.#register(fd);
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
      this.#left[LEFT.inHand] = fd;
      if (this.#has(fd, STATE.open)) this.#read(fd);
    }
  }

  #read(fd: number): void {
    if (this.#has(fd, STATE.wantsReadable)) {
      this.#lower(fd, STATE.wantsReadable);
      this.#events.readable(fd);
      return;
    }
    this.#raise(fd, STATE.reading);
    for (let reads = 0; reads < READS && this.#has(fd, STATE.wantsBytes); reads++) {
      if (!this.#has(fd, STATE.readable)) break;
      this.#readOnce(fd);
    }
    if (!this.#has(fd, STATE.open)) return;
    this.#lower(fd, STATE.reading);
    if (!this.#has(fd, STATE.wantsBytes | STATE.wantsReadable)) return;
    if (this.#has(fd, STATE.readable)) this.#queue(fd);
    else this.#register(fd);
  }

  #readOnce(fd: number): void {
    const count = receiveBytes(fd, this.region.address, BUFFER_BYTES);
    if (count === -ERRNO.EAGAIN) {
      this.#lower(fd, STATE.readable);
      return;
    }
    this.#lower(fd, STATE.wantsBytes);
    if (count < 0) {
      this.#events.failed(fd, -count);
      return;
    }
    if (count < BUFFER_BYTES && !this.#has(fd, STATE.hangup)) {
      this.#lower(fd, STATE.readable);
    }
    this.isLarge = count >= LARGE_BYTES;
    this.#events.received(fd, this.region, 0, count);
  }

  /** @returns 0 or `-errno`, which is told as well */
  #register(fd: number): number {
    if (this.#has(fd, STATE.registered)) return 0;
    this.#raise(fd, STATE.registered);
    const generation = this.#table.get(fd, FD.generation);
    const tag = TAG_SOCKET | (generation << TAG_BITS);
    const answer = watch(this.#epoll, this.#room, fd, WATCHED, tag);
    if (answer < 0) {
      // Told later: whoever asked is in the middle of something.
      this.#raise(fd, STATE.unwatched);
      this.#unwatched.push({ fd, errno: -answer });
    }
    return answer;
  }

  #tellUnwatched(): void {
    const unwatched = this.#unwatched;
    this.#unwatched = [];
    for (const { fd, errno } of unwatched) {
      if (!this.#has(fd, STATE.unwatched)) continue;
      this.#lower(fd, STATE.unwatched);
      this.#events.unwatched(fd, errno);
    }
  }

  #accept(fd: number): void {
    const listener = this.#listeners.get(fd);
    if (listener === undefined) return;
    const most = this.#descriptors.isScarce ? ACCEPTS_SCARCE : ACCEPTS;
    for (let count = 0; count < most; count++) {
      const accepted = acceptFrom(fd, SOCK_NONBLOCK);
      if (accepted >= 0) {
        this.#left[LEFT.opened] = accepted;
        this.#events.accepted(listener, accepted);
        this.#left[LEFT.opened] = 0;
        if (!this.#descriptors.take(accepted)) continue;
        this.#pause(fd, listener, ERRNO.EMFILE);
        return;
      }
      if (accepted === -ERRNO.EAGAIN) return;
      if (isPassing(-accepted)) continue;
      this.#pause(fd, listener, -accepted);
      return;
    }
  }

  #pause(fd: number, listener: number, errno: number): void {
    unwatch(this.#epoll, fd);
    this.#rest(fd, listener, errno);
  }

  #rest(fd: number, listener: number, errno: number): void {
    this.#paused.set(fd, this.#descriptors.runOut());
    this.#events.acceptFailed(listener, errno);
  }

  #resumeListeners(): void {
    const now = performance.now();
    for (const [fd, untilMs] of this.#paused) {
      if (now < untilMs) continue;
      if (this.#descriptors.hasAny(fd) && this.#watchListener(fd) >= 0) this.#paused.delete(fd);
      else this.#paused.set(fd, this.#descriptors.runOut());
    }
  }

  /** @returns 0 or `-errno` */
  #watchListener(fd: number): number {
    return watch(this.#epoll, this.#room, fd, EPOLL.in | EPOLL.exclusive, TAG_LISTENER);
  }

  #closeAll(): void {
    // Setting an array's length costs as much as a call to the kernel, even where it changes nothing.
    if (this.#closing.length === 0) return;
    for (const fd of this.#closing) {
      this.#left[LEFT.closing] = fd;
      this.#events.closing(fd);
      closeDescriptor(fd);
      this.#left[LEFT.closing] = 0;
    }
    this.#closing.length = 0;
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
