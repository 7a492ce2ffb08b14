// Clients and backends that do what they should not: write as fast as they may, write to who does not read, reset at once.
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { waitLimitMs } from "../../support/deadline.ts";

const BLOCK = Buffer.alloc(256 * 1024, 0x77);
/** So long nothing may be taken before a writer counts as blocked. */
const QUIET_MS = 150;
const LOOK_MS = 15;

/** Writes `total` bytes as they are taken; returns early where the socket closes. */
export async function pour(socket: Socket, total: number, block = BLOCK): Promise<void> {
  for (let left = total; left > 0 && !socket.destroyed; left -= block.length) {
    if (socket.write(left < block.length ? block.subarray(0, left) : block)) continue;
    const stop = new AbortController();
    const { signal } = stop;
    const drained = once(socket, "drain", { signal });
    const closed = once(socket, "close", { signal });
    await Promise.race([drained, closed]).catch(() => undefined);
    for (const lost of [drained, closed]) lost.catch(() => undefined);
    stop.abort();
  }
}

/** Bytes that the kernel has taken of what was written. */
function takenBytes(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength;
}

/**
 * Writes blocks of `block` until nothing is taken for a while: the other side does not read.
 * @returns bytes that were taken in all @throws Error where nothing holds the writer back
 */
export async function blockedWriter(
  socket: Socket,
  block = BLOCK,
  most = 2 ** 30,
): Promise<number> {
  const endMs = performance.now() + waitLimitMs;
  let taken = -1;
  let sinceMs = performance.now();
  for (;;) {
    // One block at a time waits here, so that what is taken is taken by the kernel.
    while (socket.writableLength === 0) {
      if (socket.destroyed) throw new Error(`the writer was closed after ${taken} bytes`);
      socket.write(block);
      if (takenBytes(socket) > most)
        throw new Error(`nothing holds the writer back: ${taken} bytes`);
    }
    const nowMs = performance.now();
    if (takenBytes(socket) !== taken) {
      taken = takenBytes(socket);
      sinceMs = nowMs;
    } else if (nowMs - sinceMs >= QUIET_MS) return taken;
    if (nowMs > endMs)
      throw new Error(`waited ${waitLimitMs} ms for a writer to be blocked: ${taken}`);
    await delay(socket.writableLength === 0 ? 0 : LOOK_MS);
  }
}

/** Resets now, whatever waits to be sent; a socket's own way to do it finishes first. */
export function resetNow(socket: Socket): void {
  Object.assign(socket, { resetAndClosing: true }).destroy();
}
