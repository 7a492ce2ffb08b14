// Takes over the rows of a worker that died: connections with nothing in hand go on, the others are closed and counted. Whatever
// the dead thread had opened and nobody uses is closed.

import { closeDescriptor, setNonBlocking } from "../kernel/descriptor.ts";
import { LEFT, tracesOfThread } from "../kernel/traces.ts";
import type { RelayContext } from "./context.ts";
import { sideEnded } from "./direction.ts";
import { cut } from "./end.ts";
import { LISTENER_COUNT } from "./shared-limits.ts";
import { COUNTED, FD, FLAG, ROLE, SESSION, STAGE, TIME } from "./table.ts";
import { enterUndecided, uncountUndecided } from "./undecided.ts";

const IN_HAND = FLAG.held | FLAG.sending | FLAG.sendingHeld;

/** Called once its plans and listeners are known again. @param lost descriptors whose bytes nobody has any more */
export function adopt(context: RelayContext, lost: ReadonlySet<number>): void {
  const { table, owner } = context;
  const undecided: number[] = [];
  // What is closed here goes first: what the clients' turn closes is closed by the driver, and must not be met again.
  for (let fd = 0; fd < table.capacity; fd++) {
    if (table.get(fd, FD.owner) !== owner) continue;
    if (table.get(fd, FD.role) !== ROLE.client && !isUsed(context, fd)) closeLeft(context, fd);
    else if (fd >= context.highest) context.highest = fd + 1;
  }
  for (let fd = 0; fd < context.highest; fd++) {
    if (table.get(fd, FD.owner) !== owner || table.get(fd, FD.role) !== ROLE.client) continue;
    if (!adoptClient(context, fd, lost)) undecided.push(fd);
  }
  for (const client of undecided.sort((a, b) => acceptedMs(context, a) - acceptedMs(context, b))) {
    adoptUndecided(context, client);
  }
}

function acceptedMs({ table }: RelayContext, client: number): number {
  return table.time(client, TIME.acceptedMs);
}

/** @returns false for one that waits for its first bytes: it gets its place in order of age */
function adoptClient(context: RelayContext, client: number, lost: ReadonlySet<number>): boolean {
  const { table, port, limits } = context;
  const backend = table.get(client, FD.peer);
  const stage = table.session(client, SESSION.stage);
  if (stage === STAGE.none) {
    // Its end was counted and told; its sockets were not closed yet.
    closeLeft(context, client);
    if (backend >= 0) closeLeft(context, backend);
    return true;
  }
  context.open += 1;
  context.turnover += 1;
  port.open(client, true);
  if (backend >= 0) port.open(backend, true);
  // One that is not counted as open was being ended.
  const isOpen = (table.session(client, SESSION.counted) & COUNTED.open) !== 0;
  if (isOpen && stage === STAGE.forwarding && !isInHand(context, client, backend, lost)) {
    adoptSide(context, client);
    if (table.get(client, FD.role) === ROLE.client) adoptSide(context, backend);
    return true;
  }
  if (stage === STAGE.inspecting) {
    // It is in no list of ours yet: out of the count, and in again with its place.
    const listener = table.session(client, SESSION.listener);
    uncountUndecided(table, limits, client, listener);
    table.setSession(client, SESSION.stage, STAGE.accepted);
    const hasBytes = lost.has(client) || table.session(client, SESSION.hasBytes) !== 0;
    if (isOpen && !hasBytes && context.listeners.has(listener)) return false;
  }
  countAccepted(context, client);
  cut(context, client, "worker-crash");
  return true;
}

/** It may have died before it was counted. */
function countAccepted({ table, limits }: RelayContext, client: number): void {
  if ((table.session(client, SESSION.counted) & COUNTED.accepted) !== 0) return;
  limits.add(table.session(client, SESSION.listener), LISTENER_COUNT.accepted, 1);
}

function adoptUndecided(context: RelayContext, client: number): void {
  const index = context.table.session(client, SESSION.listener);
  const listener = context.listeners.get(index);
  if (listener === undefined) return;
  enterUndecided(context, listener, index, client);
  context.port.receive(client);
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
  // Its end is passed on again: the predecessor may have died before it was.
  table.clear(fd, FLAG.ended | FLAG.done);
  sideEnded(context, fd);
}

/** Whether bytes of either direction may be gone. */
function isInHand(
  { table }: RelayContext,
  client: number,
  backend: number,
  lost: ReadonlySet<number>,
): boolean {
  return [client, backend].some(
    (fd) =>
      fd < 0 ||
      lost.has(fd) ||
      table.has(fd, IN_HAND) ||
      table.get(fd, FD.parked) > 0 ||
      table.get(fd, FD.inPipe) > 0,
  );
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
  const left = tracesOfThread();
  left[LEFT.closing] = fd;
  table.forget(fd);
  closeDescriptor(fd);
  left[LEFT.closing] = 0;
}
