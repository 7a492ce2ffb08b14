// Listening sockets, which main creates, owns and closes: bound first, listening later, so that what can fail comes before what cannot.

import { statSync, unlinkSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { formatIpAddress } from "../../../../base/ip-address.ts";
import { BACKLOG, type ListenAddress, ListenError } from "../../listen-error.ts";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  readInternetAddress,
  readPort,
  SOCKADDR_BYTES,
  writeInternetAddress,
  writeUnixAddress,
} from "../kernel/address.ts";
import { closeDescriptor } from "../kernel/descriptor.ts";
import { errnoName, KernelError } from "../kernel/errno.ts";
import { mapMemory } from "../kernel/memory.ts";
import {
  acceptIpv4Too,
  bindSocket,
  connectSocket,
  listenOn,
  OPTION,
  openSocket,
  peerAddress,
  readOwnAddress,
  SOCK_NONBLOCK,
  setOption,
} from "../kernel/socket.ts";

/** Longest time the kernel keeps a connection whose client says nothing, in seconds. */
const DEFER_ACCEPT_S = 5;

const scratch = mapMemory(SOCKADDR_BYTES);

/** Where a listener is bound; every socket of it is bound alike. */
export interface ListeningPlace {
  /** With the port that was taken. */
  readonly address: AddressInfo | string;
  /** As it was asked for. */
  readonly host: string;
  readonly flags: number;
  /** Bound: the first socket on a port, or the only one on a path. */
  readonly first: number;
}

/**
 * Binds the first socket of a listener. It does not listen yet.
 * @param flags of the driver's sockets: `SOCK_NONBLOCK` or 0 @throws ListenError
 */
export function bindFirst(address: ListenAddress, flags: number): ListeningPlace {
  if (address.kind === "tcp") return bindInternet(address.host, address.port, flags);
  const { path } = address;
  return { address: path, host: path, flags, first: bindUnix(path, flags) };
}

/** Another socket on the same port, which does not listen yet. @throws ListenError */
export function bindAnother({ address, host, flags, first }: ListeningPlace): number {
  if (typeof address === "string") return first;
  return openBound(familyOf(host), host, address.port, flags, true);
}

/** From here on the kernel takes connections for it. @throws ListenError */
export function beginListening(fd: number): void {
  check("listen", listenOn(fd, BACKLOG));
}

/** Whether the kernel keeps a connection back until its client speaks. */
export function deferAccepting(fd: number, isDeferred: boolean): void {
  setOption(fd, OPTION.deferAccept, isDeferred ? DEFER_ACCEPT_S : 0);
}

/** What a unix socket leaves in its folder. */
export function removeSocketFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody was faster, and it is gone; or it is another user's, and whoever wants its place is told that it is taken.
  }
}

function bindInternet(host: string, port: number, flags: number): ListeningPlace {
  const family = familyOf(host);
  // Sharing a port is silent: another process that has it is found by a socket that does not share.
  const probe = openBound(family, host, port, flags, false);
  const taken = ownPort(probe);
  closeDescriptor(probe);
  const first = openBound(family, host, taken, flags, true);
  return { address: ownAddress(first, family), host, flags, first };
}

function familyOf(host: string): number {
  return host.includes(":") ? AF_INET6 : AF_INET;
}

function openBound(
  family: number,
  host: string,
  port: number,
  flags: number,
  isShared: boolean,
): number {
  const fd = check("socket", openSocket(family, flags));
  setOption(fd, OPTION.reuseAddress, 1);
  if (isShared) setOption(fd, OPTION.reusePort, 1);
  // Accepted sockets inherit it.
  setOption(fd, OPTION.noDelay, 1);
  acceptIpv4Too(fd, family);
  const length = writeInternetAddress(scratch.bytes, 0, host, port);
  return closeOnFailure(fd, () => check("bind", bindSocket(fd, scratch.address, length)));
}

function bindUnix(path: string, flags: number): number {
  const fd = check("socket", openSocket(AF_UNIX, flags));
  return closeOnFailure(fd, () => {
    const length = writeUnixAddress(scratch.bytes, 0, path);
    let bound = bindSocket(fd, scratch.address, length);
    // A router that was killed leaves its socket file behind, and nobody listens there any more.
    if (bound < 0 && errnoName(-bound) === "EADDRINUSE" && isAbandoned(path)) {
      removeSocketFile(path);
      writeUnixAddress(scratch.bytes, 0, path);
      bound = bindSocket(fd, scratch.address, length);
    }
    return check("bind", bound);
  });
}

/** Whether a socket file is there and refuses connections. Files of other kinds refuse as well, and stay. */
function isAbandoned(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isSocket()) return false;
  const probe = openSocket(AF_UNIX, SOCK_NONBLOCK);
  if (probe < 0) return false;
  const length = writeUnixAddress(scratch.bytes, 0, path);
  const answer = connectSocket(probe, scratch.address, length);
  closeDescriptor(probe);
  return errnoName(-answer) === "ECONNREFUSED";
}

function ownPort(fd: number): number {
  check("getsockname", readOwnAddress(fd));
  return readPort(peerAddress.bytes, peerAddress.at);
}

function ownAddress(fd: number, family: number): AddressInfo {
  const port = ownPort(fd);
  const bytes = new Uint8Array(16);
  const length = readInternetAddress(peerAddress.bytes, peerAddress.at, bytes);
  const address = formatIpAddress(bytes, length);
  return { address, port, family: family === AF_INET6 ? "IPv6" : "IPv4" };
}

function closeOnFailure(fd: number, call: () => number): number {
  try {
    call();
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

function check(call: string, answer: number): number {
  if (answer >= 0) return answer;
  const cause = new KernelError(call, -answer);
  throw new ListenError(cause.code, { cause });
}
