// What main is told of a connection: a record where it wants one, otherwise a count. What finds no room in the ring is counted.

import type { RelayContext } from "./context.ts";
import { isRefusalCode } from "./reasons.ts";
import { RECORD } from "./records.ts";
import { COUNTED, SESSION, TIME } from "./table.ts";
import { WANTS } from "./tally.ts";

/** A backend has accepted. */
export function tellConnected(context: RelayContext, client: number): void {
  const { table, records, tally, plans, connects } = context;
  if ((tally.wants & WANTS.connected) !== 0) {
    table.setSession(client, SESSION.kind, RECORD.connected);
    if (records.write(table.sessions, table.sessionAt(client))) {
      wakeMain(context);
      return;
    }
  }
  const served = plans.get(table.session(client, SESSION.plan));
  const words = served?.usageWords[table.session(client, SESSION.pool)];
  const word = words?.[table.session(client, SESSION.backend)];
  if (word !== undefined) Atomics.add(connects, word, 1);
}

/** A connection has ended; its row says how. */
export function tellEnded(context: RelayContext, client: number): void {
  const { table, records, tally } = context;
  const code = table.session(client, SESSION.reason);
  const isWanted = (tally.wants & WANTS.ended) !== 0 || isRefusalCode(code);
  const { sessions } = table;
  const at = table.sessionAt(client);
  const counted = at + SESSION.counted;
  // A predecessor may have died right after it told.
  if (((sessions[counted] as number) & COUNTED.told) !== 0) return;
  const toBackend = table.time(client, TIME.toBackend);
  const toClient = table.time(client, TIME.toClient);
  const dropped = table.session(client, SESSION.dropped);
  const consumed = table.session(client, SESSION.consumed);
  if (!isWanted || !records.write(sessions, at)) {
    tally.add(code, toBackend, toClient, dropped, consumed);
  }
  sessions[counted] = (sessions[counted] as number) | COUNTED.told;
  wakeMain(context);
}

/** Something else, in the words of a record; what has no room is lost, and counted as such. */
export function tell(context: RelayContext, words: Int32Array): void {
  context.records.write(words, 0);
  wakeMain(context);
}

/** There is something to hear; main asks to be woken for it where it does not look by itself. */
export function wakeMain({ records, wakeMain }: RelayContext): void {
  if (records.claimWake()) wakeMain();
}
