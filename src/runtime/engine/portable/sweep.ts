// Ends what has lasted too long. Times are stamps that a sweep looks at: no connection has a timer of its own.

import { connectTimedOut } from "./connect.ts";
import type { EngineContext } from "./context.ts";
import type { ListenerSocket } from "./listener-socket.ts";
import type { Session } from "./session.ts";

/** Those without a verdict, and those whose connect does not end. Forgets stopped listeners without any. */
export function sweepDeadlines(context: EngineContext, listeners: Set<ListenerSocket>): void {
  const now = context.clock.nowMs();
  for (const listener of listeners) {
    if (listener.isStopped && listener.undecided.size === 0) listeners.delete(listener);
    for (const session of listener.undecided) {
      if (now - session.acceptedMs >= session.plan.limits.inspectMs) session.cut("inspect-timeout");
    }
  }
  for (const session of context.connecting) {
    if (now >= session.connectDeadlineMs) connectTimedOut(session);
  }
}

/** Those that are silent. */
export function sweepSilent(context: EngineContext): void {
  const now = context.clock.nowMs();
  for (const session of context.sessions) {
    if (session.stage === "forwarding") endSilent(session, now - session.touchedMs);
  }
}

function endSilent(session: Session, silentMs: number): void {
  const { idleMs } = session.plan.limits;
  const isHalfClosed = session.hasClientEnded || session.hasBackendEnded;
  if (isHalfClosed && silentMs >= Math.min(session.context.halfClosedMs, idleMs)) {
    session.cut("half-closed-timeout");
  } else if (silentMs >= idleMs) {
    session.cut("idle");
  }
}
