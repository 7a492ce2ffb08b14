// What this machine has, as far as a configuration is compared with it. What cannot be found out is absent.

import { readFileSync } from "node:fs";
import { networkInterfaces, totalmem } from "node:os";
import { formatIpAddress, parseIpAddress } from "../../base/ip-address.ts";
import type { MachineAddresses } from "./cross-check.ts";

export interface Machine extends MachineAddresses {
  readonly memoryBytes: number | undefined;
  /** Descriptors this process may have. */
  readonly descriptors: number | undefined;
  /** Ports for outgoing connections to one address. */
  readonly ephemeralPorts: number | undefined;
  /** Connections that may wait to be accepted at one socket. */
  readonly waitingConnections: number | undefined;
}

export function thisMachine(): Machine {
  return {
    localAddresses: localAddresses(),
    memoryBytes: totalmem(),
    descriptors: descriptorLimit(),
    ephemeralPorts: ephemeralPorts(),
    waitingConnections: waitingConnections(),
  };
}

function localAddresses(): readonly string[] {
  const bytes = new Uint8Array(16);
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ address }) => formatIpAddress(bytes, parseIpAddress(address, bytes))),
  );
}

/** Node raises its own limit to the hard one when it starts. */
function descriptorLimit(): number | undefined {
  const line = readSystem("/proc/self/limits")?.match(/^Max open files\s+([0-9]+)/m);
  return line === null || line === undefined ? undefined : Number(line[1]);
}

function ephemeralPorts(): number | undefined {
  const range = readSystem("/proc/sys/net/ipv4/ip_local_port_range")?.trim().split(/\s+/);
  if (range?.length !== 2) return undefined;
  return Number(range[1]) - Number(range[0]) + 1;
}

function waitingConnections(): number | undefined {
  const text = readSystem("/proc/sys/net/core/somaxconn");
  return text === undefined ? undefined : Number(text);
}

function readSystem(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
