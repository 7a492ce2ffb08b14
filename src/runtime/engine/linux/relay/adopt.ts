// Takes over the rows of a worker that died: connections with nothing in hand go on, the others are closed and counted. Whatever
// the dead thread had opened and nobody uses is closed.

import { closeDescriptor, setNonBlocking } from "../kernel/descriptor.ts";
import type { RelayContext } from "./context.ts";
import { sideEnded } from "./direction.ts";
import { cut } from "./end.ts";
import { LISTENER_COUNT } from "./shared-limits.ts";
import { FD, FLAG, ROLE, SESSION, STAGE } from "./table.ts";
import { enterUndecided } from "./undecided.ts";

const IN_HAND = FLAG.held | FLAG.sending | FLAG.sendingHeld;

/** Called once its plans and listeners are known again. @param lost descriptors whose bytes nobody has any more */
export function adopt(context: RelayContext, lost: ReadonlySet<number>): void {
  const { table, owner } = context;
  for (let fd = 0; fd < table.capacity; fd++) {
    if (table.get(fd, FD.owner) !== owner) continue;
    if (fd >= context.highest) context.highest = fd + 1;
    if (table.get(fd, FD.role) === ROLE.client) adoptClient(context, fd, lost);
    else if (!isUsed(context, fd)) closeLeft(context, fd);
  }
}

function adoptClient(context: RelayContext, client: number, lost: ReadonlySet<number>): void {
  const { table, port, limits } = context;
  const backend = table.get(client, FD.peer);
  context.open += 1;
  port.open(client, true);
  if (backend >= 0) port.open(backend, true);
  switch (table.session(client, SESSION.stage)) {
    case STAGE.forwarding:
      if (isInHand(context, client, lost) || isInHand(context, backend, lost)) break;
      adoptSide(context, client);
      if (table.get(client, FD.role) === ROLE.client) adoptSide(context, backend);
      return;
    case STAGE.inspecting: {
      const index = table.session(client, SESSION.listener);
      const listener = context.listeners.get(index);
      // It is in no list of ours yet: out of the count, and in again with its place.
      limits.add(index, LISTENER_COUNT.undecided, -1);
      table.setSession(client, SESSION.stage, STAGE.accepted);
      if (listener === undefined || lost.has(client)) break;
      if (table.session(client, SESSION.hasBytes) !== 0) break;
      enterUndecided(context, listener, index, client);
      port.receive(client);
      return;
    }
    case STAGE.connecting:
      giveBackConnect(context, client);
      break;
    case STAGE.none:
      context.open -= 1;
      closeLeft(context, client);
      return;
    default:
  }
  cut(context, client, "worker-crash");
}

function adoptSide(context: RelayContext, fd: number): void {
  const { table, port } = context;
  table.clear(fd, FLAG.bulk);
  table.set(fd, FD.bulk, 0);
  if (port.socketFlags === 0) setNonBlocking(fd, false);
  if (!table.has(fd, FLAG.ended)) {
    port.receive(fd);
    return;
  }
  if (table.has(fd, FLAG.done)) return;
  table.clear(fd, FLAG.ended);
  sideEnded(context, fd);
}

function isInHand({ table }: RelayContext, fd: number, lost: ReadonlySet<number>): boolean {
  return (
    fd < 0 ||
    lost.has(fd) ||
    table.has(fd, IN_HAND) ||
    table.get(fd, FD.parked) > 0 ||
    table.get(fd, FD.inPipe) > 0
  );
}

/** The attempt that was being made counts no more. */
function giveBackConnect({ table, plans }: RelayContext, client: number): void {
  if (table.get(client, FD.peer) < 0) return;
  const served = plans.get(table.session(client, SESSION.plan));
  const pool = served?.pools[table.session(client, SESSION.pool)];
  pool?.backends[table.session(client, SESSION.backend)]?.usage.add(-1);
}

/** A backend's descriptor whose client still names it. */
function isUsed({ table, owner }: RelayContext, fd: number): boolean {
  if (table.get(fd, FD.role) !== ROLE.backend) return false;
  const client = table.get(fd, FD.peer);
  return (
    table.get(client, FD.role) === ROLE.client &&
    table.get(client, FD.owner) === owner &&
    table.get(client, FD.peer) === fd
  );
}

function closeLeft({ table }: RelayContext, fd: number): void {
  table.forget(fd);
  closeDescriptor(fd);
}
