// A listener as main knows it: one socket a worker on the same port, or one for all on a unix socket; the plan it serves; which
// workers new connections go to. A socket is closed only once its worker has let go of it.

import type { AddressInfo } from "node:net";
import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { BoundListener } from "../../engine.ts";
import { closeDescriptor } from "../kernel/descriptor.ts";
import { steerConnections, steerNowhere, waitingConnections } from "../kernel/reuseport.ts";
import {
  beginListening,
  bindAnother,
  deferAccepting,
  type ListeningPlace,
  removeSocketFile,
} from "./listening.ts";

interface Released {
  readonly worker: number;
  readonly fd: number;
}

export class LinuxListener implements BoundListener {
  readonly index: number;
  plan: ListenerPlan | undefined;
  isStopped = false;
  readonly #place: ListeningPlace;
  /** By worker. */
  readonly #sockets = new Map<number, number>();
  /** Those a worker was told to let go of. */
  readonly #released: Released[] = [];
  /** Sockets in the order in which the kernel counts them. */
  readonly #group: number[] = [];
  #isDeferred = false;
  #isFirstTaken = false;

  constructor(index: number, place: ListeningPlace) {
    this.index = index;
    this.#place = place;
  }

  get address(): AddressInfo | string {
    return this.#place.address;
  }

  get isUnix(): boolean {
    return typeof this.#place.address === "string";
  }

  /** Open ones. */
  get sockets(): number {
    return this.#group.length;
  }

  /** Whether every socket is closed. */
  get isClosed(): boolean {
    return this.#sockets.size === 0 && this.#released.length === 0;
  }

  /** The descriptor that a worker accepts from. */
  socketOf(worker: number): number | undefined {
    return this.#sockets.get(worker);
  }

  /** Whether a worker may still accept from a socket of it. */
  isHeldBy(worker: number): boolean {
    return this.#sockets.has(worker) || this.#released.some((one) => one.worker === worker);
  }

  /** Binds a socket for a worker that has none. @throws ListenError */
  bind(worker: number): void {
    if (this.#sockets.has(worker)) return;
    const fd = this.#isFirstTaken ? bindAnother(this.#place) : this.#place.first;
    this.#isFirstTaken = true;
    if (this.#isDeferred && !this.isUnix) deferAccepting(fd, true);
    this.#sockets.set(worker, fd);
  }

  /** The kernel takes connections for a worker from here on. */
  listen(worker: number): void {
    const fd = this.#sockets.get(worker);
    if (fd === undefined || this.#group.includes(fd)) return;
    beginListening(fd);
    this.#group.push(fd);
  }

  /** Whether the kernel is to keep connections back until their clients speak. */
  setDeferred(isDeferred: boolean): void {
    if (this.isUnix || isDeferred === this.#isDeferred) return;
    this.#isDeferred = isDeferred;
    for (const fd of this.#sockets.values()) deferAccepting(fd, isDeferred);
  }

  /** New connections go to these workers alone. On a unix socket the others must let go of it for that. */
  steer(workers: readonly number[]): void {
    const [any] = this.#group;
    if (this.isUnix || any === undefined) return;
    const positions = workers.flatMap((worker) => {
      const position = this.#group.indexOf(this.#sockets.get(worker) ?? -1);
      return position < 0 ? [] : [position];
    });
    if (positions.length === 0 || positions.length === this.#group.length) steerNowhere(any);
    else steerConnections(any, positions);
  }

  /** Connections that wait for a worker to accept them. */
  waitingFor(worker: number): number {
    const fd = this.#sockets.get(worker);
    return fd === undefined || this.isUnix ? 0 : Math.max(0, waitingConnections(fd));
  }

  /** The worker is told to let go of it; `close` follows once it has. @returns what it has to let go of */
  release(worker: number): number | undefined {
    const fd = this.#sockets.get(worker);
    if (fd === undefined) return undefined;
    this.#sockets.delete(worker);
    this.#released.push({ worker, fd });
    return fd;
  }

  /** A worker has let go of a socket: nobody accepts from it any more. */
  close(worker: number, fd: number): void {
    const at = this.#released.findIndex((one) => one.worker === worker && one.fd === fd);
    if (at < 0) return;
    this.#released.splice(at, 1);
    this.#closeUnused(fd);
  }

  /** A worker is gone: what it was told to let go of, it has. */
  closeReleasedBy(worker: number): void {
    for (const one of [...this.#released]) if (one.worker === worker) this.close(worker, one.fd);
  }

  /** A worker that never accepted gives its socket back. */
  withdraw(worker: number): void {
    const fd = this.release(worker);
    if (fd !== undefined) this.close(worker, fd);
  }

  closeAll(): void {
    for (const worker of [...this.#sockets.keys()]) this.release(worker);
    for (const { worker, fd } of [...this.#released]) this.close(worker, fd);
  }

  #closeUnused(fd: number): void {
    const isUsed =
      [...this.#sockets.values()].includes(fd) || this.#released.some((one) => one.fd === fd);
    if (isUsed) return;
    closeDescriptor(fd);
    const at = this.#group.indexOf(fd);
    const last = at < 0 ? undefined : this.#group.pop();
    if (last !== undefined && at < this.#group.length) this.#group[at] = last;
    const { address } = this.#place;
    if (typeof address === "string") removeSocketFile(address);
  }
}
