// CPU time and memory of a process and the machine's load, from /proc. Linux only.
import { readFile } from "node:fs/promises";

/** Seconds of CPU of all threads, ended ones too. */
export interface CpuTime {
  readonly user: number;
  readonly system: number;
}

/** /proc/PID/stat. The second field is the name in brackets and may hold blanks and brackets itself. */
export function parseCpuTime(stat: string, ticksASecond: number): CpuTime {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { user: ticks(fields[11]) / ticksASecond, system: ticks(fields[12]) / ticksASecond };
}

/** Seconds of CPU of a process and of its children that have ended and been waited for, of /proc/PID/stat. */
export function parseFamilySeconds(stat: string, ticksASecond: number): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [11, 12, 13, 14].reduce((sum, at) => sum + ticks(fields[at]), 0) / ticksASecond;
}

/** What all processors together did since the start, in seconds. */
export interface MachineTime {
  /** In processes, the kernel's work for them included. */
  readonly busy: number;
  /** What a hypervisor gave to others. */
  readonly stolen: number;
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. */
export function parseMachineTime(stat: string, ticksASecond: number): MachineTime {
  const fields = /^cpu\s+(.*)$/m.exec(stat)?.[1]?.split(" ") ?? [];
  const busy = [0, 1, 2].reduce((sum, at) => sum + ticks(fields[at]), 0);
  return { busy: busy / ticksASecond, stolen: ticks(fields[7] ?? "0") / ticksASecond };
}

function ticks(field: string | undefined): number {
  if (field === undefined || !/^\d+$/.test(field)) throw new Error(`no ticks: ${field}`);
  return Number(field);
}

/** Resident bytes, of /proc/PID/status. */
export function parseResidentBytes(status: string): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error("no VmRSS");
  return Number(kibibytes) * 1024;
}

/** Of the resident bytes those that no file stands behind: the rest is a program's text, shared with every other that runs it. */
export function parseAnonymousBytes(status: string): number {
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error("no RssAnon");
  return Number(kibibytes) * 1024;
}

/** The most descriptors a process of this user may have, of /proc/self/limits. */
export function parseDescriptorLimit(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  if (hard === undefined) throw new Error("no limit of open files");
  return hard === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(hard);
}

/** Processes that ran or wanted to, on average over the last minute, of /proc/loadavg. */
export function parseLoad(loadavg: string): number {
  return Number.parseFloat(loadavg);
}

export async function readCpuTime(pid: number, ticksASecond: number): Promise<CpuTime> {
  return parseCpuTime(await readFile(`/proc/${pid}/stat`, "latin1"), ticksASecond);
}

export async function readFamilySeconds(
  pid: number | "self",
  ticksASecond: number,
): Promise<number> {
  return parseFamilySeconds(await readFile(`/proc/${pid}/stat`, "latin1"), ticksASecond);
}

export async function readMachineTime(ticksASecond: number): Promise<MachineTime> {
  return parseMachineTime(await readFile("/proc/stat", "latin1"), ticksASecond);
}

export async function readResidentBytes(pid: number): Promise<number> {
  return parseResidentBytes(await readFile(`/proc/${pid}/status`, "latin1"));
}

export async function readAnonymousBytes(pid: number): Promise<number> {
  return parseAnonymousBytes(await readFile(`/proc/${pid}/status`, "latin1"));
}

export async function readDescriptorLimit(): Promise<number> {
  return parseDescriptorLimit(await readFile("/proc/self/limits", "latin1"));
}

export async function readLoad(): Promise<number> {
  return parseLoad(await readFile("/proc/loadavg", "latin1"));
}
