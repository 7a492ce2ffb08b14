// Forwards both ways once a backend has accepted: what cannot be written is not read, what one side finishes is finished on the other
// after its last byte, and a reset is passed on. Each direction is named by the descriptor it is read from.

import { ERRNO } from "../kernel/errno.ts";
import type { Region } from "../kernel/memory.ts";
import { considerBulk, pumpBulk } from "./bulk.ts";
import type { RelayContext } from "./context.ts";
import { clientOf, readOn, sideFailed, touch } from "./direction.ts";
import { PENDING } from "./port.ts";
import { hurry } from "./socket-options.ts";
import { FD, FLAG, TIME } from "./table.ts";
import { tellConnected } from "./tell.ts";

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
  tellConnected(context, client);
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

/** Bytes of `region` have come from either side. */
export function forwardBytes(
  context: RelayContext,
  from: number,
  region: Region,
  start: number,
  length: number,
): void {
  const { table, port } = context;
  if (table.has(from, FLAG.dead)) {
    port.receive(from);
    return;
  }
  considerBulk(context, from, length);
  hurry(context, from);
  const to = table.get(from, FD.peer);
  if (!table.has(from, FLAG.bulk) && !table.has(to, FLAG.bulk)) context.answeredMs = context.nowMs;
  const taken = port.send(to, region.address + start, length);
  if (taken !== PENDING) {
    settleReceived(context, from, region, start, length, taken);
    return;
  }
  if (region !== port.region) context.sendingFrom.set(from, region);
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
    const region = context.sendingFrom.get(from) ?? context.port.region;
    context.sendingFrom.delete(from);
    settleReceived(context, from, region, start, table.get(from, FD.sendLength), result);
  }
}

/** `to` takes bytes again. */
export function writable(context: RelayContext, to: number): void {
  const from = context.table.get(to, FD.peer);
  if (from < 0) return;
  if (context.held.has(from)) flushHeld(context, from);
  else if (context.splicing.has(from)) pumpBulk(context, from);
}

function settleReceived(
  context: RelayContext,
  from: number,
  region: Region,
  start: number,
  length: number,
  result: number,
): void {
  const { table, port } = context;
  const to = table.get(from, FD.peer);
  if (result < 0 && result !== -ERRNO.EAGAIN) {
    sideFailed(context, to, -result);
    return;
  }
  const taken = Math.max(0, result);
  if (taken > 0) touch(context, clientOf(context, from), from, taken);
  if (taken === length) {
    readOn(context, from);
    return;
  }
  hold(context, from, region, start + taken, length - taken);
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
  if (left === 0) {
    settleHeld(context, from, 0);
    return;
  }
  hurry(context, from);
  const taken = port.send(to, block.region.address + block.start, left);
  if (taken === PENDING) table.raise(from, FLAG.sendingHeld);
  else settleHeld(context, from, taken);
}

function settleHeld(context: RelayContext, from: number, result: number): void {
  const { table, held, blocks, port } = context;
  const block = held.get(from);
  const to = table.get(from, FD.peer);
  if (block === undefined) return;
  if (result < 0 && result !== -ERRNO.EAGAIN) {
    sideFailed(context, to, -result);
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
