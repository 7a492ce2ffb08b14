// A drain: clients end one after the other, evenly over its grace. One with bytes on their way ends once they have arrived, at the
// latest with the grace.

import { hasWaitingBytes } from "../kernel/socket.ts";
import type { Draining, RelayContext } from "./context.ts";
import { cut } from "./end.ts";
import { openClients } from "./sweep.ts";
import { FD, FLAG, SESSION, STAGE } from "./table.ts";

export function beginDrain(context: RelayContext, graceMs: number): Draining {
  const clients = openClients(context);
  return { clients, startMs: context.nowMs, graceMs, ended: 0, late: [] };
}

/** Ends those whose turn has come. */
export function sweepDraining(context: RelayContext): void {
  const { draining, nowMs } = context;
  if (draining === undefined) return;
  const { clients, startMs, graceMs } = draining;
  const passed = graceMs === 0 ? 1 : Math.min(1, (nowMs - startMs) / graceMs);
  const due = Math.floor(clients.length * passed);
  const turns = [...draining.late, ...clients.slice(draining.ended, due)];
  draining.ended = due;
  draining.late = turns.filter((client) => !endDrained(context, client, passed === 1));
}

/** @returns false where it is to be looked at again */
function endDrained(context: RelayContext, client: number, isOver: boolean): boolean {
  const { table } = context;
  const stage = table.session(client, SESSION.stage);
  if (stage === STAGE.none) return true;
  if (!isOver && stage === STAGE.forwarding && hasBytesOnTheirWay(context, client)) return false;
  cut(context, client, stage === STAGE.forwarding ? "drained" : "draining");
  return true;
}

function hasBytesOnTheirWay(context: RelayContext, client: number): boolean {
  const backend = context.table.get(client, FD.peer);
  return hasBytesOf(context, client) || (backend >= 0 && hasBytesOf(context, backend));
}

/** Whether bytes of `fd` have not been handed to its peer's socket yet. */
function hasBytesOf({ table, held }: RelayContext, fd: number): boolean {
  return (
    held.has(fd) ||
    table.has(fd, FLAG.sending | FLAG.sendingHeld) ||
    table.get(fd, FD.inPipe) > 0 ||
    table.get(fd, FD.parked) > 0 ||
    hasWaitingBytes(fd)
  );
}
