// The connection table of the process: a row for every descriptor, and a longer one for every client's descriptor. It lies in
// shared memory, so that a worker's successor finds what its predecessor had open. Knows no socket.

/** Words of a descriptor's row. Directions are named by the side that is read: a row tells of bytes from it to its peer. */
export const FD = {
  /** Worker + 1; set after everything else, cleared before the close. 0: nobody's. */
  owner: 0,
  role: 1,
  /** The other side's descriptor, or -1. */
  peer: 2,
  flags: 3,
  /** Bytes of this direction in a pipe. */
  inPipe: 4,
  /** Large reads in a row. */
  bulk: 5,
  /** Where and how many bytes of a received buffer are being sent, as an offset into the buffer's region. */
  sendAt: 6,
  sendLength: 7,
  /** How many connections have had this number, modulo 2^17: what the kernel tells of an earlier one is dropped. */
  generation: 8,
  /** Bytes of it that the driver holds and nobody has asked for yet. */
  parked: 10,
  /** Bytes spliced since the direction last ran dry. */
  spliced: 11,
} as const;
const FD_WORDS = 16;
const GENERATIONS_MASK = 0x1ffff;

export const ROLE = { none: 0, client: 1, backend: 2, pipe: 3, closing: 4 } as const;

/** Flags of a direction. */
export const FLAG = {
  /** The side has finished: no more bytes come. */
  ended: 1,
  /** And its peer has been told so, after the last byte. */
  done: 2,
  /** Received bytes are being sent out of the driver's buffer. */
  sending: 4,
  /** Bytes wait in a block of ours. */
  held: 8,
  /** Those bytes are being sent. */
  sendingHeld: 16,
  /** Bytes go through a pipe. */
  bulk: 32,
  /** The peer is gone; nothing of this direction is read any more. */
  dead: 64,
  /** What is written to the peer does not wait for acknowledgements. */
  hurried: 128,
  /** The kernel probes both sides: said at the backend's row. */
  keptAlive: 256,
} as const;

/** Words of a session: the row of a client's descriptor. What a record carries is all of it. */
export const SESSION = {
  kind: 0,
  stage: 1,
  /** The plan it was accepted under. */
  plan: 2,
  listener: 3,
  outcome: 4,
  /** Index among the pools of its plan, and of the backend in it; -1 before. */
  pool: 5,
  backend: 6,
  tries: 7,
  dropped: 8,
  consumed: 9,
  /** 0, 1 client, 2 backend. */
  firstToEnd: 10,
  stateAtEnd: 11,
  reason: 12,
  /** Of the refusal `reject`: which module (0 the router's, above a prefix's), and its reason. */
  refusedBy: 13,
  reasonIndex: 14,
  offset: 15,
  errno: 16,
  hasBytes: 17,
  /** Slot + 1 in the table of clients; 0: it does not count. */
  clientSlot: 18,
  /** Neighbours in its listener's list of undecided ones, -1 at the ends; valid while inspecting. */
  older: 19,
  newer: 20,
  /** The client's address: 0, 4 or 16 bytes, and the address as the core stores it; -1: a unix socket. */
  clientLength: 21,
  client: 22,
  keyIndex: 26,
  keySource: 27,
  keyLength: 28,
  /** 64 bytes: the key, or the text of what a hand-written unpack threw. */
  key: 29,
  /** Flags of `COUNTED`. */
  counted: 45,
} as const;
/**
 * What of a connection is counted, or has been told. Each is written right behind the count, without a call in between: a
 * thread that dies does so before both or after both, and its successor neither counts nor forgets anything twice.
 */
export const COUNTED = { accepted: 1, open: 2, undecided: 4, backend: 8, told: 16 } as const;
/** Bytes of a key that are kept for the log. */
export const KEY_BYTES = 64;
export const SESSION_WORDS = 64;

/** Doubles of a session, behind its words. */
export const TIME = {
  id: 0,
  acceptedMs: 1,
  verdictMs: 2,
  connectedMs: 3,
  touchedMs: 4,
  toBackend: 5,
  toClient: 6,
  endedMs: 7,
} as const;
const TIME_AT_WORD = 46;

