// Which driver a name stands for.

import { EpollPort } from "../epoll/epoll-port.ts";
import { type RingWish, UringPort } from "../io-uring/uring-port.ts";
import type { Blocks } from "../relay/blocks.ts";
import type { Port, PortEvents } from "../relay/port.ts";
import type { ConnectionTable } from "../relay/table.ts";
import type { DriverName } from "./messages.ts";

/**
 * @param witness a descriptor that the driver holds open for as long as anything of it is in the kernel
 * @param ring what io_uring works with
 * @throws KernelError
 */
export function createPort(
  driver: DriverName,
  events: PortEvents,
  table: ConnectionTable,
  blocks: Blocks,
  wakeup: number,
  witness = -1,
  ring: RingWish = {},
): Port {
  switch (driver) {
    case "epoll":
      return new EpollPort(events, table, wakeup);
    case "io_uring":
      return new UringPort(events, table, blocks, wakeup, witness, ring);
  }
}
