// Options of sockets, set when they first matter: most connections are short, and each option is a call and maybe a timer.

import { OPTION, setOption } from "../kernel/socket.ts";
import type { RelayContext } from "./context.ts";
import { FD, FLAG, SESSION, TIME } from "./table.ts";

/** What goes out as one segment on any path waits for no acknowledgement, even without `TCP_NODELAY`. */
const ONE_SEGMENT_BYTES = 1200;
/** Younger connections need no keepalive yet; the shortest first probe is later. */
const KEEPALIVE_AFTER_MS = 2000;
const MILLISECONDS = 1000;

/** Called with the first bytes for a backend. Later ones call `hurry`. */
export function hurryFirst(context: RelayContext, client: number, lengthBytes: number): void {
  if (lengthBytes > ONE_SEGMENT_BYTES) hurry(context, client);
}

/** Bytes from `from` follow others: they must not wait until those are acknowledged. Clients have it from their listener. */
export function hurry({ table }: RelayContext, from: number): void {
  if (table.has(from, FLAG.hurried)) return;
  table.raise(from, FLAG.hurried);
  setOption(table.get(from, FD.peer), OPTION.noDelay, 1);
}

/**
 * For a socket that connects, and has bytes ready for when it has: their segment carries the last acknowledgement of the handshake,
 * which else is one of its own (net/ipv4/tcp_input.c, tcp_rcv_synsent_state_process; of a listener the option says something else).
 */
export function acknowledgeWithBytes(fd: number): void {
  setOption(fd, OPTION.deferAccept, 1);
}

/** Lets the kernel look after both sides of a connection that has lasted a while. */
export function keepAlive(context: RelayContext, client: number, backend: number): void {
  const { table, nowMs, plans } = context;
  if (table.has(backend, FLAG.keptAlive)) return;
  if (nowMs - table.time(client, TIME.acceptedMs) < KEEPALIVE_AFTER_MS) return;
  table.raise(backend, FLAG.keptAlive);
  const idleMs = plans.get(table.session(client, SESSION.plan))?.plan.keepaliveIdleMs ?? 0;
  const idleS = Math.max(1, Math.round(idleMs / MILLISECONDS));
  for (const fd of [client, backend]) {
    setOption(fd, OPTION.keepAlive, 1);
    setOption(fd, OPTION.keepIdle, idleS);
  }
}
