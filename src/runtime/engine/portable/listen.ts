// Binds listening sockets, and says plainly why one could not be bound.

import { statSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { BACKLOG, type ListenAddress, ListenError } from "../listen-error.ts";

/** @throws ListenError */
export async function listen(address: ListenAddress): Promise<Server> {
  try {
    return await listenOnce(address);
  } catch (error) {
    const isTaken = error instanceof ListenError && error.code === "EADDRINUSE";
    if (!isTaken || address.kind !== "unix" || !(await isAbandoned(address.path))) throw error;
  }
  // A router that was killed leaves its socket file behind, and nobody listens there any more.
  unlinkSync(address.path);
  return listenOnce(address);
}

function listenOnce(address: ListenAddress): Promise<Server> {
  // Nagle would hold back small answers; a half-closed client is served to its end.
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(new ListenError(error.code ?? "unknown", { cause: error }));
    server.once("error", fail);
    const where =
      address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port };
    server.listen({ ...where, backlog: BACKLOG }, () => {
      server.off("error", fail);
      resolve(server);
    });
  });
}

/** Whether a socket file is there and refuses connections. Files of other kinds refuse as well, and stay. */
function isAbandoned(path: string): Promise<boolean> {
  if (!statSync(path, { throwIfNoEntry: false })?.isSocket()) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}
