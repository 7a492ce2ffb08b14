// The socket addresses of backends as the kernel reads them, written once each for as long as there are not too many of them.

import { SOCKADDR_BYTES, writeInternetAddress } from "../kernel/address.ts";
import { mapMemory, type Region } from "../kernel/memory.ts";

/** Addresses that are known at a time. */
const ADDRESSES = 4096;

/** Memory for twice as many: a connect that the kernel has not begun may read one of the half that is not known any more. */
let memory: Region | undefined;
let next = 0;
const known = new Map<string, SocketAddress>();

interface SocketAddress {
  /** In memory. */
  readonly at: number;
  readonly length: number;
}

/** Where the address of a backend stands, until as many others as are known at a time have been asked for. */
export function socketAddress(backend: {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}): SocketAddress {
  const found = known.get(backend.address);
  if (found !== undefined) return found;
  memory ??= mapMemory(2 * ADDRESSES * SOCKADDR_BYTES);
  if (next % ADDRESSES === 0) known.clear();
  const at = next * SOCKADDR_BYTES;
  next = (next + 1) % (2 * ADDRESSES);
  const length = writeInternetAddress(memory.bytes, at, backend.host, backend.port);
  const made = { at: memory.address + at, length };
  known.set(backend.address, made);
  return made;
}
