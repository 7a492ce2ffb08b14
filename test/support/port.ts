// Loopback ports for programs that cannot be told "any free port". Our own sockets listen on port 0 instead.
import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";

/** Below Linux's range for outgoing connections, so that none of those takes a port between this check and its use. */
const firstPort = 20_000;
const lastPort = 32_000;
const maxAttempts = 50;

/** A TCP port on which nothing listens on 127.0.0.1. Throws when `maxAttempts` random ones are taken. */
export async function unusedPort(): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const port = randomInt(firstPort, lastPort + 1);
    if (await canListen(port)) return port;
  }
  throw new Error(`no unused port after ${maxAttempts} attempts`);
}

/** Whether a connection to this port of 127.0.0.1 is accepted now; the connection is closed again at once. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
