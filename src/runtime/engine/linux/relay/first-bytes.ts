// From the first byte to the verdict: hands what has come to the routing core and does what it answers.

import { KEY_SOURCE } from "../../../../compiler/abi.ts";
import { beginAttempts } from "../../../pool/attempts.ts";
import { inspect } from "../../../routing/inspect.ts";
import { INSPECTED, type Inspection } from "../../../routing/inspector.ts";
import { createKeyPlace, locateKey } from "../../../routing/key.ts";
import { ROW, resetRow, rowWords } from "../../../routing/row.ts";
import type { Region } from "../kernel/memory.ts";
import { admitClient } from "./accept.ts";
import { beginConnecting } from "./connect.ts";
import type { RelayContext, ServedPlan } from "./context.ts";
import { cut, type EndDetail } from "./end.ts";
import { FLAG, KEY_BYTES, SESSION, STAGE, TIME } from "./table.ts";
import { leaveUndecided } from "./undecided.ts";

/** The row of a connection whose first bytes may decide at once; it is copied only where they do not. */
let firstRow = new Int32Array(64);
const place = createKeyPlace();

/** Bytes `[start, start + length)` of `region`, from a client that is undecided. */
export function receiveFirstBytes(
  context: RelayContext,
  client: number,
  region: Region,
  start: number,
  length: number,
): void {
  const { table, held, blocks } = context;
  const served = context.plans.get(table.session(client, SESSION.plan));
  if (served === undefined) return;
  table.setSession(client, SESSION.hasBytes, 1);
  table.setTime(client, TIME.touchedMs, context.nowMs);
  const before = held.get(client);
  if (before === undefined) {
    inspectBytes(context, served, client, region, start, start + length);
    return;
  }
  const block = blocks.append(before, region, start, length);
  held.set(client, block);
  inspectBytes(context, served, client, block.region, block.start, block.end);
}

/** The client finished before a verdict. */
export function clientEndedUndecided(context: RelayContext, client: number): void {
  const { table, held } = context;
  const block = held.get(client);
  const heldBytes =
    table.session(client, SESSION.dropped) + (block === undefined ? 0 : block.end - block.start);
  // A balancer's probe may send a prefix and close: nothing of a frame was begun.
  const isUntouched =
    table.session(client, SESSION.hasBytes) === 0 ||
    (table.session(client, SESSION.consumed) > 0 && heldBytes === 0);
  cut(context, client, isUntouched ? "client-gone" : "truncated");
}

function inspectBytes(
  context: RelayContext,
  served: ServedPlan,
  client: number,
  region: Region,
  start: number,
  end: number,
): void {
  const { table, inspector } = context;
  const { program } = served.plan;
  const row = context.rows.get(client) ?? beginRow(context, served, client);
  const answer = inspect(inspector, program, row, 0, region.bytes, start, end);
  const { result } = inspector;
  table.setSession(client, SESSION.dropped, row[ROW.dropped] ?? 0);
  table.setSession(client, SESSION.consumed, row[ROW.consumed] ?? 0);
  if (answer === INSPECTED.need) {
    keep(context, served, client, row, region, result.frameStart, end);
    return;
  }
  takeClient(context, served, client, row);
  if (answer === INSPECTED.route) {
    route(context, served, client, region, result.frameStart, end);
    return;
  }
  if (result.refusal === "rule-reject") {
    table.setSession(client, SESSION.outcome, result.outcome);
  }
  if (result.refusal === "unpack-threw") writeText(context, client, String(result.thrown));
  if (result.refusal === "reject") writeRefusal(context, client, result);
  table.setTime(client, TIME.verdictMs, context.nowMs);
  cut(context, client, result.refusal, explain(served, result));
}

/** Undecided: what is not decided about is copied aside, once. */
function keep(
  context: RelayContext,
  { plan }: ServedPlan,
  client: number,
  row: Int32Array,
  region: Region,
  frameStart: number,
  end: number,
): void {
  const { table, held, blocks, port, rows } = context;
  if (row === firstRow) rows.set(client, row.slice(0, rowWords(plan.program)));
  const block = held.get(client);
  if (block !== undefined) block.start = frameStart;
  else if (end > frameStart) {
    held.set(client, blocks.append(undefined, region, frameStart, end - frameStart));
    table.raise(client, FLAG.held);
  }
  port.receive(client);
}

