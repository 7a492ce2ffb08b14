// The relay: what a worker does with what its driver tells. One state machine for both drivers; the stage of a connection says
// who is asked.

import type { Region } from "../kernel/memory.ts";
import { accepted, acceptFailed } from "./accept.ts";
import { pumpBulk } from "./bulk.ts";
import { connectEnded } from "./connect.ts";
import type { RelayContext } from "./context.ts";
import { clientOf, sideEnded, sideFailed } from "./direction.ts";
import { cut } from "./end.ts";
import { clientEndedUndecided, receiveFirstBytes } from "./first-bytes.ts";
import { forwardBytes, sendEnded, writable } from "./forward.ts";
import type { PortEvents } from "./port.ts";
import { FD, ROLE, SESSION, STAGE } from "./table.ts";

/** @param context asked for at each event: it is made together with the port that wants these */
export function createRelay(context: () => RelayContext): PortEvents {
  return {
    waited() {
      const now = context();
      now.nowMs = now.clock();
    },
    accepted: (listener, fd) => accepted(context(), listener, fd),
    acceptFailed: (listener, errno) => acceptFailed(context(), listener, errno),
    received: (fd, region, start, length) => received(context(), fd, region, start, length),
    failed: (fd, errno) => failed(context(), fd, errno),
    unwatched(fd, errno) {
      const now = context();
      if (isOurs(now, fd)) cut(now, clientOf(now, fd), "local", { errno });
    },
    sent(fd, result) {
      if (isOurs(context(), fd)) sendEnded(context(), fd, result);
    },
    connected: (fd, errno, sentBytes) => connectEnded(context(), fd, errno, sentBytes),
    readable(fd) {
      if (isOurs(context(), fd)) pumpBulk(context(), fd);
    },
    closing: (fd) => context().table.forget(fd),
    writable(fd) {
      if (isOurs(context(), fd)) writable(context(), fd);
    },
  };
}

function received(
  context: RelayContext,
  fd: number,
  region: Region,
  start: number,
  length: number,
): void {
  if (!isOurs(context, fd)) return;
  switch (context.table.session(clientOf(context, fd), SESSION.stage)) {
    case STAGE.inspecting:
      if (length > 0) receiveFirstBytes(context, fd, region, start, length);
      else clientEndedUndecided(context, fd);
      return;
    case STAGE.forwarding:
      if (length > 0) forwardBytes(context, fd, region, start, length);
      else sideEnded(context, fd);
      return;
    default:
      return;
  }
}

function failed(context: RelayContext, fd: number, errno: number): void {
  if (!isOurs(context, fd)) return;
  const client = clientOf(context, fd);
  if (context.table.session(client, SESSION.stage) === STAGE.forwarding) {
    sideFailed(context, fd, errno);
  } else if (fd === client) cut(context, client, "client-reset");
}

/** One that was closed earlier in the same turn is nobody's. */
function isOurs({ table, owner }: RelayContext, fd: number): boolean {
  return table.get(fd, FD.owner) === owner && table.get(fd, FD.role) !== ROLE.closing;
}
