// The pages of Node's own program file that this process has mapped: most of what starting reads of it is never needed again.

import { readFileSync, readlinkSync } from "node:fs";
import { declare } from "./library.ts";

const MADV_DONTNEED = 4;
/** `from-to permissions offset device inode path`, the first line of a mapping in /proc/PID/smaps (proc(5)). */
const HEADER = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ +(.+)$/;
const CHANGED = /^Anonymous: +(\d+) kB$/;

/** Addresses from `start`, inclusive, to `end`, exclusive. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
}

/**
 * Mappings of a file that nobody can write and nobody has written: the file has all there is in them. What the loader has
 * relocated is not among them.
 */
export function unchangedMappings(smaps: string, path: string): readonly Mapping[] {
  const found: Mapping[] = [];
  let current: Mapping | undefined;
  for (const line of smaps.split("\n")) {
    const [, start, end, permissions, file] = HEADER.exec(line) ?? [];
    if (start !== undefined && end !== undefined) {
      const isReadOnly = permissions === "r--p" || permissions === "r-xp";
      const mapping = { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) };
      current = isReadOnly && file === path ? mapping : undefined;
    } else if (current !== undefined) {
      const changed = CHANGED.exec(line)?.[1];
      if (changed === "0") found.push(current);
      if (changed !== undefined) current = undefined;
    } else if (/^[0-9a-f]+-/.test(line)) current = undefined; // of no file
  }
  return found;
}

/**
 * The kernel forgets which pages of the program this process has read: those that are needed come back from its cache of files
 * at the next touch, a few microseconds each 64 KiB, and the rest no longer counts as ours. Nothing where /proc says nothing.
 */
export function dropProgramPages(): void {
  try {
    const advise = declare("int madvise(size_t, size_t, int)");
    const program = readlinkSync("/proc/self/exe");
    for (const { start, end } of unchangedMappings(
      readFileSync("/proc/self/smaps", "utf8"),
      program,
    ))
      advise(start, end - start, MADV_DONTNEED);
  } catch {
    // Without /proc the pages stay where they are.
  }
}
