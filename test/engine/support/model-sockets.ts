// Sockets of the model's run that Node cannot make: with small receive buffers, from an address of their own, and a port that
// answers nobody.
import { createServer, type Server, Socket } from "node:net";
import {
  AF_INET,
  AF_UNIX,
  readPort,
  SOCKADDR_BYTES,
  writeInternetAddress,
  writeUnixAddress,
} from "../../../src/runtime/engine/linux/kernel/address.ts";
import { closeDescriptor } from "../../../src/runtime/engine/linux/kernel/descriptor.ts";
import { errnoName } from "../../../src/runtime/engine/linux/kernel/errno.ts";
import { mapMemory } from "../../../src/runtime/engine/linux/kernel/memory.ts";
import {
  bindSocket,
  connectSocket,
  listenOn,
  OPTION,
  openSocket,
  peerAddress,
  readOwnAddress,
  resetOnClose,
  SOCK_NONBLOCK,
  setOption,
} from "../../../src/runtime/engine/linux/kernel/socket.ts";

/** The kernel doubles it; a slow reader is felt after a few writes. */
const SMALL_BUFFER_BYTES = 4 * 1024;
const RECEIVE_BUFFER = [1, 8] as const;
/** What the sender's buffer is measured by: with loopback's own 64 KiB it begins at more than a megabyte. */
const SMALL_SEGMENT_BYTES = 1000;
const SEGMENT = [6, 2] as const;
const BACKLOG = 128;
const HOST = "127.0.0.1";

const address = mapMemory(SOCKADDR_BYTES);

/** A connected socket, from the loopback address `from`. */
export function connectFrom(from: string, port: number, hasSmallBuffer: boolean): Socket {
  const fd = openTcp(hasSmallBuffer);
  bindTo(fd, from, 0);
  const length = writeInternetAddress(address.bytes, 0, HOST, port);
  check("connect", connectSocket(fd, address.address, length));
  setOption(fd, OPTION.noDelay, 1);
  const socket = new Socket({ fd, allowHalfOpen: true, readable: true, writable: true });
  return socket;
}

/** A connected unix socket. */
export function connectUnix(path: string): Socket {
  const fd = check("socket", openSocket(AF_UNIX, 0));
  const length = writeUnixAddress(address.bytes, 0, path);
  check("connect", connectSocket(fd, address.address, length));
  return new Socket({ fd, allowHalfOpen: true, readable: true, writable: true });
}

export interface OwnServer {
  readonly port: number;
  readonly server: Server;
}

/** A server whose connections have the receive buffer of its listening socket. */
export async function serve(
  hasSmallBuffer: boolean,
  take: (socket: Socket) => void,
): Promise<OwnServer> {
  const fd = openTcp(hasSmallBuffer);
  bindTo(fd, HOST, 0);
  const port = portOf(fd);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, take);
  await new Promise<void>((resolve) => server.listen({ fd, backlog: BACKLOG }, () => resolve()));
  return { port, server };
}

/** The close that follows is a reset, also after an end: libuv's own way refuses there. */
export function makeReset(socket: Socket): void {
  const { _handle } = socket as unknown as { readonly _handle: { readonly fd: number } | null };
  if (_handle !== null) resetOnClose(_handle.fd);
}

/** A port whose queue is full: who connects hears nothing. */
export function openSilentPort(): { readonly port: number; close(): void } {
  const listening = openTcp(false);
  bindTo(listening, HOST, 0);
  check("listen", listenOn(listening, 0));
  const port = portOf(listening);
  const filling = [0, 1, 2].map(() => {
    const fd = openSocket(AF_INET, SOCK_NONBLOCK);
    const length = writeInternetAddress(address.bytes, 0, HOST, port);
    connectSocket(fd, address.address, length);
    return fd;
  });
  return {
    port,
    close() {
      for (const fd of [...filling, listening]) closeDescriptor(fd);
    },
  };
}

function openTcp(hasSmallBuffer: boolean): number {
  const fd = check("socket", openSocket(AF_INET, 0));
  setOption(fd, OPTION.reuseAddress, 1);
  if (!hasSmallBuffer) return fd;
  setOption(fd, RECEIVE_BUFFER, SMALL_BUFFER_BYTES);
  setOption(fd, SEGMENT, SMALL_SEGMENT_BYTES);
  return fd;
}

function bindTo(fd: number, host: string, port: number): void {
  const length = writeInternetAddress(address.bytes, 0, host, port);
  check("bind", bindSocket(fd, address.address, length));
}

function portOf(fd: number): number {
  check("getsockname", readOwnAddress(fd));
  return readPort(peerAddress.bytes, peerAddress.at);
}

function check(call: string, answer: number): number {
  if (answer < 0) throw new Error(`${call}: ${errnoName(-answer)}`);
  return answer;
}
