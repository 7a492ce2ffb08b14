// Who holds a port that could not be taken, as far as Linux tells an unprivileged process: its own user's programs.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** `TCP_LISTEN` in /proc/net/tcp. */
const LISTENING = "0A";
/** Columns of a line, split at spaces. */
const LOCAL_ADDRESS = 1;
const STATE = 3;
const INODE = 9;

/** @returns `process 4711 (nginx)`, or undefined where that cannot be found out */
export function portHolder(port: number): string | undefined {
  const inodes = new Set([
    ...listeningInodes("/proc/net/tcp", port),
    ...listeningInodes("/proc/net/tcp6", port),
  ]);
  if (inodes.size === 0) return undefined;
  const pid = entries("/proc").find(
    (entry) => /^[0-9]+$/.test(entry) && holdsAny(`/proc/${entry}/fd`, inodes),
  );
  if (pid === undefined) return undefined;
  if (pid === String(process.pid)) return "this process";
  return `process ${pid} (${programOf(pid)})`;
}

/** The name of its file: threads may have given themselves others. */
function programOf(pid: string): string {
  const file = link(`/proc/${pid}/exe`);
  return file === "" ? (read(`/proc/${pid}/comm`) ?? "").trim() : basename(file);
}

function listeningInodes(path: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return (read(path) ?? "")
    .split("\n")
    .map((line) => line.trim().split(/ +/))
    .filter((words) => words[STATE] === LISTENING && words[LOCAL_ADDRESS]?.endsWith(suffix))
    .flatMap((words) => words[INODE] ?? []);
}

function holdsAny(folder: string, inodes: ReadonlySet<string>): boolean {
  return entries(folder).some((fd) => {
    const inode = /^socket:\[([0-9]+)\]$/.exec(link(`${folder}/${fd}`))?.[1];
    return inode !== undefined && inodes.has(inode);
  });
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Of another user, or gone meanwhile.
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
