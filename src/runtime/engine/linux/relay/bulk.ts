// Bulk: bytes that come in large reads go through a pipe, by splice, without being copied to us. A direction comes here after
// reads that filled the buffer and goes back when it dries up.

import { spliceBytes } from "../kernel/descriptor.ts";
import { ERRNO } from "../kernel/errno.ts";
import { isClosed } from "../kernel/socket.ts";
import type { RelayContext } from "./context.ts";
import { clientOf, readOn, sideEnded, sideFailed, touch } from "./direction.ts";
import { PIPE_BYTES, type Pipe } from "./pipes.ts";
import { FD, FLAG } from "./table.ts";

/** Bytes in large reads in a row that make a direction bulk. */
const BULK_BYTES = 64 * 1024;
/** A direction that moved less than this before it ran dry is no longer bulk. */
const BULK_STAY_BYTES = 32 * 1024;
/** Moves for one direction in one turn where others wait for answers, … */
const TURN_MOVES_BESIDE_OTHERS = 1;
/** … and where all are bulk: to stay with one was seen to cost up to a third less than to go round. */
const TURN_MOVES = 8;
/** Others wait for answers if one of them got bytes so lately. */
const BESIDE_OTHERS_MS = 100;

/** Notes a read; from the next one on the direction may be bulk. */
export function considerBulk(context: RelayContext, from: number, length: number): void {
  const { table, port, pipes, nowMs } = context;
  if (!port.isLarge) {
    table.set(from, FD.bulk, 0);
    return;
  }
  const bytes = table.get(from, FD.bulk) + length;
  table.set(from, FD.bulk, bytes);
  if (bytes < BULK_BYTES || table.has(from, FLAG.bulk)) return;
  if (!pipes.canTake(nowMs)) {
    table.set(from, FD.bulk, 0);
    return;
  }
  table.raise(from, FLAG.bulk);
  table.set(from, FD.spliced, BULK_STAY_BYTES);
}

/** A bulk direction has bytes to read, or its other side takes some again. */
export function pumpBulk(context: RelayContext, from: number): void {
  const { table, port, splicing, pipes } = context;
  if (table.has(from, FLAG.dead)) {
    leaveBulk(context, from);
    return;
  }
  let pipe = splicing.get(from);
  if (pipe === undefined) {
    pipe = pipes.take(context.nowMs);
    if (pipe === undefined) {
      leaveBulk(context, from);
      return;
    }
    splicing.set(from, pipe);
    port.setSplicing(from, true);
    port.setSplicing(table.get(from, FD.peer), true);
  }
  const isBesideOthers = context.nowMs - context.answeredMs < BESIDE_OTHERS_MS;
  const moves = isBesideOthers ? TURN_MOVES_BESIDE_OTHERS : TURN_MOVES;
  for (let move = 0; move < moves; move++) {
    if (!drainPipe(context, from, pipe)) return;
    if (table.has(from, FLAG.ended)) {
      givePipe(context, from, pipe);
      endSplicing(context, from);
      readOn(context, from);
      return;
    }
    if (!fillPipe(context, from, pipe)) return;
  }
  if (drainPipe(context, from, pipe)) port.awaitReadable(from, false);
}

/** @returns whether the pipe is empty now; otherwise the other side is waited for, or the connection has ended */
function drainPipe(context: RelayContext, from: number, pipe: Pipe): boolean {
  const { table, port } = context;
  const to = table.get(from, FD.peer);
  for (;;) {
    const left = table.get(from, FD.inPipe);
    if (left === 0) return true;
    const moved = spliceBytes(pipe.readEnd, to, left);
    if (moved === -ERRNO.EAGAIN) {
      port.awaitWritable(to);
      return false;
    }
    if (moved <= 0) {
      sideFailed(context, to, -moved);
      return false;
    }
    table.set(from, FD.inPipe, left - moved);
    touch(context, clientOf(context, from), from, moved);
  }
}

/** @returns whether bytes are in the pipe now, or the side has ended; otherwise the side is waited for or has failed */
function fillPipe(context: RelayContext, from: number, pipe: Pipe): boolean {
  const { table, port } = context;
  const moved = spliceBytes(from, pipe.writeEnd, PIPE_BYTES);
  if (moved > 0) {
    table.set(from, FD.inPipe, moved);
    table.set(from, FD.spliced, Math.min(PIPE_BYTES, table.get(from, FD.spliced) + moved));
    return true;
  }
  if (moved === -ERRNO.EAGAIN) {
    givePipe(context, from, pipe);
    if (table.get(from, FD.spliced) < BULK_STAY_BYTES) leaveBulk(context, from);
    else {
      table.set(from, FD.spliced, 0);
      port.awaitReadable(from, true);
    }
    return false;
  }
  if (moved < 0) {
    sideFailed(context, from, -moved);
    return false;
  }
  givePipe(context, from, pipe);
  // A failure is told once: a send to it that has not been told of yet may know whether this end was one.
  if (table.has(table.get(from, FD.peer), FLAG.sending | FLAG.sendingHeld) && isClosed(from)) {
    port.awaitReadable(from, false);
    return false;
  }
  endSplicing(context, from);
  sideEnded(context, from);
  return false;
}

function leaveBulk(context: RelayContext, from: number): void {
  const { table, port } = context;
  endSplicing(context, from);
  table.set(from, FD.bulk, 0);
  port.receive(from);
}

/** The direction is not bulk any more; its sockets are as before, unless the other direction still needs them otherwise. */
function endSplicing({ table, port }: RelayContext, from: number): void {
  const to = table.get(from, FD.peer);
  table.clear(from, FLAG.bulk);
  if (table.has(to, FLAG.bulk)) return;
  port.setSplicing(from, false);
  port.setSplicing(to, false);
}

/** An idle direction holds no pipe. */
function givePipe({ splicing, pipes }: RelayContext, from: number, pipe: Pipe): void {
  splicing.delete(from);
  pipes.give(pipe, true);
}