function beginRow({ table }: RelayContext, { plan }: ServedPlan, client: number): Int32Array {
  const words = rowWords(plan.program);
  if (firstRow.length < words) firstRow = new Int32Array(words);
  resetRow(firstRow, 0, words);
  firstRow[ROW.clientLength] = Math.max(0, table.session(client, SESSION.clientLength));
  for (let word = 0; word < 4; word++) {
    firstRow[ROW.client + word] = table.session(client, SESSION.client + word);
  }
  return firstRow;
}

/** With a prefix, only now is it known who the client is. */
function takeClient(
  { table }: RelayContext,
  { plan }: ServedPlan,
  client: number,
  row: Int32Array,
): void {
  const length = row[ROW.clientLength] ?? 0;
  if (plan.program.prefixes.length === 0 || length === 0 || row[ROW.consumed] === 0) return;
  table.setSession(client, SESSION.clientLength, length);
  for (let word = 0; word < 4; word++) {
    table.setSession(client, SESSION.client + word, row[ROW.client + word] ?? 0);
  }
}

function route(
  context: RelayContext,
  served: ServedPlan,
  client: number,
  region: Region,
  start: number,
  end: number,
): void {
  const { table, inspector } = context;
  const { result } = inspector;
  const pool = served.plan.pools[result.outcome];
  table.setSession(client, SESSION.outcome, result.outcome);
  noteKey(context, served, client, result.outcome);
  table.setTime(client, TIME.verdictMs, context.nowMs);
  context.rows.delete(client);
  if (pool === undefined) {
    cut(context, client, "no-backend");
    return;
  }
  if (!admitClient(context, client, served.plan)) {
    cut(context, client, "per-client");
    return;
  }
  leaveUndecided(context, client);
  table.setSession(client, SESSION.stage, STAGE.connecting);
  const block = context.held.get(client);
  if (block !== undefined) block.start = start;
  const attempts = beginAttempts(pool, result.hasHash ? result.hash : undefined);
  beginConnecting(context, client, attempts, region, start, end - start);
}

/** The key the pool hashes, otherwise the first one that is there: main makes the text. */
function noteKey(
  { table, inspector }: RelayContext,
  { plan }: ServedPlan,
  client: number,
  outcome: number,
): void {
  const { input } = inspector;
  const decided = plan.program.routes.outcomes[outcome];
  const by = decided?.kind === "pool" ? decided.by : -1;
  let index = by;
  if (by < 0 || !locateKey(input, by, place)) {
    index = plan.program.module.meta.keys.findIndex((_, key) => locateKey(input, key, place));
    if (index < 0) return;
  }
  table.setSession(client, SESSION.keyIndex, index);
  if (place.isInteger) {
    table.setSession(client, SESSION.keySource, KEY_SOURCE.integer);
    table.setSession(client, SESSION.key, place.low);
    table.setSession(client, SESSION.key + 1, place.high);
    return;
  }
  const length = Math.min(place.length, KEY_BYTES);
  table.setSession(client, SESSION.keySource, KEY_SOURCE.scratch);
  // Its whole length: main sees that it was cut.
  table.setSession(client, SESSION.keyLength, place.length);
  const at = 4 * (table.sessionAt(client) + SESSION.key);
  for (let byte = 0; byte < length; byte++) {
    table.sessionBytes[at + byte] = place.bytes[place.offset + byte] ?? 0;
  }
}

/** A module written by hand makes its reasons as it meets them: main, which never calls it, knows none of those. */
function writeRefusal(
  context: RelayContext,
  client: number,
  { refusedBy, reasonIndex }: Inspection,
): void {
  const reason = refusedBy?.meta.reasons[reasonIndex];
  if (reason !== undefined) writeText(context, client, reason.field);
}

function writeText({ table }: RelayContext, client: number, text: string): void {
  const at = 4 * (table.sessionAt(client) + SESSION.key);
  table.setSession(
    client,
    SESSION.keyLength,
    table.sessionBytes.write(text, at, KEY_BYTES, "utf8"),
  );
}

function explain({ plan }: ServedPlan, result: Inspection): EndDetail {
  const { offset, refusal, reasonIndex, refusedBy } = result;
  if (refusal === "rule-reject" || refusal === "unpack-threw") return {};
  if (refusal !== "reject") return { offset };
  const modules = [plan.program.module, ...plan.program.prefixes.flatMap(({ modules }) => modules)];
  const module = refusedBy === undefined ? -1 : modules.indexOf(refusedBy);
  return { offset, reasonIndex, refusedBy: Math.max(0, module) };
}
