// A connection's attempt at a backend: in whose count it is stands in its row, where a successor finds it.

import { concludeAttempt } from "../../../pool/attempts.ts";
import type { Backend } from "../../../pool/pool.ts";
import type { RelayContext } from "./context.ts";
import { COUNTED, SESSION } from "./table.ts";

/** Counts the connection as `backend`'s; its row must name that already. */
export function enterBackend({ table }: RelayContext, client: number, { usage }: Backend): void {
  const { sessions } = table;
  const counted = table.sessionAt(client) + SESSION.counted;
  usage.add(1);
  sessions[counted] = (sessions[counted] as number) | COUNTED.backend;
}

/** Takes it out of the count of the backend that its row names, if it is in there. */
export function leaveBackend({ table, plans }: RelayContext, client: number): void {
  const { sessions } = table;
  const counted = table.sessionAt(client) + SESSION.counted;
  if (((sessions[counted] as number) & COUNTED.backend) === 0) return;
  const served = plans.get(table.session(client, SESSION.plan));
  const pool = served?.pools[table.session(client, SESSION.pool)];
  const backend = pool?.backends[table.session(client, SESSION.backend)];
  if (backend === undefined) return;
  backend.usage.add(-1);
  sessions[counted] = (sessions[counted] as number) & ~COUNTED.backend;
}

/** A connect in progress, or a retry that waits, is given up. */
export function releaseAttempt(context: RelayContext, client: number): void {
  const connecting = context.connecting.get(client);
  if (connecting === undefined) return;
  context.connecting.delete(client);
  context.table.setSession(client, SESSION.tries, connecting.attempts.tried.length);
  if (connecting.attempts.backend !== undefined) concludeAttempt(connecting.attempts, false);
}
