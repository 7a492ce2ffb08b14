// io_uring: setting a ring up and entering it, and where its words lie (io_uring(7)). Submissions are written straight into the
// mapped ring; heads and tails by atomics.

import { closeDescriptor } from "./descriptor.ts";
import { KernelError } from "./errno.ts";
import { declare, errnoWord, viewMemory } from "./library.ts";
import { mapBusyMemory, mapDescriptor, mapMemory, type Region, unmap } from "./memory.ts";
import { LEFT, tracesOfThread } from "./traces.ts";

const SYS_SETUP = 425;
const SYS_ENTER = 426;
const SYS_REGISTER = 427;

const setup = declare("long syscall(long, uint, size_t)");
const enter = declare("long syscall(long, int, uint, uint, uint, size_t, size_t)");
const register = declare("long syscall(long, int, uint, size_t, uint)");

const SETUP_CQSIZE = 1 << 3;
/** One submission that is refused does not keep those behind it from being taken. */
const SETUP_SUBMIT_ALL = 1 << 7;
const SETUP_SINGLE_ISSUER = 1 << 12;
const SETUP_DEFER_TASKRUN = 1 << 13;
const ENTER_GETEVENTS = 1;
const ENTER_EXT_ARG = 8;
const REGISTER_FILES = 2;
const REGISTER_PBUF_RING = 22;
const BUFFERS_INCREMENTAL = 2;
/** In the flags of submissions: completions wait in the kernel because there was no room. */
const SQ_OVERFLOW = 2;
const OFFSET_SQES = 0x10000000;
const SQE_WORDS = 16;
const CQE_WORDS = 4;
const BUFFER_ENTRY_BYTES = 16;
const HIGH = 2 ** 32;
const NS_PER_MS = 1_000_000;
const MS_PER_S = 1000;
/** Times in a row that the kernel may take none of what waits in the ring, for lack of memory, each followed by a pause. */
const REFUSALS_MAX = 1000;
const REFUSAL_PAUSE_MS = 1;
/** Nobody ever writes it: who waits for it pauses. */
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** Operations (io_uring_enter(2)). */
export const OP = {
  pollAdd: 6,
  accept: 13,
  cancel: 14,
  connect: 16,
  close: 19,
  send: 26,
  receive: 27,
} as const;
export const SQE_FLAG = { link: 1 << 2, bufferSelect: 1 << 5, skipSuccess: 1 << 6 } as const;
/** `bufferMore`: the buffer has room left, and the next receive goes on in it (6.12). */
export const CQE_FLAG = { buffer: 1, more: 2, notEmpty: 4, bufferMore: 16 } as const;
export const ACCEPT_MULTISHOT = 1;
/** Waits for readiness instead of trying first. */
export const POLL_FIRST = 1;
/** Goes on receiving, a completion each time. */
export const RECEIVE_MULTISHOT = 2;
/** Every operation on a descriptor. */
export const CANCEL_ALL_OF_FD = 3;

/** One submission. `address` and `offset` are numbers below 2^53. */
export interface Submission {
  op: number;
  flags: number;
  priority: number;
  fd: number;
  offset: number;
  address: number;
  length: number;
  opFlags: number;
  /** What the completion will carry beside `fd`. */
  tag: number;
}

/** Where a ring lies in this process; places in 32-bit words. */
export interface RingPlace {
  readonly address: number;
  readonly lengthBytes: number;
  readonly head: number;
  readonly tail: number;
  readonly mask: number;
  readonly cqes: number;
  readonly submissions: {
    readonly address: number;
    readonly lengthBytes: number;
    readonly head: number;
    readonly tail: number;
    readonly mask: number;
    readonly flags: number;
  };
}

/**
 * Completions that nobody has finished with, of a ring whose thread is gone; the first one may be half done. `take` gets
 * descriptor, tag and result. @returns whether the kernel had more of them than the ring holds: those cannot be known
 */
