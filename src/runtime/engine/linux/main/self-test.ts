// Whether a driver works on this machine: a connection is accepted, connected, written to, read from and closed through it, on
// loopback, before it is trusted. A layout or a constant that is wrong here fails the test, not a client.

import { AF_INET, readPort, writeInternetAddress } from "../kernel/address.ts";
import { closeDescriptor, openWakeup, wake } from "../kernel/descriptor.ts";
import { mapMemory } from "../kernel/memory.ts";
import { bindSocket, listenOn, openSocket, peerAddress, readOwnAddress } from "../kernel/socket.ts";
import { Blocks } from "../relay/blocks.ts";
import { PENDING, type Port, type PortEvents } from "../relay/port.ts";
import { ConnectionTable, tableBytes } from "../relay/table.ts";
import { createPort } from "../worker/create-port.ts";
import type { DriverName } from "../worker/messages.ts";

/** Descriptors of the test are below it, wherever the process stands. */
const CAPACITY = 1 << 20;
const TURNS_MAX = 200;
const TURN_MS = 10;
const WORDS = "waybill self-test";
const LISTENER = 1;

interface Seen {
  accepted: number;
  received: string;
  hasEnded: boolean;
  isConnected: boolean;
  error: string | undefined;
}

/** @returns why the driver cannot be used here, or undefined where it can */
export function testDriver(driver: DriverName): string | undefined {
  const wakeup = openWakeup();
  if (wakeup < 0) return "no descriptor could be opened";
  try {
    return runTest(driver, wakeup);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    closeDescriptor(wakeup);
  }
}

function runTest(driver: DriverName, wakeup: number): string | undefined {
  const seen: Seen = {
    accepted: -1,
    received: "",
    hasEnded: false,
    isConnected: false,
    error: undefined,
  };
  const port = createPort(
    driver,
    watcher(seen, () => port),
    new ConnectionTable(new SharedArrayBuffer(tableBytes(CAPACITY))),
    new Blocks(),
    wakeup,
  );
  try {
    wake(wakeup);
    if (!port.turn(TURN_MS)) return "it is not woken";
    return exchange(port, seen);
  } finally {
    port.shut();
  }
}

function exchange(port: Port, seen: Seen): string | undefined {
  const memory = mapMemory(4096);
  const listener = openSocket(AF_INET, port.socketFlags);
  const length = writeInternetAddress(memory.bytes, 0, "127.0.0.1", 0);
  if (listener < 0 || bindSocket(listener, memory.address, length) < 0) return "it cannot bind";
  listenOn(listener, 1);
  readOwnAddress(listener);
  writeInternetAddress(memory.bytes, 0, "127.0.0.1", readPort(peerAddress.bytes, peerAddress.at));
  port.listen(listener, LISTENER);
  const client = openSocket(AF_INET, port.socketFlags);
  const words = memory.bytes.write(WORDS, 256);
  port.open(client, false);
  const taken = port.connect(client, memory.address, length, memory.address + 256, words);
  if (taken >= 0) seen.isConnected = true;
  else if (taken !== PENDING) seen.error = "it cannot connect";
  turnUntil(port, seen, () => seen.received === WORDS && seen.isConnected);
  port.close(client, false);
  turnUntil(port, seen, () => seen.hasEnded);
  if (seen.accepted >= 0) port.close(seen.accepted, false);
  let isListening = true;
  port.unlisten(listener, () => {
    isListening = false;
  });
  turnUntil(port, seen, () => !isListening);
  closeDescriptor(listener);
  if (seen.error !== undefined) return seen.error;
  if (seen.received !== WORDS) return "bytes do not arrive";
  return seen.hasEnded ? undefined : "an end does not arrive";
}

function turnUntil(port: Port, seen: Seen, holds: () => boolean): void {
  for (let turn = 0; turn < TURNS_MAX && !holds() && seen.error === undefined; turn++) {
    port.turn(TURN_MS);
  }
}

function watcher(seen: Seen, port: () => Port): PortEvents {
  return {
    waited() {},
    accepted(_listener, fd) {
      seen.accepted = fd;
      port().open(fd, true);
      port().receive(fd);
    },
    acceptFailed() {
      seen.error = "it cannot accept";
    },
    received(fd, region, start, length) {
      if (length === 0) {
        seen.hasEnded = true;
        return;
      }
      seen.received += region.bytes.toString("latin1", start, start + length);
      port().receive(fd);
    },
    failed() {
      seen.error = "a socket failed";
    },
    unwatched() {
      seen.error = "it cannot watch a socket";
    },
    sent() {},
    connected(_fd, errno) {
      if (errno === 0) seen.isConnected = true;
      else seen.error = "it cannot connect";
    },
    readable() {},
    closing() {},
    writable() {},
  };
}
