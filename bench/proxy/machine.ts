// What the numbers were taken on: processor, kernel, versions.
import { readFile } from "node:fs/promises";
import { cpus, release } from "node:os";
import { outputOf } from "./process.ts";

/** What all sockets use here that choose nothing: with one that paces (bbr), bulk over loopback is another load. */
const CONGESTION = "/proc/sys/net/ipv4/tcp_congestion_control";

/** One sentence each. */
export async function machineFacts(): Promise<readonly string[]> {
  const [first] = cpus();
  const machine = `${cpus().length} × ${first?.model.trim() ?? process.arch}, Linux ${release()}`;
  const versions = await Promise.all([
    version("haproxy", ["-v"], /version (\S+)/, "HAProxy"),
    version("nginx", ["-v"], /nginx\/(\S+)/, "nginx"),
    version("go", ["version"], /go(\d\S+)/, "Go"),
    version("gcc", ["-dumpfullversion"], /(\S+)/, "gcc"),
  ]);
  const known = versions.filter((text) => text !== undefined);
  const congestion = await readFile(CONGESTION, "latin1").catch(() => "unknown");
  return [
    machine,
    `TCP congestion control ${congestion.trim()}`,
    [`Node ${process.versions.node}`, ...known].join(", "),
  ];
}

/** Clock ticks a second, in which /proc counts CPU time. */
export async function ticksASecond(): Promise<number> {
  const ticks = Number(await outputOf("getconf", ["CLK_TCK"]));
  return ticks > 0 ? ticks : 100; // what Linux has had on every machine for long
}

async function version(
  program: string,
  args: readonly string[],
  pattern: RegExp,
  name: string,
): Promise<string | undefined> {
  const output = (await outputOf(program, args)) ?? (await outputOf(`/usr/sbin/${program}`, args));
  const found = pattern.exec(output ?? "")?.[1];
  return found === undefined ? undefined : `${name} ${found}`;
}
