// The memory that workers share with main, and the kernel's descriptor table, both made as large as they may get.

import { HALF_CLOSED_MS } from "../../sweep-interval.ts";
import type { RingWish } from "../io-uring/uring-port.ts";
import { closeDescriptor, duplicateAbove } from "../kernel/descriptor.ts";
import { clientTableBytes, LISTENER_COUNT_BYTES } from "../relay/shared-limits.ts";
import { tableBytes } from "../relay/table.ts";
import type { DriverName } from "../worker/messages.ts";
import { USAGE_MAX } from "../worker/shared-usage.ts";
import type { SharedSetup } from "./worker-thread.ts";

/** The kernel's table doubles with stalls of up to 20 ms in a threaded process: it is made as large as it may get at once. */
export function growDescriptorTable(capacity: number): void {
  const copy = duplicateAbove(0, capacity - 1);
  if (copy >= 0) closeDescriptor(copy);
}

/** @param capacity descriptors are below it */
export function shareMemory(
  capacity: number,
  options: {
    readonly workers: number;
    readonly driver: DriverName;
    readonly halfClosedMs: number | undefined;
    readonly ring: RingWish | undefined;
  },
): SharedSetup {
  return {
    workers: options.workers,
    driver: options.driver,
    table: new SharedArrayBuffer(tableBytes(capacity)),
    listenerCounts: new SharedArrayBuffer(LISTENER_COUNT_BYTES),
    clients: new SharedArrayBuffer(clientTableBytes(capacity)),
    usage: new SharedArrayBuffer(USAGE_MAX * 4),
    connects: new SharedArrayBuffer(USAGE_MAX * 4),
    ids: new SharedArrayBuffer(64),
    halfClosedMs: options.halfClosedMs ?? HALF_CLOSED_MS,
    ring: options.ring ?? {},
  };
}
