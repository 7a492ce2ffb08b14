// From the verdict to a backend that has accepted: one connect at a time, others of the pool after a failure.
// Until then nothing of the client's bytes has been written anywhere.

import type { Socket } from "node:net";
import { nextAttempt, RETRY_JITTER_MS, settleAttempt } from "../../pool/attempts.ts";
import type { Backend } from "../../pool/pool.ts";
import { isLocalError } from "../../routing/refusals.ts";
import { startForwarding } from "./relay.ts";
import { bind, type Session, sessionOf, unbind } from "./session.ts";

/** Tries the next backend, or gives up. The session's stage is `connecting`. */
export function connectNext(session: Session): void {
  session.cancelRetry = undefined;
  const { attempts, context } = session;
  if (attempts === undefined) return;
  const backend = nextAttempt(attempts);
  if (backend === undefined) {
    session.cut(attempts.tried.length === 0 ? "no-backend" : session.lastFailure);
    return;
  }
  session.connectDeadlineMs = context.clock.nowMs() + attempts.pool.spec.connect.timeoutMs;
  context.connecting.add(session);
  open(session, backend);
}

/** A connect has taken longer than the pool allows. */
export function connectTimedOut(session: Session): void {
  connectFailed(session, "timeout");
}

function open(session: Session, backend: Backend): void {
  const socket = session.context.connect({
    host: backend.host,
    port: backend.port,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: session.plan.keepaliveIdleMs,
  });
  session.backend = socket;
  bind(socket, session);
  socket.on("connect", onConnect);
  socket.on("error", onConnectError);
}

function onConnect(this: Socket): void {
  const session = sessionOf(this);
  if (session?.stage !== "connecting" || session.attempts === undefined) return;
  this.off("connect", onConnect);
  this.off("error", onConnectError);
  session.context.connecting.delete(session);
  session.backendIdentity = session.attempts.backend?.identity;
  settleAttempt(session.attempts, true);
  session.connectedMs = session.context.clock.nowMs();
  startForwarding(session, this);
}

/** Stays on sockets that were given up, so that their errors have a listener. */
function onConnectError(this: Socket, error: NodeJS.ErrnoException): void {
  const session = sessionOf(this);
  if (session?.stage !== "connecting") return;
  connectFailed(session, error.code ?? "unknown");
}

function connectFailed(session: Session, code: string): void {
  const { attempts, context, backend: socket } = session;
  if (attempts === undefined) return;
  const { backend, pool } = attempts;
  const isLocal = isLocalError(code);
  if (backend !== undefined && !isLocal) {
    const { identity, address } = backend;
    context.journal.connectFailed({ pool: pool.name, backend: identity, address, code });
  }
  context.connecting.delete(session);
  settleAttempt(attempts, false);
  if (socket !== undefined) {
    unbind(socket);
    socket.destroy();
    session.backend = undefined;
  }
  if (isLocal) {
    session.cut("local", { detail: code });
    return;
  }
  session.lastFailure = code === "timeout" ? "connect-timeout" : "connect-failed";
  const delayMs = context.random() * RETRY_JITTER_MS;
  session.cancelRetry = context.clock.after(delayMs, () => connectNext(session));
}
