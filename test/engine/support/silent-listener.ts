// A port that lets connects wait: its queue is full and nobody accepts, until told. Only on Linux, by the engine's own calls.
import { onTestFinished } from "vitest";

/** With a backlog of 0 one connection fits; the second one fills what the kernel allows beyond. */
const FILLERS = 2;

export interface SilentListener {
  readonly port: number;
  /** Makes room: connects that wait are answered when their next packet comes, within about a second. */
  open(): void;
}

/** Loaded only where it is called. */
async function loadKernel() {
  return {
    ...(await import("../../../src/runtime/engine/linux/kernel/address.ts")),
    ...(await import("../../../src/runtime/engine/linux/kernel/descriptor.ts")),
    ...(await import("../../../src/runtime/engine/linux/kernel/memory.ts")),
    ...(await import("../../../src/runtime/engine/linux/kernel/socket.ts")),
  };
}

export async function startSilentListener(): Promise<SilentListener> {
  const kernel = await loadKernel();
  const { AF_INET, SOCK_NONBLOCK, acceptFrom, connectSocket, listenOn, peerAddress } = kernel;
  const memory = kernel.mapMemory(4096);
  const opened: number[] = [];
  const open = () => {
    const fd = kernel.openSocket(AF_INET, SOCK_NONBLOCK);
    if (fd < 0) throw new Error(`no socket: errno ${-fd}`);
    opened.push(fd);
    return fd;
  };
  onTestFinished(() => {
    for (const fd of opened) kernel.closeDescriptor(fd);
  });
  const listener = open();
  const length = kernel.writeInternetAddress(memory.bytes, 0, "127.0.0.1", 0);
  kernel.bindSocket(listener, memory.address, length);
  listenOn(listener, 0);
  kernel.readOwnAddress(listener);
  const port = kernel.readPort(peerAddress.bytes, peerAddress.at);
  kernel.writeInternetAddress(memory.bytes, 0, "127.0.0.1", port);
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
