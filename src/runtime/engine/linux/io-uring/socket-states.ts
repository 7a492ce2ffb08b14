// What the driver knows of each descriptor: flags, and how many of its operations the kernel has.

export const STATE = {
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
  /** Nothing more comes. */
  ended: 512,
  /** In the list of those to be served. */
  queued: 1024,
  /** Its poll for bytes or for readiness is with the kernel. */
  polling: 2048,
  /** Its receive found no buffer. */
  starved: 4096,
  /** Bytes have come since the last look for a failure. */
  unchecked: 8192,
  /** Its end may have been a reset, of which a send that has not been told yet knows. */
  doubted: 16384,
} as const;

export class SocketStates {
  readonly #flags: Int32Array;
  readonly #pending: Int32Array;

  /** @param capacity descriptors are below it */
  constructor(capacity: number) {
    this.#flags = new Int32Array(new SharedArrayBuffer(capacity * 4));
    this.#pending = new Int32Array(new SharedArrayBuffer(capacity * 4));
  }

  begin(fd: number, flags: number): void {
    this.#flags[fd] = flags;
    this.#pending[fd] = 0;
  }

  set(fd: number, flags: number): void {
    this.#flags[fd] = flags;
  }

  has(fd: number, flags: number): boolean {
    return ((this.#flags[fd] as number) & flags) !== 0;
  }

  raise(fd: number, flags: number): void {
    this.#flags[fd] = (this.#flags[fd] as number) | flags;
  }

  lower(fd: number, flags: number): void {
    this.#flags[fd] = (this.#flags[fd] as number) & ~flags;
  }

  /** Operations of a descriptor that the kernel has. */
  pending(fd: number): number {
    return this.#pending[fd] as number;
  }

  addPending(fd: number, by: number): void {
    this.#pending[fd] = (this.#pending[fd] as number) + by;
  }
}