export function readLeftCompletions(
  place: RingPlace,
  take: (fd: number, tag: number, result: number, isFirst: boolean) => void,
): boolean {
  const words = new Int32Array(viewMemory(place.address, place.lengthBytes));
  const tail = Atomics.load(words, place.tail);
  const first = words[place.head] ?? 0;
  for (let head = first; head !== tail; head = (head + 1) | 0) {
    const at = place.cqes + (head & place.mask) * CQE_WORDS;
    take(words[at] ?? -1, words[at + 1] ?? 0, words[at + 2] ?? 0, head === first);
  }
  return (Atomics.load(words, place.submissions.flags) & SQ_OVERFLOW) !== 0;
}

/** Submissions that the kernel has not taken, as far as they were published, of a ring whose thread is gone. */
export function readLeftSubmissions(
  { address, lengthBytes, submissions }: RingPlace,
  take: (fd: number, tag: number) => void,
): void {
  const ring = new Int32Array(viewMemory(address, lengthBytes));
  const words = new Int32Array(viewMemory(submissions.address, submissions.lengthBytes));
  const tail = Atomics.load(ring, submissions.tail);
  for (let head = ring[submissions.head] ?? 0; head !== tail; head = (head + 1) | 0) {
    const at = (head & submissions.mask) * SQE_WORDS;
    take(words[at + 8] ?? -1, words[at + 9] ?? 0);
  }
}

export class Ring {
  readonly #call: typeof enter;
  readonly #fd: number;
  readonly #ring: Region;
  readonly #sqes: Region;
  readonly #timeout: Region;
  readonly #sqMask: number;
  readonly #cqMask: number;
  readonly #sqHead: number;
  readonly #sqTail: number;
  readonly #cqHead: number;
  readonly #cqTail: number;
  readonly #cqes: number;
  readonly #sqFlags: number;
  #tail: number;
  #unsubmitted = 0;
  /** How often in a row the kernel has taken nothing. */
  #refusals = 0;

