// Ends what has lasted too long, by stamps. Called by the loop as often as the shortest limit asks.

import { connectTimedOut, retryConnect } from "./connect.ts";
import type { RelayContext, ServedListener } from "./context.ts";
import { cut } from "./end.ts";
import { keepAlive } from "./socket-options.ts";
import { FD, FLAG, ROLE, SESSION, STAGE, TIME } from "./table.ts";

/** Rows looked at in one go. */
const CHUNK = 65_536;
/** Those that have been silent for so long are looked at for a failure that nobody told. */
const CHECK_MS = 100;

let cursor = 0;

/** Those without a verdict, those whose connect does not end, and retries whose time has come. */
export function sweepDeadlines(context: RelayContext): void {
  const { listeners, connecting, nowMs } = context;
  for (const listener of listeners.values()) endUndecided(context, listener);
  context.retryAtMs = Number.POSITIVE_INFINITY;
  for (const [client, one] of connecting) {
    if (one.retryAtMs > 0) {
      if (nowMs >= one.retryAtMs) retryConnect(context, client, one);
      else context.retryAtMs = Math.min(context.retryAtMs, one.retryAtMs);
    } else if (nowMs >= one.deadlineMs) connectTimedOut(context, client, one);
  }
}

/** Oldest first. Those that came under an earlier plan may have longer than the ones behind them. */
function endUndecided(context: RelayContext, listener: ServedListener): void {
  const { table, plans, nowMs } = context;
  for (let client = listener.oldest, newer = -1; client >= 0; client = newer) {
    newer = table.session(client, SESSION.newer);
    const slot = table.session(client, SESSION.plan);
    const inspectMs = plans.get(slot)?.plan.limits.inspectMs ?? 0;
    if (nowMs - table.time(client, TIME.acceptedMs) >= inspectMs) {
      cut(context, client, "inspect-timeout");
    } else if (slot === listener.served?.slot) return;
  }
}

/** Those that are silent; a part of the table each time. */
export function sweepSilent(context: RelayContext): void {
  const { table, owner, highest } = context;
  const end = Math.min(highest, cursor + CHUNK);
  for (let fd = cursor; fd < end; fd++) {
    if (table.get(fd, FD.owner) !== owner || table.get(fd, FD.role) !== ROLE.client) continue;
    if (table.session(fd, SESSION.stage) === STAGE.forwarding) checkSilent(context, fd);
    if (table.session(fd, SESSION.stage) === STAGE.forwarding) endSilent(context, fd);
  }
  cursor = end >= highest ? 0 : end;
}

/** Every client of this worker. */
export function openClients({ table, owner, highest }: RelayContext): readonly number[] {
  const clients: number[] = [];
  for (let fd = 0; fd < highest; fd++) {
    const isClient = table.get(fd, FD.role) === ROLE.client && table.get(fd, FD.owner) === owner;
    if (isClient && table.session(fd, SESSION.stage) !== STAGE.none) clients.push(fd);
  }
  return clients;
}

/** Either side may have failed without a word. */
function checkSilent({ table, port, nowMs }: RelayContext, client: number): void {
  if (nowMs - table.time(client, TIME.touchedMs) < CHECK_MS) return;
  const backend = table.get(client, FD.peer);
  port.check(client);
  if (table.session(client, SESSION.stage) === STAGE.forwarding) port.check(backend);
}

function endSilent(context: RelayContext, client: number): void {
  const { table, plans, nowMs } = context;
  const idleMs = plans.get(table.session(client, SESSION.plan))?.plan.limits.idleMs ?? 0;
  const silentMs = nowMs - table.time(client, TIME.touchedMs);
  const backend = table.get(client, FD.peer);
  keepAlive(context, client, backend);
  const isHalfClosed = table.has(client, FLAG.ended) || table.has(backend, FLAG.ended);
  if (isHalfClosed && silentMs >= Math.min(context.halfClosedMs, idleMs)) {
    cut(context, client, "half-closed-timeout");
  } else if (silentMs >= idleMs) {
    cut(context, client, "idle");
  }
}
