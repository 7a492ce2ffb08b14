// A connection between a driver under test and a socket of Node's. Only on Linux, by the engine's own calls.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { AF_INET, writeInternetAddress } from "../../../src/runtime/engine/linux/kernel/address.ts";
import { mapMemory } from "../../../src/runtime/engine/linux/kernel/memory.ts";
import { connectSocket, openSocket } from "../../../src/runtime/engine/linux/kernel/socket.ts";
import type { Port } from "../../../src/runtime/engine/linux/relay/port.ts";

/** A connected descriptor of ours, and the other end as Node has it. */
export async function openPair(
  port: Pick<Port, "socketFlags">,
): Promise<{ fd: number; peer: Socket }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const memory = mapMemory(4096);
  const { port: number } = server.address() as AddressInfo;
  const length = writeInternetAddress(memory.bytes, 0, "127.0.0.1", number);
  const fd = openSocket(AF_INET, port.socketFlags);
  connectSocket(fd, memory.address, length);
  const [peer] = await accepted;
  peer.on("error", () => undefined);
  server.close();
  onTestFinished(() => void peer.destroy());
  return { fd, peer };
}
