// Forwards both ways once a backend has accepted: what cannot be written is not read, what one side finishes is finished on the other
// after its last byte, and a reset is passed on. Each direction is named by the descriptor it is read from.

import { ERRNO } from "../kernel/errno.ts";
import type { Region } from "../kernel/memory.ts";
import { finishSending } from "../kernel/socket.ts";
import { considerBulk, pumpBulk } from "./bulk.ts";
import type { RelayContext } from "./context.ts";
import { cut } from "./end.ts";
import { PENDING } from "./port.ts";
import { RECORD } from "./records.ts";
import { FD, FLAG, ROLE, SESSION, TIME } from "./table.ts";

const CLIENT_FIRST = 1;
const BACKEND_FIRST = 2;

/** The backend has accepted and taken `taken` of bytes `[start, start + length)`; the rest goes first. */
export function startForwarding(
  context: RelayContext,
  client: number,
  region: Region,
  start: number,
  length: number,
  taken: number,
): void {
  const { table, port, held } = context;
  const backend = table.get(client, FD.peer);
  table.setTime(client, TIME.connectedMs, context.nowMs);
  if (context.wantsConnected) {
    table.setSession(client, SESSION.kind, RECORD.connected);
    if (context.records.write(table.sessions, table.sessionAt(client))) context.wakeMain();
  }
  port.receive(backend);
  touch(context, client, client, taken);
  const block = held.get(client);
  if (block !== undefined) {
    block.start += taken;
    flushHeld(context, client);
  } else if (taken < length) {
    hold(context, client, region, start + taken, length - taken);
    port.awaitWritable(backend);
  } else {
    readOn(context, client);
  }
}

/** Bytes of the port's region have come from either side. */
export function forwardBytes(
  context: RelayContext,
  from: number,
  start: number,
  length: number,
): void {
  const { table, port } = context;
  if (table.has(from, FLAG.dead)) {
    port.receive(from);
    return;
  }
  considerBulk(context, from, length);
  const to = table.get(from, FD.peer);
  const taken = port.send(to, port.region.address + start, length);
  if (taken !== PENDING) {
    settleReceived(context, from, start, length, taken);
    return;
  }
  table.raise(from, FLAG.sending);
  table.set(from, FD.sendAt, start);
  table.set(from, FD.sendLength, length);
}

/** A send to `to` that was pending has ended. */
export function sendEnded(context: RelayContext, to: number, result: number): void {
  const { table } = context;
  const from = table.get(to, FD.peer);
  if (from < 0) return;
  if (table.has(from, FLAG.sendingHeld)) {
    table.clear(from, FLAG.sendingHeld);
    settleHeld(context, from, result);
  } else if (table.has(from, FLAG.sending)) {
    table.clear(from, FLAG.sending);
    const start = table.get(from, FD.sendAt);
    settleReceived(context, from, start, table.get(from, FD.sendLength), result);
  }
}

/** `to` takes bytes again. */
export function writable(context: RelayContext, to: number): void {
  const from = context.table.get(to, FD.peer);
  if (from < 0) return;
  if (context.held.has(from)) flushHeld(context, from);
  else if (context.splicing.has(from)) pumpBulk(context, from);
}

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

/** A socket failed while forwarding. */
export function sideFailed(context: RelayContext, failed: number): void {
  const { table } = context;
  const client = clientOf(context, failed);
  const other = table.get(failed, FD.peer);
  if (!table.has(failed, FLAG.ended)) {
    const isClient = failed === client;
    const reason = isClient ? "client-reset" : "backend-reset";
    cut(context, client, reason, {}, isClient ? "backend" : "client");
    return;
  }
  // All it sent is passed on; it only does not want the rest of what the other says.
  table.raise(other, FLAG.dead);
  if (!isWaiting(context, failed)) endByFirst(context, client);
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

function settleReceived(
  context: RelayContext,
  from: number,
  start: number,
  length: number,
  result: number,
): void {
  const { table, port } = context;
  const to = table.get(from, FD.peer);
  if (result < 0 && result !== -ERRNO.EAGAIN) {
    sideFailed(context, to);
    return;
  }
  const taken = Math.max(0, result);
  if (taken > 0) touch(context, clientOf(context, from), from, taken);
  if (taken === length) {
    readOn(context, from);
    return;
  }
  hold(context, from, port.region, start + taken, length - taken);
  port.awaitWritable(to);
}

function hold(
  { table, held, blocks }: RelayContext,
  from: number,
  region: Region,
  start: number,
  length: number,
): void {
  held.set(from, blocks.append(held.get(from), region, start, length));
  table.raise(from, FLAG.held);
}

function flushHeld(context: RelayContext, from: number): void {
  const { table, held, port } = context;
  const block = held.get(from);
  if (block === undefined || table.has(from, FLAG.sendingHeld)) return;
  const to = table.get(from, FD.peer);
  const left = block.end - block.start;
  const taken = left === 0 ? 0 : port.send(to, block.region.address + block.start, left);
  if (taken === PENDING) table.raise(from, FLAG.sendingHeld);
  else settleHeld(context, from, taken);
}

function settleHeld(context: RelayContext, from: number, result: number): void {
  const { table, held, blocks, port } = context;
  const block = held.get(from);
  const to = table.get(from, FD.peer);
  if (block === undefined) return;
  if (result < 0 && result !== -ERRNO.EAGAIN) {
    sideFailed(context, to);
    return;
  }
  const taken = Math.max(0, result);
  block.start += taken;
  if (taken > 0) touch(context, clientOf(context, from), from, taken);
  if (block.start < block.end) {
    port.awaitWritable(to);
    return;
  }
  held.delete(from);
  blocks.give(block);
  table.clear(from, FLAG.held);
  readOn(context, from);
}

/** Bytes of this direction wait, or are under way. */
function isWaiting({ table, held }: RelayContext, from: number): boolean {
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
