// Descriptors of every kind: closing, flags, pipes, splice, eventfd, and how many there may be.

import { declare, errnoWord } from "./library.ts";
import { mapMemory } from "./memory.ts";

const calls = {
  close: declare("int close(int)"),
  fcntl: declare("int fcntl(int, int, long)"),
  pipe2: declare("int pipe2(size_t, int)"),
  splice: declare("long splice(int, size_t, int, size_t, size_t, uint)"),
  eventfd: declare("int eventfd(uint, int)"),
  read: declare("long read(int, size_t, size_t)"),
  write: declare("long write(int, size_t, size_t)"),
  getrlimit: declare("int getrlimit(int, size_t)"),
  setrlimit: declare("int setrlimit(int, size_t)"),
};

const F_DUPFD_CLOEXEC = 1030;
const F_GETFL = 3;
const F_SETFL = 4;
const F_SETPIPE_SZ = 1031;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const SPLICE_MOVE_NONBLOCK = 3;
const RLIMIT_NOFILE = 7;
/** `RLIM_INFINITY` and everything near it. */
const UNLIMITED_HIGH_WORD = 0x7fffffff;

const scratch = mapMemory(4096);

export function closeDescriptor(fd: number): void {
  calls.close(fd);
}

/** A copy of `fd` whose number is at least `lowest`. @returns a descriptor or `-errno` */
export function duplicateAbove(fd: number, lowest: number): number {
  const answer = calls.fcntl(fd, F_DUPFD_CLOEXEC, lowest);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Whether `count` more can be opened now. */
export function hasDescriptors(count: number): boolean {
  const copies: number[] = [];
  while (copies.length < count) {
    const copy = duplicateAbove(0, 0);
    if (copy < 0) break;
    copies.push(copy);
  }
  for (const copy of copies) closeDescriptor(copy);
  return copies.length === count;
}

export function setNonBlocking(fd: number, isNonBlocking: boolean): void {
  const flags = calls.fcntl(fd, F_GETFL, 0);
  if (flags < 0) return;
  calls.fcntl(fd, F_SETFL, isNonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

/** Opens a pipe into `into`: its reading end, then its writing one. @returns 0 or `-errno` */
export function openPipe(into: { readEnd: number; writeEnd: number }): number {
  const answer = calls.pipe2(scratch.address, O_NONBLOCK | O_CLOEXEC);
  if (answer < 0) return -(errnoWord[0] as number);
  into.readEnd = scratch.words[0] ?? -1;
  into.writeEnd = scratch.words[1] ?? -1;
  return 0;
}

/** Whether nobody holds a pipe's writing end any more. Nothing must ever be written to it. */
export function pipeHasEnded(readEnd: number): boolean {
  return calls.read(readEnd, scratch.address + 64, 1) === 0;
}

/** @returns the size the pipe now has, or `-errno` */
export function resizePipe(fd: number, sizeBytes: number): number {
  const answer = calls.fcntl(fd, F_SETPIPE_SZ, sizeBytes);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Moves bytes between a pipe and a socket without copying them. @returns bytes, 0 at the end, or `-errno` */
export function spliceBytes(from: number, to: number, lengthBytes: number): number {
  const answer = calls.splice(from, 0, to, 0, lengthBytes, SPLICE_MOVE_NONBLOCK);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** @returns a non-blocking counter to wake a thread with, or `-errno` */
export function openWakeup(): number {
  const answer = calls.eventfd(0, O_NONBLOCK | O_CLOEXEC);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

/** Wakes whoever waits for `fd`. */
export function wake(fd: number): void {
  scratch.words[0] = 1;
  scratch.words[1] = 0;
  calls.write(fd, scratch.address, 8);
}

/** Takes back every `wake` so far. */
export function clearWakeup(fd: number): void {
  calls.read(fd, scratch.address + 64, 8);
}

/** Raises the number of descriptors to the hard limit. @returns how many this process may have */
export function raiseDescriptorLimit(most: number): number {
  if (calls.getrlimit(RLIMIT_NOFILE, scratch.address) < 0) return 1024;
  const { words, address } = scratch;
  const hard = limitOf(words[2] ?? 0, words[3] ?? 0, most);
  const soft = limitOf(words[0] ?? 0, words[1] ?? 0, most);
  if (soft >= hard) return soft;
  words[0] = hard;
  words[1] = 0;
  return calls.setrlimit(RLIMIT_NOFILE, address) < 0 ? soft : hard;
}

function limitOf(low: number, high: number, most: number): number {
  if (high !== 0 || high >>> 0 >= UNLIMITED_HIGH_WORD) return most;
  return Math.min(most, low >>> 0);
}
