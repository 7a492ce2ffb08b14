// Which driver a name stands for.

import { EpollPort } from "../epoll/epoll-port.ts";
import { UringPort } from "../io-uring/uring-port.ts";
import type { Port, PortEvents } from "../relay/port.ts";
import type { DriverName } from "./messages.ts";

/** @param witness a descriptor that the driver holds open for as long as anything of it is in the kernel @throws KernelError */
export function createPort(
  driver: DriverName,
  events: PortEvents,
  capacity: number,
  wakeup: number,
  witness = -1,
): Port {
  switch (driver) {
    case "epoll":
      return new EpollPort(events, capacity, wakeup);
    case "io_uring":
      return new UringPort(events, capacity, wakeup, witness);
  }
}
