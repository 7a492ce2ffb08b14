// Listening sockets, which main creates, owns and closes: one a worker on the same port, or one that all share on a unix socket.

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

export interface Listening {
  /** One a worker; the same one for all on a unix socket. */
  readonly descriptors: readonly number[];
  readonly address: AddressInfo | string;
}

/** @param flags of the driver's sockets: `SOCK_NONBLOCK` or 0 @throws ListenError */
export function openListening(address: ListenAddress, workers: number, flags: number): Listening {
  return address.kind === "unix"
    ? openUnix(address.path, workers, flags)
    : openInternet(address.host, address.port, workers, flags);
}

/** What accepted sockets inherit: set once here instead of on each of them. */
export function inheritOptions({ descriptors, address }: Listening, isDeferred: boolean): void {
  if (typeof address === "string" || !isDeferred) return;
  for (const fd of descriptors) setOption(fd, OPTION.deferAccept, DEFER_ACCEPT_S);
}

/** Closes every descriptor; a unix socket's file is removed. */
export function closeListening({ descriptors, address }: Listening): void {
  for (const fd of new Set(descriptors)) closeDescriptor(fd);
  if (typeof address === "string") removeSocketFile(address);
}

function openInternet(host: string, port: number, workers: number, flags: number): Listening {
  const family = host.includes(":") ? AF_INET6 : AF_INET;
  // Sharing a port is silent: another process that has it is found by a socket that does not share.
  const probe = openBound(family, host, port, flags, false);
  const taken = ownPort(probe);
  closeDescriptor(probe);
  const descriptors: number[] = [];
  try {
    for (let worker = 0; worker < workers; worker++) {
      const fd = openBound(family, host, taken, flags, true);
      descriptors.push(fd);
      setOption(fd, OPTION.noDelay, 1);
      check("listen", listenOn(fd, BACKLOG));
    }
  } catch (error) {
    for (const fd of descriptors) closeDescriptor(fd);
    throw error;
  }
  return { descriptors, address: ownAddress(descriptors[0] ?? -1, family) };
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
  acceptIpv4Too(fd, family);
  const length = writeInternetAddress(scratch.bytes, 0, host, port);
  return closeOnFailure(fd, () => check("bind", bindSocket(fd, scratch.address, length)));
}

function openUnix(path: string, workers: number, flags: number): Listening {
  const fd = check("socket", openSocket(AF_UNIX, flags));
  closeOnFailure(fd, () => {
    const length = writeUnixAddress(scratch.bytes, 0, path);
    let bound = bindSocket(fd, scratch.address, length);
    // A router that was killed leaves its socket file behind, and nobody listens there any more.
    if (bound < 0 && errnoName(-bound) === "EADDRINUSE" && isAbandoned(path)) {
      unlinkSync(path);
      writeUnixAddress(scratch.bytes, 0, path);
      bound = bindSocket(fd, scratch.address, length);
    }
    check("bind", bound);
    return check("listen", listenOn(fd, BACKLOG));
  });
  return { descriptors: new Array<number>(workers).fill(fd), address: path };
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

function removeSocketFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody was faster: it is gone.
  }
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
