// A drain as it looks from a worker: its clients, and what of their bytes is on its way.

import { Drain, type Drainable } from "../../drain.ts";
import { hasUnsentBytes, hasWaitingBytes } from "../kernel/socket.ts";
import type { RelayContext } from "./context.ts";
import { cut } from "./end.ts";
import { openClients } from "./sweep.ts";
import { FD, FLAG, SESSION, STAGE, TIME } from "./table.ts";

export function beginDrain(context: RelayContext, graceMs: number): Drain<number> {
  const { table } = context;
  const isForwarding = (client: number) =>
    table.session(client, SESSION.stage) === STAGE.forwarding;
  const clients: Drainable<number> = {
    // Who has no backend yet is not waited for.
    touchedMs: (client) => (isForwarding(client) ? table.time(client, TIME.touchedMs) : 0),
    hasBytesOnTheirWay: (client) => isForwarding(client) && hasBytesOnTheirWay(context, client),
    end: (client) => cut(context, client, isForwarding(client) ? "drained" : "draining"),
  };
  return new Drain(openClients(context), context.nowMs, graceMs, clients);
}

function hasBytesOnTheirWay(context: RelayContext, client: number): boolean {
  const backend = context.table.get(client, FD.peer);
  return hasBytesOf(context, client) || (backend >= 0 && hasBytesOf(context, backend));
}

/** Whether bytes of `fd` have not been handed to its peer's socket yet, or the side has not taken all that was sent to it. */
function hasBytesOf({ table, held }: RelayContext, fd: number): boolean {
  return (
    held.has(fd) ||
    table.has(fd, FLAG.sending | FLAG.sendingHeld) ||
    table.get(fd, FD.inPipe) > 0 ||
    table.get(fd, FD.parked) > 0 ||
    hasWaitingBytes(fd) ||
    hasUnsentBytes(fd)
  );
}
