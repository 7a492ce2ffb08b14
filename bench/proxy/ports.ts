// Loopback ports for programs that cannot be told "any free one".
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below Linux's range for outgoing connections, so that none of those takes a port between the check and its use. */
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 50;

/** The first of `count` ports in a row on which nothing listens on 127.0.0.1. Throws when 50 random ones are taken. */
export async function unusedPorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const first = randomInt(FIRST, LAST + 1 - count);
    const free = await Promise.all(Array.from({ length: count }, (_, n) => canListen(first + n)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${count} unused ports after ${ATTEMPTS} attempts`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
