// One client of the demo: connects, sends its pieces, and hears who answers.

import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A call that is not answered by then has failed. */
const CALL_MS = 5000;

/** Between two pieces, so that they arrive as two. */
const PIECE_MS = 15;

/** An answer is a backend's name: more is not kept. */
const ANSWER_BYTES_MAX = 64;

/** @returns what was answered before the connection was closed; empty where it was closed without an answer */
export async function call(port: number, pieces: readonly Uint8Array[]): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const answered = hear(socket);
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await delay(PIECE_MS);
    if (!socket.destroyed) socket.write(piece);
  }
  return await answered;
}

function hear(socket: Socket): Promise<string> {
  let answer = "";
  socket.setEncoding("latin1");
  socket.setTimeout(CALL_MS, () => socket.destroy());
  socket.on("data", (text: string) => {
    answer = (answer + text).slice(0, ANSWER_BYTES_MAX);
  });
  // A refused connection may end by a reset: it is closed either way.
  socket.on("error", () => undefined);
  return new Promise((resolve) => {
    socket.once("close", () => resolve(answer));
  });
}
