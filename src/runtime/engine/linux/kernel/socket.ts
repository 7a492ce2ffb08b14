// Sockets: typed wrappers that answer what the kernel does, failures as negative `errno`.

import { AF_INET6, SOCKADDR_BYTES } from "./address.ts";
import { declare, errnoWord } from "./library.ts";
import { mapMemory } from "./memory.ts";

const calls = {
  socket: declare("int socket(int, int, int)"),
  bind: declare("int bind(int, size_t, uint)"),
  listen: declare("int listen(int, int)"),
  accept4: declare("int accept4(int, size_t, size_t, int)"),
  connect: declare("int connect(int, size_t, uint)"),
  recv: declare("long recv(int, size_t, size_t, int)"),
  send: declare("long send(int, size_t, size_t, int)"),
  shutdown: declare("int shutdown(int, int)"),
  setsockopt: declare("int setsockopt(int, int, int, size_t, uint)"),
  getsockopt: declare("int getsockopt(int, int, int, size_t, size_t)"),
  getsockname: declare("int getsockname(int, size_t, size_t)"),
  getpeername: declare("int getpeername(int, size_t, size_t)"),
  ioctl: declare("int ioctl(int, ulong, size_t)"),
};

const SOCK_STREAM = 1;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
const SHUT_WR = 1;

const SOL_SOCKET = 1;
const IPPROTO_TCP = 6;
const IPPROTO_IPV6 = 41;

/** Options by level and name. */
export const OPTION = {
  reuseAddress: [SOL_SOCKET, 2],
  keepAlive: [SOL_SOCKET, 9],
  reusePort: [SOL_SOCKET, 15],
  noDelay: [IPPROTO_TCP, 1],
  keepIdle: [IPPROTO_TCP, 4],
  deferAccept: [IPPROTO_TCP, 9],
  onlyV6: [IPPROTO_IPV6, 26],
} as const satisfies Record<string, readonly [level: number, name: number]>;

const TCP_INFO = 11;
/** The first byte of `struct tcp_info` (include/net/tcp_states.h). */
const TCP_STATE_CLOSE = 7;
const SO_ERROR = 4;
const SO_LINGER = 13;
/** The same numbers as `FIONREAD` and `TIOCOUTQ` (tcp(7), unix(7)). */
const SIOCINQ = 0x541b;
const SIOCOUTQ = 0x5411;

export const MSG_DONTWAIT = 0x40;
/** A reset peer answers EPIPE instead of a signal. */
export const MSG_NOSIGNAL = 0x4000;

const OPTION_AT = 0;
const LENGTH_AT = 16;
const ADDRESS_AT = 32;
/** Small structures on their way to the kernel and back; one a thread. */
const scratch = mapMemory(4096);

