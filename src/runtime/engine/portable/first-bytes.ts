// From the first byte to the verdict: hands what has come to the routing core and does what it answers.

import { formatIpAddress } from "../../../base/ip-address.ts";
import { beginAttempts } from "../../pool/attempts.ts";
import { inspect } from "../../routing/inspect.ts";
import { INSPECTED, type Inspection } from "../../routing/inspector.ts";
import type { ConnectionEnd } from "../../routing/journal.ts";
import { ROW, readRowClient, resetRow, rowWords } from "../../routing/row.ts";
import { connectNext } from "./connect.ts";
import { HeldBytes } from "./held-bytes.ts";
import type { Session } from "./session.ts";

/** The row of a connection whose first bytes may decide at once; it is copied only where they do not. */
let firstRow = new Int32Array(64);
const address = new Uint8Array(16);

/** Bytes from a client that is undecided. */
export function receiveFirstBytes(session: Session, chunk: Buffer): void {
  const { plan, context } = session;
  const { inspector } = context;
  session.hasBytes = true;
  session.touchedMs = context.clock.nowMs();
  const { held } = session;
  held?.append(chunk);
  const buf = held?.buf ?? chunk;
  const start = held?.start ?? 0;
  const end = held?.end ?? chunk.length;
  const row = session.row ?? beginRow(session);
  const answer = inspect(inspector, plan.program, row, 0, buf, start, end);
  const { result } = inspector;
  session.dropped = row[ROW.dropped] ?? 0;
  session.consumed = row[ROW.consumed] ?? 0;
  switch (answer) {
    case INSPECTED.need:
      session.row ??= row.slice(0, rowWords(plan.program));
      if (held !== undefined) held.start = result.frameStart;
      else session.held = new HeldBytes(buf, result.frameStart, end);
      return;
    case INSPECTED.route:
      takeClient(session, row);
      route(session, result, buf.subarray(result.frameStart, end));
      return;
    default:
      takeClient(session, row);
      session.decided();
      session.cut(result.refusal, explainRefusal(session, result));
  }
}

/** The client finished before a verdict. */
export function clientEndedUndecided(session: Session): void {
  // A balancer's probe may send a prefix and close: nothing of a frame was begun.
  const isUntouched = !session.hasBytes || (session.consumed > 0 && heldLength(session) === 0);
  session.cut(isUntouched ? "client-gone" : "truncated");
}

function heldLength({ held, dropped }: Session): number {
  return dropped + (held === undefined ? 0 : held.end - held.start);
}

function beginRow(session: Session): Int32Array {
  const words = rowWords(session.plan.program);
  if (firstRow.length < words) firstRow = new Int32Array(words);
  resetRow(firstRow, 0, words);
  session.listener.writeClient(session, firstRow);
  return firstRow;
}

/** With a prefix, only now is it known who the client is. */
function takeClient(session: Session, row: Int32Array): void {
  if (session.plan.program.prefixes.length === 0 || session.consumed === 0) return;
  const length = readRowClient(row, 0, address);
  if (length > 0) session.clientText = formatIpAddress(address, length);
}

function route(session: Session, result: Inspection, bytes: Buffer): void {
  const { plan, context, listener } = session;
  const { program } = plan;
  const outcome = program.routes.outcomes[result.outcome];
  const pool = plan.pools[result.outcome];
  session.outcome = outcome;
  if (outcome !== undefined) {
    session.key = context.journal.routed(context.inspector.input, program, outcome);
  }
  session.decided();
  if (pool === undefined) {
    session.cut("no-backend");
    return;
  }
  if (!listener.admitClient(session)) {
    session.cut("per-client");
    return;
  }
  session.client.pause();
  session.stage = "connecting";
  session.attempts = beginAttempts(pool, result.hasHash ? result.hash : undefined);
  session.replay = bytes;
  connectNext(session);
}

function explainRefusal(session: Session, result: Inspection): Partial<ConnectionEnd> {
  const { offset, refusal } = result;
  switch (refusal) {
    case "reject": {
      const reason = result.refusedBy?.meta.reasons[result.reasonIndex];
      if (reason === undefined) return { offset };
      return { detail: `${reason.kind}:${reason.field}`, explanation: reason.rule, offset };
    }
    case "rule-reject": {
      const outcome = session.plan.program.routes.outcomes[result.outcome];
      session.outcome = outcome;
      return outcome?.kind === "reject" ? { explanation: outcome.message } : {};
    }
    case "unpack-threw":
      return { explanation: String(result.thrown) };
    default:
      return { offset };
  }
}
