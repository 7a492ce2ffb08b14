// Every reason a connection can be refused or cut for: stable names for logs, counters and alerts.
// A name is never reused; those that carry a detail are written `name:detail`.

/** Reason → what happened, for people. Order is that of a connection's life. */
export const REFUSALS = {
  draining: "the router is shutting down",
  connections: "limits.connections of the listener is reached",
  "per-client": "limits.per-client of the listener is reached for this address",
  "accept-rate": "limits.accept-rate of the listener is reached",
  "proxy-protocol": "the peer's address is not one that may speak for others",
  "prefix-missing": "the bytes do not begin with the required prefix",
  "inspect-timeout": "no verdict within limits.inspect",
  "inspecting-evicted": "the oldest undecided connection made room (limits.inspecting)",
  reject: "the bytes break a rule of the protocol",
  junk: "more bytes before a frame than the protocol drops",
  resync: "more false starts than the protocol allows",
  "too-long": "the frame is longer than the protocol's maximum",
  truncated: "the client stopped in the middle of a frame",
  "unpack-threw": "the unpack function threw",
  "unpack-invalid": "the unpack function answered what it must not",
  "no-route": "no rule matched",
  "rule-reject": "a rule of the router refuses it",
  "no-backend": "no backend to try",
  "connect-failed": "every backend tried refused",
  "connect-timeout": "every backend tried refused or was silent, the last one silent",
  local: "the machine could not open a connection, or not watch it",
} as const;

export type Refusal = keyof typeof REFUSALS;

/** @returns whether a connection that ended so never reached a backend because it was not let */
export function isRefusal(reason: Refusal | Ending): reason is Refusal {
  return Object.hasOwn(REFUSALS, reason);
}

/** How a connection ended that was not refused. */
export const ENDINGS = {
  client: "both sides finished, the client first",
  backend: "both sides finished, the backend first",
  "client-gone": "the client left without a byte, or while it waited for a backend",
  "client-reset": "the client reset the connection",
  "backend-reset": "the backend reset the connection",
  idle: "no byte either way within limits.idle",
  "half-closed-timeout": "one side finished, and no byte came from the other for a minute",
  drained: "ended while the router was shutting down",
  "router-closed": "the router was stopped at once",
  "worker-crash": "the worker that served it ended with bytes of it in hand",
} as const;

export type Ending = keyof typeof ENDINGS;

/**
 * Errors that are this machine's, by `errno` name: counted as `local:<errno>`, never held against a backend,
 * never retried on another one.
 */
const LOCAL_ERRORS = [
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "ENOSPC",
  "EPERM",
  "EACCES",
  "ENETUNREACH",
] as const;

/** @returns whether `code` (an `errno` name) says that this machine, not the backend, is at fault. */
export function isLocalError(code: string): boolean {
  return (LOCAL_ERRORS as readonly string[]).includes(code);
}
