// Ends what has lasted too long. Times are stamps that a sweep looks at: no connection has a timer of its own.

import { connectTimedOut } from "./connect.ts";
import type { EngineContext } from "./context.ts";
import type { ListenerSocket } from "./listener-socket.ts";
import type { Session } from "./session.ts";

/** So long without a byte, and no more are on their way. */
const QUIET_MS = 200;

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

/** Those that are silent, and those whose turn has come in a drain. */
export function sweepSilent(context: EngineContext): void {
  const now = context.clock.nowMs();
  for (const session of context.sessions) {
    if (now >= session.drainMs) {
      if (now < session.drainEndMs && isUnderWay(session, now - session.touchedMs)) continue;
      session.drainMs = Number.POSITIVE_INFINITY;
      session.drain();
    } else if (session.stage === "forwarding") {
      endSilent(session, now - session.touchedMs);
    }
  }
}

/** One that had bytes on their way when its turn came may have more in the kernel: they have come once it is quiet. */
function isUnderWay(session: Session, silentMs: number): boolean {
  if (session.hasBytesOnTheirWay) session.isLate = true;
  else if (silentMs >= QUIET_MS) session.isLate = false;
  return session.isLate;
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
