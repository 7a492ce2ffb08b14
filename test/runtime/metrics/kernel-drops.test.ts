import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Counters } from "../../../src/runtime/metrics/counters.ts";
import { KernelDropCounts } from "../../../src/runtime/metrics/kernel-drops.ts";

function netstat(overflows: number, drops: number): string {
  return `TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPLost
TcpExt: 7 ${overflows} ${drops} 3
IpExt: InOctets
IpExt: 99
`;
}

test("what the kernel dropped since the start is counted, each once", () => {
  let text = netstat(10, 20);
  const counters = new Counters();
  const drops = new KernelDropCounts(() => text, counters);
  expect(drops.look()).toBeUndefined();
  text = netstat(13, 24);
  expect(drops.look()).toEqual({ listen_overflows: 3, listen_drops: 4 });
  expect(drops.look()).toBeUndefined();
  text = netstat(13, 25);
  expect(drops.look()).toEqual({ listen_overflows: 0, listen_drops: 1 });
  // Another namespace, or a count that has begun anew: nobody came back.
  text = netstat(0, 1);
  expect(drops.look()).toBeUndefined();
  expect([...counters.entries()]).toEqual([
    ["listen_overflows", 3],
    ["listen_drops", 5],
  ]);
});

test.for<[what: string, text: string | undefined]>([
  ["no such file", undefined],
  ["a kernel without these counts", "TcpExt: Other\nTcpExt: 5\n"],
  ["an empty one", ""],
])("%s: nothing", ([, text]) => {
  const counters = new Counters();
  expect(new KernelDropCounts(() => text, counters).look()).toBeUndefined();
  expect(counters.entries().size).toBe(0);
});

test.runIf(process.platform === "linux")("this kernel has them", () => {
  const text = readFileSync("/proc/net/netstat", "utf8");
  expect(text).toMatch(/^TcpExt: .*\bListenOverflows ListenDrops\b/);
});
