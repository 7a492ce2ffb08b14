// One end of a connection under test: a socket that sends a stream known beforehand and holds what comes to its peer's stream, byte by
// byte, as it comes.
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { makeReset } from "./model-sockets.ts";

/** Prime, so that no offset of a buffer ever meets the same bytes again. */
const PATTERN_BYTES = 1_000_003;
const SLICE_MAX = 1 << 20;
const once = randomBytes(PATTERN_BYTES);
const pattern = Buffer.concat([once, once, once.subarray(0, SLICE_MAX)]);

/** Bytes that can be had at any place: a beginning of its own, then a pattern without end. */
export class Stream {
  readonly #beginning: Buffer;
  readonly #offset: number;

  constructor(beginning: Buffer, offset: number) {
    this.#beginning = beginning;
    this.#offset = offset;
  }

  /** @param length at most `SLICE_MAX` */
  slice(at: number, length: number): Buffer {
    const head = this.#beginning.subarray(at, at + length);
    if (head.length === length) return head;
    const from = (at + head.length - this.#beginning.length + this.#offset) % PATTERN_BYTES;
    const tail = pattern.subarray(from, from + length - head.length);
    return head.length === 0 ? tail : Buffer.concat([head, tail]);
  }
}

/** `end`: the peer has finished; `reset`: an error, whichever. */
export type Heard = "end" | "reset";

export interface SideEvents {
  /** Something is wrong with what this side saw. */
  violation(text: string): void;
  heard(how: Heard): void;
}

export class Side {
  readonly name: string;
  readonly socket: Socket;
  readonly #own: Stream;
  readonly #events: SideEvents;
  #expected: Stream;
  /** Bytes handed to the socket, and bytes that came. */
  sent = 0;
  received = 0;
  hasFinished = false;
  isPaused = false;
  isClosed = false;
  aborted: "reset" | "close" | undefined;
  heard: Heard | undefined;
  /** How many bytes its peer may have sent at most. */
  mostExpected: () => number = () => Number.POSITIVE_INFINITY;

  constructor(name: string, socket: Socket, own: Stream, expected: Stream, events: SideEvents) {
    this.name = name;
    this.socket = socket;
    this.#own = own;
    this.#expected = expected;
    this.#events = events;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("end", () => this.#hear("end"));
    socket.on("error", () => this.#hear("reset"));
    socket.on("close", () => {
      this.isClosed = true;
    });
  }

  /** Whether it may still do something. */
  get isActive(): boolean {
    return this.aborted === undefined && !this.isClosed;
  }

  get canSend(): boolean {
    return this.isActive && !this.hasFinished;
  }

  /** The next `length` bytes of its stream. */
  send(length: number): void {
    this.socket.write(this.#own.slice(this.sent, length));
    this.sent += length;
  }

  finish(): void {
    this.hasFinished = true;
    this.socket.end();
  }

  abort(how: "reset" | "close"): void {
    this.aborted = how;
    if (how === "reset") makeReset(this.socket);
    this.socket.destroy();
  }

  pause(): void {
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.socket.resume();
  }

  toString(): string {
    const words = [`${this.name}: sent ${this.sent}, received ${this.received}`];
    if (this.hasFinished) words.push("finished");
    if (this.aborted !== undefined) words.push(`did ${this.aborted}`);
    if (this.heard !== undefined) words.push(`heard ${this.heard}`);
    if (this.isPaused) words.push("paused");
    if (this.isClosed) words.push("closed");
    if (this.socket.writableLength > 0) words.push(`${this.socket.writableLength} unsent`);
    return words.join(", ");
  }

  #take(chunk: Buffer): void {
    const at = this.received;
    this.received += chunk.length;
    if (this.received > this.mostExpected()) {
      this.#events.violation(`${this.name} got ${this.received} bytes of ${this.mostExpected()}`);
    }
    for (let from = 0; from < chunk.length; from += SLICE_MAX) {
      const part = chunk.subarray(from, from + SLICE_MAX);
      if (part.equals(this.#expected.slice(at + from, part.length))) continue;
      this.#events.violation(`${this.name} got other bytes than were sent, from ${at + from} on`);
      return;
    }
    if (this.heard !== undefined) {
      this.#events.violation(`${this.name} got ${chunk.length} bytes after its ${this.heard}`);
    }
  }

  #hear(how: Heard): void {
    if (this.aborted !== undefined || this.heard === "reset") return;
    // A reset may come after an end: its peer changed its mind.
    this.heard = how;
    this.#events.heard(how);
  }
}
