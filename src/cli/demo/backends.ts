// Three servers that answer each connection with their name and close it: the demo's backends. Knows no router.

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** A backend keeps no connection longer, whatever happens. */
const CONNECTION_MS = 5000;

export interface Backends {
  /** In the order of the names. */
  readonly ports: readonly number[];
  readonly close: () => void;
}

/** Listens on free ports of 127.0.0.1. */
export async function startBackends(names: readonly string[]): Promise<Backends> {
  const sockets = new Set<Socket>();
  const servers = names.map((name) => createServer((socket) => answer(socket, name, sockets)));
  const ports = await Promise.all(servers.map(listen));
  return {
    ports,
    close: () => {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function answer(socket: Socket, name: string, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.setTimeout(CONNECTION_MS, () => socket.destroy());
  socket.on("error", () => undefined); // the client may be gone: the demo goes on
  socket.on("close", () => sockets.delete(socket));
  socket.once("data", () => socket.end(name));
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
