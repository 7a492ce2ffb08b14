// From the verdict to a backend that has accepted: one connect at a time, others of the pool after a failure. Until then nothing of
// the client's bytes has been taken by anyone.

import {
  type Attempts,
  chooseNext,
  concludeAttempt,
  RETRY_JITTER_MS,
} from "../../../pool/attempts.ts";
import type { Backend } from "../../../pool/pool.ts";
import { isLocalError } from "../../../routing/refusals.ts";
import { AF_INET, AF_INET6 } from "../kernel/address.ts";
import { closeDescriptor } from "../kernel/descriptor.ts";
import { ERRNO, errnoName } from "../kernel/errno.ts";
import type { Region } from "../kernel/memory.ts";
import { openSocket } from "../kernel/socket.ts";
import { LEFT, tracesOfThread } from "../kernel/traces.ts";
import { enterBackend, leaveBackend } from "./attempt.ts";
import type { Connecting, RelayContext } from "./context.ts";
import { closeSide, cut } from "./end.ts";
import { startForwarding } from "./forward.ts";
import { PENDING } from "./port.ts";
import { RECORD } from "./records.ts";
import { socketAddress } from "./socket-addresses.ts";
import { acknowledgeWithBytes, hurryFirst } from "./socket-options.ts";
import { FD, FLAG, ROLE, SESSION, SESSION_WORDS, STAGE } from "./table.ts";
import { tell } from "./tell.ts";

/** Starts the search for a backend with bytes `[start, start + length)` of `region` in hand. */
export function beginConnecting(
  context: RelayContext,
  client: number,
  attempts: Attempts,
  region: Region,
  start: number,
  length: number,
): void {
  const connecting: Connecting = {
    attempts,
    fd: -1,
    deadlineMs: 0,
    retryAtMs: 0,
    lastFailure: "connect-failed",
  };
  if (context.port.needsStableBytes) holdBytes(context, client, region, start, length);
  const block = context.held.get(client);
  if (block === undefined) tryNext(context, client, connecting, region, start, length);
  else tryHeld(context, client, connecting);
}

/** A retry whose wait is over. */
export function retryConnect(context: RelayContext, client: number, connecting: Connecting): void {
  connecting.retryAtMs = 0;
  tryHeld(context, client, connecting);
}

/** A connect has taken longer than the pool allows. */
export function connectTimedOut(
  context: RelayContext,
  client: number,
  connecting: Connecting,
): void {
  connectFailed(context, client, connecting, "timeout", 0);
}

/** The driver's answer to a connect that was pending. */
export function connectEnded(
  context: RelayContext,
  backend: number,
  errno: number,
  sentBytes: number,
): void {
  const client = context.table.get(backend, FD.peer);
  const connecting = context.connecting.get(client);
  if (connecting?.fd !== backend) return;
  if (errno !== 0) {
    connectFailed(context, client, connecting, errnoName(errno), errno);
    return;
  }
  const block = context.held.get(client);
  established(context, client, connecting);
  if (block === undefined) startForwarding(context, client, context.port.region, 0, 0, 0);
  else {
    startForwarding(context, client, block.region, block.start, block.end - block.start, sentBytes);
  }
}

function tryHeld(context: RelayContext, client: number, connecting: Connecting): void {
  const block = context.held.get(client);
  if (block === undefined) return;
  tryNext(context, client, connecting, block.region, block.start, block.end - block.start);
}

