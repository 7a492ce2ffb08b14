// A port that lets connects wait: its queue is full and nobody accepts, until told. Only on Linux, by the engine's own calls.
import { onTestFinished } from "vitest";
import {
  AF_INET,
  readPort,
  writeInternetAddress,
} from "../../../src/runtime/engine/linux/kernel/address.ts";
import { closeDescriptor } from "../../../src/runtime/engine/linux/kernel/descriptor.ts";
import { mapMemory } from "../../../src/runtime/engine/linux/kernel/memory.ts";
import {
  acceptFrom,
  bindSocket,
  connectSocket,
  listenOn,
  openSocket,
  peerAddress,
  readOwnAddress,
  SOCK_NONBLOCK,
} from "../../../src/runtime/engine/linux/kernel/socket.ts";

/** With a backlog of 0 one connection fits; the second one fills what the kernel allows beyond. */
const FILLERS = 2;

export interface SilentListener {
  readonly port: number;
  /** Makes room: connects that wait are answered when their next packet comes, within about a second. */
  open(): void;
}

export function startSilentListener(): SilentListener {
  const memory = mapMemory(4096);
  const opened: number[] = [];
  const open = () => {
    const fd = openSocket(AF_INET, SOCK_NONBLOCK);
    if (fd < 0) throw new Error(`no socket: errno ${-fd}`);
    opened.push(fd);
    return fd;
  };
  onTestFinished(() => {
    for (const fd of opened) closeDescriptor(fd);
  });
  const listener = open();
  const length = writeInternetAddress(memory.bytes, 0, "127.0.0.1", 0);
  bindSocket(listener, memory.address, length);
  listenOn(listener, 0);
  readOwnAddress(listener);
  const port = readPort(peerAddress.bytes, peerAddress.at);
  writeInternetAddress(memory.bytes, 0, "127.0.0.1", port);
  for (let filler = 0; filler < FILLERS; filler++) connectSocket(open(), memory.address, length);
  return {
    port,
    open() {
      listenOn(listener, FILLERS + 10);
      for (let fd = acceptFrom(listener, SOCK_NONBLOCK); fd >= 0; ) {
        opened.push(fd);
        fd = acceptFrom(listener, SOCK_NONBLOCK);
      }
    },
  };
}
