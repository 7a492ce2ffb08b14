// The submissions that the driver makes, each in one place with its flags (io_uring_enter(2)).

import { MSG_DONTWAIT, MSG_NOSIGNAL, SOCK_CLOEXEC } from "../kernel/socket.ts";
import {
  ACCEPT_MULTISHOT,
  CANCEL_ALL_OF_FD,
  OP,
  POLL_FIRST,
  RECEIVE_MULTISHOT,
  type Ring,
  SQE_FLAG,
  type Submission,
} from "../kernel/uring.ts";
import { type ConnectionTable, FD } from "../relay/table.ts";
import { TAG, TAG_BITS } from "./tags.ts";

export const POLL_IN = 0x1;
export const POLL_OUT = 0x4;
export const POLL_PEER_FINISHED = 0x2000;
const MARK_FACTOR = 2 ** 32;

export class Submissions {
  readonly #ring: Ring;
  readonly #table: ConnectionTable;
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

  /** @param table knows the generation of each descriptor, which its completions carry */
  constructor(ring: Ring, table: ConnectionTable) {
    this.#ring = ring;
    this.#table = table;
  }

  /** @param isMultishot goes on until it is cancelled or fails */
  accept(fd: number, isMultishot: boolean): void {
    const one = this.#begin(OP.accept, fd, TAG.accept);
    one.priority = isMultishot ? ACCEPT_MULTISHOT : 0;
    one.opFlags = SOCK_CLOEXEC;
    this.#ring.push(one);
  }

  /** Goes on until it is cancelled, the peer has finished, or buffers are missing. @param isQuiet nothing is expected yet */
  receive(fd: number, isQuiet: boolean): void {
    const one = this.#begin(OP.receive, fd, TAG.receive);
    one.flags = SQE_FLAG.bufferSelect;
    one.priority = RECEIVE_MULTISHOT | (isQuiet ? POLL_FIRST : 0);
    this.#ring.push(one);
  }

  send(fd: number, address: number, lengthBytes: number, tag: number): void {
    const one = this.#begin(OP.send, fd, tag);
    one.address = address;
    one.length = lengthBytes;
    one.opFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
    this.#ring.push(one);
  }

  /** Of the pair exactly one completion comes: the connect's where it fails, else the send's. */
  connectAndSend(
    fd: number,
    peer: number,
    peerLength: number,
    address: number,
    lengthBytes: number,
  ): void {
    this.#ring.reserve(2);
    const one = this.#begin(OP.connect, fd, TAG.connect);
    one.flags = SQE_FLAG.link | SQE_FLAG.skipSuccess;
    one.offset = peerLength;
    one.address = peer;
    this.#ring.push(one);
    this.send(fd, address, lengthBytes, TAG.connectSend);
  }

  poll(fd: number, events: number, tag: number): void {
    const one = this.#begin(OP.pollAdd, fd, tag);
    one.opFlags = events;
    this.#ring.push(one);
  }

  /** Ends the operation that `tag` stands for. */
  cancel(fd: number, tag: number): void {
    const one = this.#begin(OP.cancel, fd, TAG.cancel);
    one.flags = SQE_FLAG.skipSuccess;
    one.address = this.#mark(fd, tag) * MARK_FACTOR + fd;
    this.#ring.push(one);
  }

  /** Ends every operation of a descriptor. */
  cancelAll(fd: number): void {
    const one = this.#begin(OP.cancel, fd, TAG.cancel);
    one.flags = SQE_FLAG.skipSuccess;
    one.opFlags = CANCEL_ALL_OF_FD;
    this.#ring.push(one);
  }

  close(fd: number): void {
    const one = this.#begin(OP.close, fd, TAG.close);
    one.flags = SQE_FLAG.skipSuccess;
    this.#ring.push(one);
    this.#ring.publish();
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
}
