// The end of a search for a backend that was not found in time.

import { settleAttempt } from "../../../pool/attempts.ts";
import type { RelayContext } from "./context.ts";
import { SESSION } from "./table.ts";

/** A connect in progress, or a retry that waits, is given up. */
export function releaseAttempt(context: RelayContext, client: number): void {
  const connecting = context.connecting.get(client);
  if (connecting === undefined) return;
  context.connecting.delete(client);
  context.table.setSession(client, SESSION.tries, connecting.attempts.tried.length);
  if (connecting.attempts.backend !== undefined) settleAttempt(connecting.attempts, false);
}
