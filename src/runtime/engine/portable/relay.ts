// Forwards both ways once a backend has accepted: what cannot be written is not read, what one side finishes
// is finished on the other after its last byte, and a reset is passed on.

import type { Socket } from "node:net";
import { type Session, sessionOf } from "./session.ts";

/** Bytes that may wait in a socket before its peer is no longer read. A read brings at most 64 KiB more. */
const WRITE_HIGH_WATER = 64 * 1024;

/** The backend has accepted: the held bytes go first, then everything as it comes. */
export function startForwarding(session: Session, backend: Socket): void {
  const { client, replay } = session;
  session.stage = "forwarding";
  session.replay = undefined;
  session.touchedMs = session.context.clock.nowMs();
  backend.on("data", onBackendData);
  backend.on("end", onBackendEnd);
  backend.on("drain", onBackendDrain);
  backend.on("error", onBackendError);
  backend.on("close", onBackendClose);
  const { journal } = session.context;
  if (journal.wantsConnected) journal.connected(session.toRecord());
  else {
    const pool = session.attempts?.pool.name ?? "";
    journal.connectedUntold(pool, session.backendIdentity ?? "", 1);
  }
  if (replay !== undefined && replay.length > 0) {
    backend.write(replay);
    session.bytesToBackend += replay.length;
  }
  if (backend.writableLength <= WRITE_HIGH_WATER) client.resume();
  if (client.readableEnded) clientEnded(session);
}

/** Bytes from a client that has its backend. */
export function forwardToBackend(session: Session, chunk: Buffer): void {
  const { backend, client } = session;
  if (backend === undefined || backend.destroyed) return;
  session.touchedMs = session.context.clock.nowMs();
  session.bytesToBackend += chunk.length;
  backend.write(chunk);
  if (backend.writableLength > WRITE_HIGH_WATER) client.pause();
}

/** The client will send no more. */
export function clientEnded(session: Session): void {
  if (session.hasClientEnded) return;
  session.hasClientEnded = true;
  session.firstToEnd ??= "client";
  session.touchedMs = session.context.clock.nowMs();
  session.backend?.end();
}

/** The client took everything that waited for it. */
export function clientDrained(session: Session): void {
  session.touchedMs = session.context.clock.nowMs();
  session.backend?.resume();
}

/** The client's socket failed while forwarding. */
export function clientFailed(session: Session): void {
  if (session.backend === undefined) return;
  if (session.hasClientEnded) {
    // All it sent has been passed on; it only does not want the rest of the answer.
    session.backend.destroySoon();
    return;
  }
  session.noteEnd("client-reset");
  reset(session.backend);
}

function onBackendData(this: Socket, chunk: Buffer): void {
  const session = sessionOf(this);
  if (session?.stage !== "forwarding" || session.client.destroyed) return;
  session.touchedMs = session.context.clock.nowMs();
  session.bytesToClient += chunk.length;
  session.client.write(chunk);
  if (session.client.writableLength > WRITE_HIGH_WATER) this.pause();
}

function onBackendEnd(this: Socket): void {
  const session = sessionOf(this);
  if (session === undefined || session.hasBackendEnded) return;
  session.hasBackendEnded = true;
  session.firstToEnd ??= "backend";
  session.touchedMs = session.context.clock.nowMs();
  session.client.end();
}

function onBackendDrain(this: Socket): void {
  const session = sessionOf(this);
  if (session === undefined) return;
  session.touchedMs = session.context.clock.nowMs();
  session.client.resume();
}

function onBackendError(this: Socket): void {
  const session = sessionOf(this);
  if (session === undefined) return;
  if (session.hasBackendEnded) {
    session.client.destroySoon();
    return;
  }
  session.noteEnd("backend-reset");
  reset(session.client);
}

function onBackendClose(this: Socket): void {
  sessionOf(this)?.socketClosed();
}

/** Passes a reset on. Only TCP has one; a unix socket is closed. */
function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
