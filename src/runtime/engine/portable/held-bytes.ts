// Bytes of one connection that wait for their verdict: a window into a buffer that grows by doubling, so that
// a frame in single bytes costs no more than twice its length in copies. The core bounds its size.

const FIRST_CAPACITY = 256;

export class HeldBytes {
  buf: Buffer;
  start: number;
  end: number;
  /** Whether `buf` is ours to write into; the first chunk is held as it came. */
  #isOwn = false;

  /** Holds `chunk[start, end)` without copying: the socket gave the chunk away. */
  constructor(chunk: Buffer, start: number, end: number) {
    this.buf = chunk;
    this.start = start;
    this.end = end;
  }

  append(chunk: Buffer): void {
    const length = this.end - this.start;
    if (!this.#isOwn || this.end + chunk.length > this.buf.length) {
      const capacity = Math.max(FIRST_CAPACITY, 2 * (length + chunk.length));
      const target =
        this.#isOwn && length + chunk.length <= this.buf.length / 2
          ? this.buf
          : Buffer.allocUnsafeSlow(capacity);
      this.buf.copy(target, 0, this.start, this.end);
      this.buf = target;
      this.#isOwn = true;
      this.start = 0;
      this.end = length;
    }
    chunk.copy(this.buf, this.end);
    this.end += chunk.length;
  }
}
