// How a connection ends: its record, its counts, its descriptors, everything that was held for it.

import { leaveBackend, releaseAttempt } from "./attempt.ts";
import type { RelayContext } from "./context.ts";
import { HALF_CLOSED, type Reason, reasonCode } from "./reasons.ts";
import { RECORD } from "./records.ts";
import { LISTENER_COUNT } from "./shared-limits.ts";
import { COUNTED, FD, FLAG, SESSION, STAGE, TIME } from "./table.ts";
import { tellEnded } from "./tell.ts";
import { leaveUndecided } from "./undecided.ts";

/** What a reason may come with. */
export interface EndDetail {
  readonly refusedBy?: number;
  readonly reasonIndex?: number;
  readonly offset?: number;
  readonly errno?: number;
}

/** Whom a connection's end is passed on to as a reset. */
export type ResetSide = "none" | "client" | "backend";

/** Ends a connection now: both sockets are closed, what they have not taken is lost. */
export function cut(
  context: RelayContext,
  client: number,
  reason: Reason,
  detail: EndDetail = {},
  resets: ResetSide = "none",
): void {
  const { table } = context;
  const stage = table.session(client, SESSION.stage);
  if (stage === STAGE.none) return;
  noteEnd(context, client, stage, reason, detail);
  leaveUndecided(context, client);
  if (stage === STAGE.connecting) releaseAttempt(context, client);
  releaseUsage(context, client);
  context.open -= 1;
  context.turnover += 1;
  // Before its row is gone: main forgets a plan that no row names once it has heard everything.
  tellEnded(context, client);
  table.setSession(client, SESSION.stage, STAGE.none);
  const backend = table.get(client, FD.peer);
  closeSide(context, client, resets === "client");
  if (backend >= 0) closeSide(context, backend, resets === "backend");
  context.rows.delete(client);
}

/** Closes one descriptor and gives back what was held for it. */
export function closeSide(context: RelayContext, fd: number, isReset: boolean): void {
  const { table, port, held, blocks, pipes, splicing } = context;
  const block = held.get(fd);
  if (block !== undefined) {
    held.delete(fd);
    // The kernel may still be reading it, on behalf of the other side.
    const peer = table.get(fd, FD.peer);
    if (peer < 0) blocks.give(block);
    else port.whenIdle(peer, () => blocks.give(block));
  }
  const pipe = splicing.get(fd);
  if (pipe !== undefined) {
    splicing.delete(fd);
    pipes.give(pipe, table.get(fd, FD.inPipe) === 0);
  }
  context.sendingFrom.delete(fd);
  table.retire(fd);
  port.close(fd, isReset);
}

function noteEnd(
  { table, nowMs }: RelayContext,
  client: number,
  stage: number,
  reason: Reason,
  { refusedBy = 0, reasonIndex = -1, offset = -1, errno = 0 }: EndDetail,
): void {
  const backend = table.get(client, FD.peer);
  const isHalfClosed =
    stage === STAGE.forwarding &&
    backend >= 0 &&
    table.has(client, FLAG.ended) !== table.has(backend, FLAG.ended);
  table.setSession(client, SESSION.kind, RECORD.ended);
  table.setSession(client, SESSION.stateAtEnd, isHalfClosed ? HALF_CLOSED : stage);
  table.setSession(client, SESSION.reason, reasonCode(reason));
  table.setSession(client, SESSION.refusedBy, refusedBy);
  table.setSession(client, SESSION.reasonIndex, reasonIndex);
  table.setSession(client, SESSION.offset, offset);
  table.setSession(client, SESSION.errno, errno);
  table.setTime(client, TIME.endedMs, nowMs);
}

/** Each count is given back once, also where a predecessor died in the middle of this. */
function releaseUsage(context: RelayContext, client: number): void {
  const { table, limits } = context;
  const { sessions } = table;
  const counted = table.sessionAt(client) + SESSION.counted;
  const slotAt = table.sessionAt(client) + SESSION.clientSlot;
  const listener = table.session(client, SESSION.listener);
  if (((sessions[counted] as number) & COUNTED.open) !== 0) {
    limits.add(listener, LISTENER_COUNT.open, -1);
    sessions[counted] = (sessions[counted] as number) & ~COUNTED.open;
  }
  const slot = sessions[slotAt] as number;
  if (slot > 0) {
    limits.leaveClient(slot - 1);
    sessions[slotAt] = 0;
  }
  leaveBackend(context, client);
}