/** A new stream socket that is closed on exec. @param flags `SOCK_NONBLOCK` or 0 @returns a descriptor or `-errno` */
export function openSocket(family: number, flags: number): number {
  const answer = calls.socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** @param address of a `struct sockaddr` @returns 0 or `-errno` */
export function bindSocket(fd: number, address: number, length: number): number {
  const answer = calls.bind(fd, address, length);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** @returns 0 or `-errno` */
export function listenOn(fd: number, backlog: number): number {
  const answer = calls.listen(fd, backlog);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Takes one connection; who it is stands in `peerAddress` until the next call. @returns a descriptor or `-errno` */
export function acceptFrom(fd: number, flags: number): number {
  scratch.words[LENGTH_AT >> 2] = SOCKADDR_BYTES;
  const { address } = scratch;
  const answer = calls.accept4(fd, address + ADDRESS_AT, address + LENGTH_AT, SOCK_CLOEXEC | flags);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Where the last `acceptFrom` and `readOwnAddress` have put a `struct sockaddr`. */
export const peerAddress = { bytes: scratch.bytes, at: ADDRESS_AT };

/** Puts a socket's own address where `peerAddress` says. @returns 0 or `-errno` */
export function readOwnAddress(fd: number): number {
  scratch.words[LENGTH_AT >> 2] = SOCKADDR_BYTES;
  const { address } = scratch;
  const answer = calls.getsockname(fd, address + ADDRESS_AT, address + LENGTH_AT);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Puts the address of a socket's peer where `peerAddress` says. @returns 0 or `-errno` */
export function readPeerAddress(fd: number): number {
  scratch.words[LENGTH_AT >> 2] = SOCKADDR_BYTES;
  scratch.words[ADDRESS_AT >> 2] = 0;
  const { address } = scratch;
  const answer = calls.getpeername(fd, address + ADDRESS_AT, address + LENGTH_AT);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** @returns 0 once connected, `-EINPROGRESS`, or another `-errno` */
export function connectSocket(fd: number, address: number, length: number): number {
  const answer = calls.connect(fd, address, length);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Never waits. @returns bytes, 0 at the end, or `-errno` */
export function receiveBytes(fd: number, address: number, lengthBytes: number): number {
  const answer = calls.recv(fd, address, lengthBytes, MSG_DONTWAIT);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Whether bytes wait to be received. Not by a peek: that takes a pending error with it. */
export function hasWaitingBytes(fd: number): boolean {
  return askForBytes(fd, SIOCINQ) > 0;
}

/** Whether the other side has not taken everything yet that was sent to it. */
export function hasUnsentBytes(fd: number): boolean {
  return askForBytes(fd, SIOCOUTQ) > 0;
}

function askForBytes(fd: number, request: number): number {
  scratch.words[OPTION_AT] = 0;
  calls.ioctl(fd, request, scratch.address + OPTION_AT);
  return scratch.words[OPTION_AT] ?? 0;
}

/** Never waits. @returns bytes taken or `-errno` */
export function sendBytes(fd: number, address: number, lengthBytes: number): number {
  const answer = calls.send(fd, address, lengthBytes, MSG_DONTWAIT | MSG_NOSIGNAL);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Says to the peer that no more bytes follow. @returns 0 or `-errno` */
export function finishSending(fd: number): number {
  const answer = calls.shutdown(fd, SHUT_WR);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** @returns 0 or `-errno` */
export function setOption(
  fd: number,
  [level, name]: readonly [number, number],
  value: number,
): number {
  scratch.words[OPTION_AT] = value;
  const answer = calls.setsockopt(fd, level, name, scratch.address + OPTION_AT, 4);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** An option that is a structure at `address`. @returns 0 or `-errno` */
export function writeOption(
  fd: number,
  level: number,
  name: number,
  address: number,
  lengthBytes: number,
): number {
  const answer = calls.setsockopt(fd, level, name, address, lengthBytes);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Puts an option at `address`, at most `lengthBytes` of it. @returns 0 or `-errno` */
export function readOption(
  fd: number,
  level: number,
  name: number,
  address: number,
  lengthBytes: number,
): number {
  scratch.words[LENGTH_AT >> 2] = lengthBytes;
  const answer = calls.getsockopt(fd, level, name, address, scratch.address + LENGTH_AT);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** The close that follows resets the connection instead of finishing it, and drops what was not sent. */
export function resetOnClose(fd: number): void {
  scratch.words[OPTION_AT] = 1;
  scratch.words[OPTION_AT + 1] = 0;
  calls.setsockopt(fd, SOL_SOCKET, SO_LINGER, scratch.address + OPTION_AT, 8);
}

/** Whether a TCP socket is closed both ways, as after a reset; one whose peer has only finished is not. */
export function isClosed(fd: number): boolean {
  const { address, bytes, words } = scratch;
  words[LENGTH_AT >> 2] = 1;
  const answer = calls.getsockopt(
    fd,
    IPPROTO_TCP,
    TCP_INFO,
    address + OPTION_AT,
    address + LENGTH_AT,
  );
  return answer >= 0 && bytes[OPTION_AT] === TCP_STATE_CLOSE;
}

/** Takes the error that is pending on a socket. @returns 0 or a positive `errno` */
export function takeSocketError(fd: number): number {
  scratch.words[LENGTH_AT >> 2] = 4;
  const { address, words } = scratch;
  const answer = calls.getsockopt(
    fd,
    SOL_SOCKET,
    SO_ERROR,
    address + OPTION_AT,
    address + LENGTH_AT,
  );
  return answer < 0 ? (errnoWord[0] as number) : (words[OPTION_AT] ?? 0);
}

/** A wildcard of IPv6 takes IPv4 clients as well, as with Node. */
export function acceptIpv4Too(fd: number, family: number): void {
  if (family === AF_INET6) setOption(fd, OPTION.onlyV6, 0);
}
