// `struct sockaddr` of the three families, in memory the kernel can read. Ports and addresses are in network byte order.

import { parseIpAddress } from "../../../../base/ip-address.ts";

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** Bytes of `struct sockaddr_storage`. */
export const SOCKADDR_BYTES = 128;
const INET_BYTES = 16;
const INET6_BYTES = 28;
const UNIX_PATH_AT = 2;

const parsed = new Uint8Array(16);

/** Writes the address of an IP endpoint at `at`. @returns its length, 0 where `host` is no IP address */
export function writeInternetAddress(
  bytes: Buffer,
  at: number,
  host: string,
  port: number,
): number {
  const length = parseIpAddress(host, parsed);
  bytes.fill(0, at, at + INET6_BYTES);
  bytes.writeUInt16BE(port, at + 2);
  if (length === 4) {
    bytes.writeUInt16LE(AF_INET, at);
    bytes.set(parsed.subarray(0, 4), at + 4);
    return INET_BYTES;
  }
  if (length !== 16) return 0;
  bytes.writeUInt16LE(AF_INET6, at);
  bytes.set(parsed, at + 8);
  return INET6_BYTES;
}

/** Writes the address of a unix socket at `at`. @returns its length */
export function writeUnixAddress(bytes: Buffer, at: number, path: string): number {
  bytes.fill(0, at, at + SOCKADDR_BYTES);
  bytes.writeUInt16LE(AF_UNIX, at);
  return UNIX_PATH_AT + bytes.write(path, at + UNIX_PATH_AT, "utf8") + 1;
}

/** The port of an IP address that the kernel wrote. */
export function readPort(bytes: Buffer, at: number): number {
  return bytes.readUInt16BE(at + 2);
}

/**
 * Copies the IP address that the kernel wrote at `at` to the start of `to`; an IPv4-mapped one as its 4 bytes.
 * @returns 4, 16, or 0 where it is none (a unix socket)
 */
export function readInternetAddress(bytes: Buffer, at: number, to: Uint8Array): 0 | 4 | 16 {
  const family = bytes[at];
  if (family === AF_INET) {
    for (let index = 0; index < 4; index++) to[index] = bytes[at + 4 + index] ?? 0;
    return 4;
  }
  if (family !== AF_INET6) return 0;
  for (let index = 0; index < 16; index++) to[index] = bytes[at + 8 + index] ?? 0;
  return 16;
}