export const STAGE = { none: 0, inspecting: 1, connecting: 2, forwarding: 3, accepted: 5 } as const;

/** Bytes of a table for descriptors below `capacity`. */
export function tableBytes(capacity: number): number {
  return capacity * 4 * (FD_WORDS + SESSION_WORDS);
}

export class ConnectionTable {
  readonly capacity: number;
  readonly #rows: Int32Array;
  /** Session words of all descriptors; that of `fd` begins at `sessionAt(fd)`. */
  readonly sessions: Int32Array;
  readonly sessionBytes: Buffer;
  readonly #times: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.capacity = Math.floor(memory.byteLength / (4 * (FD_WORDS + SESSION_WORDS)));
    const split = this.capacity * SESSION_WORDS * 4;
    this.sessions = new Int32Array(memory, 0, this.capacity * SESSION_WORDS);
    this.sessionBytes = Buffer.from(memory, 0, split);
    this.#times = new Float64Array(memory, 0, split / 8);
    this.#rows = new Int32Array(memory, split, this.capacity * FD_WORDS);
  }

  get(fd: number, field: number): number {
    return this.#rows[fd * FD_WORDS + field] as number;
  }

  set(fd: number, field: number, value: number): void {
    this.#rows[fd * FD_WORDS + field] = value;
  }

  has(fd: number, flag: number): boolean {
    return ((this.#rows[fd * FD_WORDS + FD.flags] as number) & flag) !== 0;
  }

  raise(fd: number, flag: number): void {
    const at = fd * FD_WORDS + FD.flags;
    this.#rows[at] = (this.#rows[at] as number) | flag;
  }

  clear(fd: number, flag: number): void {
    const at = fd * FD_WORDS + FD.flags;
    this.#rows[at] = (this.#rows[at] as number) & ~flag;
  }

  /** Begins a row; its session, if it has one, is begun by `beginSession`. */
  begin(fd: number, owner: number, role: number, peer: number): void {
    const at = fd * FD_WORDS;
    const generation = (this.#rows[at + FD.generation] as number) + 1;
    // A loop: for so few words `fill` costs more.
    for (let word = at; word < at + FD_WORDS; word++) this.#rows[word] = 0;
    this.#rows[at + FD.generation] = generation & GENERATIONS_MASK;
    this.#rows[at + FD.role] = role;
    this.#rows[at + FD.peer] = peer;
    this.#rows[at + FD.owner] = owner;
  }

  /** It will be closed; until then it is still its worker's. */
  retire(fd: number): void {
    this.#rows[fd * FD_WORDS + FD.role] = ROLE.closing;
  }

  /** The descriptor is nobody's from here on. */
  forget(fd: number): void {
    this.#rows[fd * FD_WORDS + FD.owner] = 0;
    this.#rows[fd * FD_WORDS + FD.role] = ROLE.none;
  }

  sessionAt(fd: number): number {
    return fd * SESSION_WORDS;
  }

  beginSession(fd: number): void {
    const at = fd * SESSION_WORDS;
    for (let word = at; word < at + SESSION_WORDS; word++) this.sessions[word] = 0;
  }

  session(fd: number, field: number): number {
    return this.sessions[fd * SESSION_WORDS + field] as number;
  }

  setSession(fd: number, field: number, value: number): void {
    this.sessions[fd * SESSION_WORDS + field] = value;
  }

  time(fd: number, field: number): number {
    return this.#times[((fd * SESSION_WORDS + TIME_AT_WORD) >> 1) + field] as number;
  }

  setTime(fd: number, field: number, value: number): void {
    this.#times[((fd * SESSION_WORDS + TIME_AT_WORD) >> 1) + field] = value;
  }

  addTime(fd: number, field: number, by: number): void {
    const at = ((fd * SESSION_WORDS + TIME_AT_WORD) >> 1) + field;
    this.#times[at] = (this.#times[at] as number) + by;
  }
}

/** The doubles of one session, where it was copied alone. */
export function timesOf(words: Int32Array): Float64Array {
  return new Float64Array(words.buffer, words.byteOffset + TIME_AT_WORD * 4, 8);
}
