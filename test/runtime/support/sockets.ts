// Clients and backends for tests: real sockets on loopback, waited for by events.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { withDeadline } from "../../support/deadline.ts";

/** A backend: every connection it accepted, in order. */
export interface TestBackend {
  readonly port: number;
  readonly sockets: Socket[];
  /** The nth connection, from 0, waited for. */
  connection(index: number): Promise<Socket>;
  close(): Promise<void>;
}

export async function startBackend(
  onConnection: (socket: Socket) => void = () => undefined,
  host = "127.0.0.1",
): Promise<TestBackend> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
    server.emit("accepted");
  });
  await listening(server, host);
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async connection(index) {
      while (sockets.length <= index) {
        await withDeadline(once(server, "accepted"), `connection ${index} of a backend`);
      }
      const socket = sockets[index];
      if (socket === undefined) throw new Error("no connection");
      return socket;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}

/** A backend that sends back what it gets and finishes when the client does. */
export function startEcho(prefix = "", host?: string): Promise<TestBackend> {
  return startBackend((socket) => {
    if (prefix !== "") socket.write(prefix);
    socket.pipe(socket);
  }, host);
}

/** A connected client that stays open until told. */
export async function openClient(port: number | string, host = "127.0.0.1"): Promise<Socket> {
  const socket =
    typeof port === "string"
      ? connect({ path: port, allowHalfOpen: true })
      : connect({ port, host, allowHalfOpen: true, noDelay: true });
  socket.on("error", () => undefined);
  await withDeadline(once(socket, "connect"), `a connection to ${port}`);
  return socket;
}

/** Sends `bytes` in one piece, finishes, and gives everything that comes back until the end. */
export async function exchange(port: number | string, bytes: Uint8Array): Promise<Buffer> {
  const socket = await openClient(port);
  socket.end(bytes);
  return readAll(socket);
}

/** Everything until the other side finishes or resets. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.resume();
  const count = () => `got ${chunks.reduce((sum, { length }) => sum + length, 0)} bytes`;
  await withDeadline(closedOrEnded(socket), "the end of a connection", count);
  return Buffer.concat(chunks);
}

/** Exactly `length` bytes; what comes after stays unread. */
export async function readExactly(socket: Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let left = length;
  while (left > 0) {
    // What is there is taken at once: a socket with bytes in it says "readable" again and again, and nothing else runs.
    const there = Math.min(left, socket.readableLength);
    const bytes: unknown = there > 0 ? socket.read(there) : null;
    if (bytes instanceof Buffer) {
      chunks.push(bytes);
      left -= bytes.length;
      continue;
    }
    if (socket.readableEnded || socket.destroyed) throw new Error(`ended before ${length} bytes`);
    await withDeadline(readable(socket), `${length} bytes`, () => `${length - left} have come`);
  }
  return Buffer.concat(chunks);
}

function readable(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      for (const event of ["readable", "end", "close"]) socket.off(event, wake);
      resolve();
    };
    for (const event of ["readable", "end", "close"]) socket.on(event, wake);
    socket.read(0);
  });
}

/** How the connection ended as this socket sees it. */
export function outcome(socket: Socket): Promise<"end" | "reset"> {
  const seen = new Promise<"end" | "reset">((resolve) => {
    socket.resume();
    if (socket.readableEnded) resolve("end");
    socket.once("end", () => resolve("end"));
    socket.once("error", () => resolve("reset"));
    socket.once("close", () => resolve("end"));
  });
  return withDeadline(seen, "the end of a connection");
}

function closedOrEnded(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readableEnded || socket.destroyed) resolve();
    socket.once("end", () => resolve());
    socket.once("close", () => resolve());
  });
}

async function listening(server: Server, host: string): Promise<void> {
  server.listen(0, host);
  await once(server, "listening");
}
