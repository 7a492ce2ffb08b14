// Every listener of the engine, until its last socket is closed, and what a worker is told of them.

import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { ListenAddress } from "../../listen-error.ts";
import { LISTENERS_MAX } from "../relay/shared-limits.ts";
import type { ShippedService } from "../worker/messages.ts";
import { LinuxListener } from "./linux-listener.ts";
import { bindFirst } from "./listening.ts";

/** A socket that a worker is told to let go of. */
export interface Release {
  readonly listener: number;
  readonly fd: number;
}

export class ListenerSet {
  readonly #listeners = new Map<number, LinuxListener>();
  /** The highest index there was; the first is 1. */
  last = 0;

  /** A new one with a socket that listens for each of `workers`. @throws ListenError */
  bind(address: ListenAddress, flags: number, workers: readonly number[]): LinuxListener {
    if (this.last + 1 >= LISTENERS_MAX) {
      throw new Error(`more than ${LISTENERS_MAX} listeners since the start`);
    }
    const listener = new LinuxListener(this.last + 1, bindFirst(address, flags));
    try {
      for (const worker of workers) listener.bind(worker);
      for (const worker of workers) listener.listen(worker);
    } catch (error) {
      listener.closeAll();
      throw error;
    }
    this.last += 1;
    this.#listeners.set(listener.index, listener);
    return listener;
  }

  get(index: number): LinuxListener | undefined {
    return this.#listeners.get(index);
  }

  all(): readonly LinuxListener[] {
    return [...this.#listeners.values()];
  }

  /** Sockets that listen. */
  get sockets(): number {
    return this.all().reduce((sum, { sockets }) => sum + sockets, 0);
  }

  /** What `worker` is told to serve of `listeners`: nothing where it has no socket or the plan is not known. */
  servicesOf(
    worker: number,
    listeners: readonly LinuxListener[],
    slotOf: (plan: ListenerPlan) => number | undefined,
  ): readonly ShippedService[] {
    return listeners.flatMap((listener) => {
      const { index, isUnix, plan } = listener;
      const fd = listener.socketOf(worker);
      const slot = plan && slotOf(plan);
      return fd === undefined || slot === undefined ? [] : [{ listener: index, fd, isUnix, slot }];
    });
  }

  /** Whether a worker may still accept from a socket. */
  isHeldBy(worker: number): boolean {
    return this.all().some((listener) => listener.isHeldBy(worker));
  }

  /** What `worker` is told to let go of, of `listeners`. */
  release(worker: number, listeners: readonly LinuxListener[]): readonly Release[] {
    return listeners.flatMap((listener) => {
      const fd = listener.release(worker);
      return fd === undefined ? [] : [{ listener: listener.index, fd }];
    });
  }

  /** @returns whether it was stopped and closed, and is not known any more */
  forgetClosed({ index, isStopped, isClosed }: LinuxListener): boolean {
    return isStopped && isClosed && this.#listeners.delete(index);
  }

  closeAll(): void {
    for (const listener of this.#listeners.values()) listener.closeAll();
    this.#listeners.clear();
  }
}
