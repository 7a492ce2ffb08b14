// One direction of a connection, named by the descriptor it is read from: its end, its failure, and what comes after its last byte.

import { ERRNO } from "../kernel/errno.ts";
import { finishSending } from "../kernel/socket.ts";
import type { RelayContext } from "./context.ts";
import { cut } from "./end.ts";
import { FD, FLAG, ROLE, SESSION, TIME } from "./table.ts";

const CLIENT_FIRST = 1;
const BACKEND_FIRST = 2;

/** The side will send no more. */
export function sideEnded(context: RelayContext, from: number): void {
  const { table } = context;
  if (table.has(from, FLAG.ended)) return;
  table.raise(from, FLAG.ended);
  const client = clientOf(context, from);
  if (table.session(client, SESSION.firstToEnd) === 0) {
    const first = from === client ? CLIENT_FIRST : BACKEND_FIRST;
    table.setSession(client, SESSION.firstToEnd, first);
  }
  table.setTime(client, TIME.touchedMs, context.nowMs);
  if (!isWaiting(context, from)) finishDirection(context, from);
}

/** A socket failed while forwarding. @param errno 0 where it is not known any more */
export function sideFailed(context: RelayContext, failed: number, errno: number): void {
  const { table } = context;
  const client = clientOf(context, failed);
  const other = table.get(failed, FD.peer);
  if (!table.has(failed, FLAG.ended)) {
    if (hadFinished(context, other, errno)) {
      table.raise(other, FLAG.dead);
      if (!isWaiting(context, failed)) readOn(context, failed);
      return;
    }
    const isClient = failed === client;
    const reason = isClient ? "client-reset" : "backend-reset";
    cut(context, client, reason, {}, isClient ? "backend" : "client");
    return;
  }
  // All it sent is passed on; it only does not want the rest of what the other says.
  table.raise(other, FLAG.dead);
  if (!isWaiting(context, failed)) endByFirst(context, client);
}

/**
 * Whether the peer of `other` had finished before it failed (EPIPE in tcp_reset, net/ipv4/tcp_input.c): what it sent is whole, though
 * not all of it may have been passed on yet, and its end comes behind it. 0: the error was taken before.
 */
function hadFinished({ table }: RelayContext, other: number, errno: number): boolean {
  return errno === ERRNO.EPIPE || (errno === 0 && table.has(other, FLAG.dead));
}

/** All that was read from `from` has been written: reads more, or finishes the other side. */
export function readOn(context: RelayContext, from: number): void {
  const { table, port } = context;
  if (table.has(from, FLAG.ended)) finishDirection(context, from);
  else if (table.has(from, FLAG.bulk)) port.awaitReadable(from, false);
  else port.receive(from);
}

/** Counts bytes that a side has taken, and when. */
export function touch(context: RelayContext, client: number, from: number, bytes: number): void {
  const { table } = context;
  table.setTime(client, TIME.touchedMs, context.nowMs);
  table.addTime(client, from === client ? TIME.toBackend : TIME.toClient, bytes);
}

export function clientOf({ table }: RelayContext, fd: number): number {
  return table.get(fd, FD.role) === ROLE.client ? fd : table.get(fd, FD.peer);
}

/** Bytes of this direction wait, or are under way. What is left of a dead one waits for nobody. */
function isWaiting({ table, held }: RelayContext, from: number): boolean {
  if (table.has(from, FLAG.dead)) return false;
  return held.has(from) || table.has(from, FLAG.sending) || table.get(from, FD.inPipe) > 0;
}

function finishDirection(context: RelayContext, from: number): void {
  const { table } = context;
  if (table.has(from, FLAG.done)) return;
  table.raise(from, FLAG.done);
  const to = table.get(from, FD.peer);
  const client = clientOf(context, from);
  if (table.has(to, FLAG.done) || table.has(to, FLAG.dead)) endByFirst(context, client);
  else finishSending(to);
}

function endByFirst(context: RelayContext, client: number): void {
  const first = context.table.session(client, SESSION.firstToEnd);
  cut(context, client, first === BACKEND_FIRST ? "backend" : "client");
}