function tryNext(
  context: RelayContext,
  client: number,
  connecting: Connecting,
  region: Region,
  start: number,
  length: number,
): void {
  const { table, port } = context;
  const { attempts } = connecting;
  const backend = chooseNext(attempts);
  if (backend === undefined) {
    cut(context, client, attempts.tried.length === 0 ? "no-backend" : connecting.lastFailure);
    return;
  }
  notePool(context, client, attempts, backend);
  enterBackend(context, client, backend);
  const fd = openBackend(context, client, backend);
  if (fd < 0) {
    holdBytes(context, client, region, start, length);
    connectFailed(context, client, connecting, errnoName(-fd), -fd);
    return;
  }
  connecting.fd = fd;
  table.set(client, FD.peer, fd);
  connecting.deadlineMs = context.nowMs + attempts.pool.spec.connect.timeoutMs;
  table.clear(client, FLAG.hurried);
  hurryFirst(context, client, length);
  if (length > 0) acknowledgeWithBytes(fd);
  const address = socketAddress(backend);
  const taken = port.connect(fd, address.at, address.length, region.address + start, length);
  if (taken === PENDING) {
    context.connecting.set(client, connecting);
    holdBytes(context, client, region, start, length);
    port.watch(client);
    return;
  }
  if (taken < 0) {
    holdBytes(context, client, region, start, length);
    connectFailed(context, client, connecting, errnoName(-taken), -taken);
    return;
  }
  established(context, client, connecting);
  startForwarding(context, client, region, start, length, taken);
}

function established(context: RelayContext, client: number, connecting: Connecting): void {
  const { table } = context;
  table.setSession(client, SESSION.tries, connecting.attempts.tried.length);
  concludeAttempt(connecting.attempts, true);
  context.connecting.delete(client);
  table.setSession(client, SESSION.stage, STAGE.forwarding);
}

/** A connected row names its pool and backend by their places in its plan. */
function notePool(
  { table, plans }: RelayContext,
  client: number,
  { pool }: Attempts,
  backend: Backend,
): void {
  const served = plans.get(table.session(client, SESSION.plan));
  table.setSession(client, SESSION.pool, served?.pools.indexOf(pool) ?? -1);
  table.setSession(client, SESSION.backend, pool.backends.indexOf(backend));
}

/** @returns a descriptor with its row, or `-errno` */
function openBackend(context: RelayContext, client: number, backend: Backend): number {
  const { table, port } = context;
  const family = backend.host.includes(":") ? AF_INET6 : AF_INET;
  const fd = openSocket(family, port.socketFlags);
  const left = tracesOfThread();
  left[LEFT.opened] = fd;
  if (fd < 0) return fd;
  if (fd >= table.capacity) {
    closeDescriptor(fd);
    left[LEFT.opened] = 0;
    return -ERRNO.EMFILE;
  }
  table.begin(fd, context.owner, ROLE.backend, client);
  left[LEFT.opened] = 0;
  // The client's socket has the option from its listener.
  table.raise(fd, FLAG.hurried);
  if (fd >= context.highest) context.highest = fd + 1;
  port.open(fd, false);
  return fd;
}

function connectFailed(
  context: RelayContext,
  client: number,
  connecting: Connecting,
  code: string,
  errno: number,
): void {
  const { table } = context;
  const { attempts, fd } = connecting;
  context.connecting.set(client, connecting);
  if (fd >= 0) {
    connecting.fd = -1;
    table.set(client, FD.peer, -1);
    closeSide(context, fd, false);
  }
  const isLocal = isLocalError(code);
  if (!isLocal) tellFailure(context, client, errno);
  leaveBackend(context, client);
  concludeAttempt(attempts, false);
  if (isLocal) {
    cut(context, client, "local", { errno });
    return;
  }
  connecting.lastFailure = code === "timeout" ? "connect-timeout" : "connect-failed";
  connecting.deadlineMs = 0;
  connecting.retryAtMs = context.nowMs + context.random() * RETRY_JITTER_MS;
  context.retryAtMs = Math.min(context.retryAtMs, connecting.retryAtMs);
}

/** A record of its own: which backend, and why. `errno` 0 is a timeout. */
function tellFailure(context: RelayContext, client: number, errno: number): void {
  const { table } = context;
  const at = table.sessionAt(client);
  const words = table.sessions.slice(at, at + SESSION_WORDS);
  words[SESSION.kind] = RECORD.connectFailed;
  words[SESSION.errno] = errno;
  tell(context, words);
}

/** Copies bytes aside that lie in the driver's buffer; a block that holds them already stays. */
function holdBytes(
  { table, held, blocks }: RelayContext,
  client: number,
  region: Region,
  start: number,
  length: number,
): void {
  if (held.has(client)) return;
  held.set(client, blocks.append(undefined, region, start, length));
  table.raise(client, FLAG.held);
}