  /**
   * @param entries a power of two; completions have room for four times as many
   * @param call io_uring_enter(2), or a test's that takes less
   * @throws KernelError
   */
  constructor(entries: number, call = enter) {
    this.#call = call;
    const params = mapMemory(4096);
    const { words } = params;
    words[1] = 4 * entries;
    words[2] = SETUP_CQSIZE | SETUP_SUBMIT_ALL | SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN;
    this.#fd = setup(SYS_SETUP, entries, params.address);
    const errno = errnoWord[0] as number;
    tracesOfThread()[LEFT.driver] = this.#fd;
    if (this.#fd < 0) throw new KernelError("io_uring_setup", errno);
    const word = (at: number) => words[at >> 2] ?? 0;
    const sqEntries = word(0);
    const cqEntries = word(4);
    const sqArray = word(64);
    const cqes = word(100);
    const length = Math.max(sqArray + sqEntries * 4, cqes + cqEntries * 4 * CQE_WORDS);
    this.#ring = mapDescriptor(this.#fd, length, 0);
    this.#sqes = mapDescriptor(this.#fd, sqEntries * 4 * SQE_WORDS, OFFSET_SQES);
    this.#timeout = mapMemory(4096);
    this.#sqMask = sqEntries - 1;
    this.#cqMask = cqEntries - 1;
    this.#sqHead = word(40) >> 2;
    this.#sqTail = word(44) >> 2;
    this.#sqFlags = word(56) >> 2;
    this.#cqHead = word(80) >> 2;
    this.#cqTail = word(84) >> 2;
    this.#cqes = cqes >> 2;
    for (let index = 0; index < sqEntries; index++) {
      this.#ring.words[(sqArray >> 2) + index] = index;
    }
    this.#tail = Atomics.load(this.#ring.words, this.#sqTail);
    unmap(params);
  }

  get descriptor(): number {
    return this.#fd;
  }

  get place(): RingPlace {
    return {
      address: this.#ring.address,
      lengthBytes: this.#ring.bytes.length,
      head: this.#cqHead,
      tail: this.#cqTail,
      mask: this.#cqMask,
      cqes: this.#cqes,
      submissions: {
        address: this.#sqes.address,
        lengthBytes: this.#sqes.bytes.length,
        head: this.#sqHead,
        tail: this.#sqTail,
        mask: this.#sqMask,
        flags: this.#sqFlags,
      },
    };
  }

  /**
   * Makes room for `count` submissions that must be handed over together: a link that is cut in two binds nothing.
   * @throws Error where the kernel takes none in time: one that it has not taken is never written over
   */
  reserve(count: number): void {
    while (this.#unsubmitted + count > this.#sqMask + 1) this.enter(0, 0);
  }

  /** Puts one submission into the ring; the kernel sees it at the next `enter`. @throws Error as `reserve` does */
  push(one: Submission): void {
    if (this.#unsubmitted > this.#sqMask) this.reserve(1);
    const { words } = this.#sqes;
    const at = (this.#tail & this.#sqMask) * SQE_WORDS;
    words[at] = one.op | (one.flags << 8) | (one.priority << 16);
    words[at + 1] = one.fd;
    words[at + 2] = one.offset | 0;
    words[at + 3] = Math.floor(one.offset / HIGH);
    words[at + 4] = one.address | 0;
    words[at + 5] = Math.floor(one.address / HIGH);
    words[at + 6] = one.length;
    words[at + 7] = one.opFlags;
    words[at + 8] = one.fd;
    words[at + 9] = one.tag;
    words[at + 10] = 0;
    words[at + 11] = 0;
    words[at + 12] = 0;
    words[at + 13] = 0;
    this.#tail = (this.#tail + 1) | 0;
    this.#unsubmitted += 1;
  }

  /** What was pushed so far is seen by whoever cleans up after this thread, if it dies before it enters. */
  publish(): void {
    Atomics.store(this.#ring.words, this.#sqTail, this.#tail);
  }

  /**
   * Submits, and waits for `completions` (0 or 1) up to `timeoutMs`, if the kernel takes everything: what it does not take
   * stays for the next time.
   * @returns submissions taken or `-errno`
   * @throws Error where it takes nothing again and again, or has cut a link in two: the worker cannot go on, its successor can
   */
  enter(completions: number, timeoutMs: number): number {
    const ring = this.#ring.words;
    Atomics.store(ring, this.#sqTail, this.#tail);
    const { address, words } = this.#timeout;
    const seconds = Math.floor(timeoutMs / MS_PER_S);
    words[0] = seconds;
    words[2] = Math.round((timeoutMs - seconds * MS_PER_S) * NS_PER_MS);
    // struct io_uring_getevents_arg behind it: no signal mask, the time's address.
    words[10] = address | 0;
    words[11] = Math.floor(address / HIGH);
    const before = this.#unsubmitted;
    const answer = this.#callWith(before, completions);
    // Whatever the wait ended by, the ring says what was taken before it began.
    this.#unsubmitted = (this.#tail - Atomics.load(ring, this.#sqHead)) | 0;
    if (this.#unsubmitted > 0) this.#notTaken(before);
    else this.#refusals = 0;
    return answer;
  }

  #callWith(submissions: number, completions: number): number {
    const { address } = this.#timeout;
    const answer = this.#call(
      SYS_ENTER,
      this.#fd,
      submissions,
      completions,
      ENTER_GETEVENTS | ENTER_EXT_ARG,
      address + 24,
      24,
    );
    return answer < 0 ? -(errnoWord[0] as number) : answer;
  }

  /** The kernel had no memory for some of what was there `before`. What ends meanwhile gives some back. */
  #notTaken(before: number): void {
    if (this.#unsubmitted < before) {
      this.#refusals = 0;
      const last = ((this.#tail - this.#unsubmitted - 1) & this.#sqMask) * SQE_WORDS;
      // The first one is on its way alone, and of its success nobody would hear.
      if ((((this.#sqes.words[last] ?? 0) >>> 8) & SQE_FLAG.link) !== 0) {
        throw new Error(
          "io_uring: the kernel took a connect without the send that is linked to it",
        );
      }
      return;
    }
    this.#refusals += 1;
    if (this.#refusals === REFUSALS_MAX) {
      throw new Error(`io_uring: the kernel has taken no submission in ${REFUSALS_MAX} calls`);
    }
    this.#callWith(0, 0);
    Atomics.wait(PAUSE, 0, 0, REFUSAL_PAUSE_MS);
  }

  /** Completions that are there. */
  get waiting(): number {
    const { words } = this.#ring;
    return (Atomics.load(words, this.#cqTail) - (words[this.#cqHead] as number)) | 0;
  }

  /** Hands out every completion that is there: the descriptor and tag of its submission, its result and flags. */
  drain(take: (fd: number, tag: number, result: number, flags: number) => void): number {
    const { words } = this.#ring;
    let head = words[this.#cqHead] ?? 0;
    const tail = Atomics.load(words, this.#cqTail);
    let count = 0;
    for (; head !== tail; count++) {
      const at = this.#cqes + (head & this.#cqMask) * CQE_WORDS;
      const fd = words[at] as number;
      const tag = words[at + 1] as number;
      const result = words[at + 2] as number;
      const flags = words[at + 3] as number;
      take(fd, tag, result, flags);
      head = (head + 1) | 0;
      // Only now: where the thread dies in between, it is known which completions nobody has finished with.
      Atomics.store(words, this.#cqHead, head);
    }
    return count;
  }

  /**
   * Lets receives choose from `ring`.
   * @param isIncremental a receive takes of a buffer what it needs, and the next one goes on behind it (6.12)
   * @returns 0 or `-errno`
   */
  registerBuffers(ring: BufferRing, isIncremental: boolean): number {
    const argument = mapMemory(4096);
    const { words, address } = argument;
    words[0] = ring.address | 0;
    words[1] = Math.floor(ring.address / HIGH);
    words[2] = ring.count;
    words[3] = isIncremental ? BUFFERS_INCREMENTAL << 16 : 0;
    const answer = register(SYS_REGISTER, this.#fd, REGISTER_PBUF_RING, address, 1);
    const errno = errnoWord[0] as number;
    unmap(argument);
    return answer < 0 ? -errno : 0;
  }

  /** The ring keeps `fd` open for as long as anything of it is in the kernel. @throws KernelError */
  registerWitness(fd: number): void {
    const argument = mapMemory(4096);
    argument.words[0] = fd;
    const answer = register(SYS_REGISTER, this.#fd, REGISTER_FILES, argument.address, 1);
    const errno = errnoWord[0] as number;
    unmap(argument);
    if (answer < 0) throw new KernelError("io_uring_register", errno);
  }

  close(): void {
    // Nobody may look into the ring from here on.
    tracesOfThread()[LEFT.driver] = 0;
    unmap(this.#sqes);
    unmap(this.#ring);
    unmap(this.#timeout);
    closeDescriptor(this.#fd);
  }
}

/** Buffers of one size that the kernel takes from, and we give back. Group 0. */
export class BufferRing {
  readonly region: Region;
  readonly count: number;
  readonly sizeBytes: number;
  readonly #entries: Region;
  readonly #halves: Uint16Array;
  #tail = 0;

  /** @param count a power of two up to 32,768 */
  constructor(count: number, sizeBytes: number) {
    this.count = count;
    this.sizeBytes = sizeBytes;
    this.region = mapBusyMemory(count * sizeBytes);
    this.#entries = mapMemory(count * BUFFER_ENTRY_BYTES);
    this.#halves = new Uint16Array(this.#entries.bytes.buffer);
    for (let index = 0; index < count; index++) this.give(index);
  }

  get address(): number {
    return this.#entries.address;
  }

  /** Gives one back. */
  give(index: number): void {
    const at = (this.#tail & (this.count - 1)) * (BUFFER_ENTRY_BYTES >> 2);
    const address = this.region.address + index * this.sizeBytes;
    const { words } = this.#entries;
    words[at] = address | 0;
    words[at + 1] = Math.floor(address / HIGH);
    words[at + 2] = this.sizeBytes;
    this.#halves[at * 2 + 6] = index;
    this.#tail = (this.#tail + 1) & 0xffff;
    // The tail lies in the unused half-word of the first entry.
    Atomics.store(this.#halves, 7, this.#tail);
  }

  unmap(): void {
    unmap(this.#entries);
    unmap(this.region);
  }
}
