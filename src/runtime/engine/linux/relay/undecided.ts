// Those without a verdict: a list a listener, oldest first, threaded through the rows.

import type { RelayContext, ServedListener } from "./context.ts";
import { LISTENER_COUNT, type SharedLimits } from "./shared-limits.ts";
import { COUNTED, type ConnectionTable, SESSION, STAGE } from "./table.ts";

export function enterUndecided(
  { table, limits }: RelayContext,
  listener: ServedListener,
  index: number,
  client: number,
): void {
  table.setSession(client, SESSION.older, listener.newest);
  table.setSession(client, SESSION.newer, -1);
  if (listener.newest >= 0) table.setSession(listener.newest, SESSION.newer, client);
  else listener.oldest = client;
  listener.newest = client;
  table.setSession(client, SESSION.stage, STAGE.inspecting);
  const { sessions } = table;
  const at = table.sessionAt(client) + SESSION.counted;
  limits.add(index, LISTENER_COUNT.undecided, 1);
  sessions[at] = (sessions[at] as number) | COUNTED.undecided;
}

/** Takes a client out of its list, if it is in one. */
export function leaveUndecided({ table, limits, listeners }: RelayContext, client: number): void {
  if (table.session(client, SESSION.stage) !== STAGE.inspecting) return;
  const index = table.session(client, SESSION.listener);
  const older = table.session(client, SESSION.older);
  const newer = table.session(client, SESSION.newer);
  const listener = listeners.get(index);
  if (older >= 0) table.setSession(older, SESSION.newer, newer);
  else if (listener !== undefined) listener.oldest = newer;
  if (newer >= 0) table.setSession(newer, SESSION.older, older);
  else if (listener !== undefined) listener.newest = older;
  uncountUndecided(table, limits, client, index);
}

/** Takes a client out of the count, if it is in it. */
export function uncountUndecided(
  table: ConnectionTable,
  limits: SharedLimits,
  client: number,
  listener: number,
): void {
  const { sessions } = table;
  const at = table.sessionAt(client) + SESSION.counted;
  const counted = sessions[at] as number;
  if ((counted & COUNTED.undecided) === 0) return;
  limits.add(listener, LISTENER_COUNT.undecided, -1);
  sessions[at] = counted & ~COUNTED.undecided;
}
