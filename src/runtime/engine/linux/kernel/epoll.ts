// epoll: typed wrappers and the place of an event's words.

import { declare, errnoWord } from "./library.ts";
import { mapMemory, type Region } from "./memory.ts";
import { epollLayout } from "./platform.ts";
import { LEFT, tracesOfThread } from "./traces.ts";

const calls = {
  create: declare("int epoll_create1(int)"),
  control: declare("int epoll_ctl(int, int, int, size_t)"),
  wait: declare("int epoll_wait(int, size_t, int, int)"),
};

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;

export const EPOLL = {
  in: 0x1,
  urgent: 0x2,
  out: 0x4,
  error: 0x8,
  hangup: 0x10,
  peerFinished: 0x2000,
  exclusive: 1 << 28,
  edge: 1 << 31,
} as const;

/** Room for events, and how to read them: word `at(i)` holds the flags, `at(i) + data` the two words given to `watch`. */
export interface EventRoom {
  readonly region: Region;
  readonly capacity: number;
  readonly words: number;
  readonly data: number;
}

const one = mapMemory(4096);

/** @returns a descriptor or `-errno` */
export function openEpoll(): number {
  const fd = calls.create(EPOLL_CLOEXEC);
  const errno = errnoWord[0] as number;
  tracesOfThread()[LEFT.driver] = fd;
  return fd < 0 ? -errno : fd;
}

/** @returns undefined on a machine whose layout of events is not known */
export function createEventRoom(capacity: number): EventRoom | undefined {
  const layout = epollLayout();
  if (layout === undefined) return undefined;
  return { region: mapMemory(capacity * layout.words * 4), capacity, ...layout };
}

/** Events of `fd` will carry `fd` and `tag`. @returns 0 or `-errno` */
export function watch(
  epoll: number,
  room: EventRoom,
  fd: number,
  events: number,
  tag: number,
): number {
  one.words[0] = events;
  one.words[room.data] = fd;
  one.words[room.data + 1] = tag;
  const answer = calls.control(epoll, EPOLL_CTL_ADD, fd, one.address);
  return answer < 0 ? -(errnoWord[0] as number) : answer;
}

export function unwatch(epoll: number, fd: number): void {
  calls.control(epoll, EPOLL_CTL_DEL, fd, one.address);
}

/** Waits up to `timeoutMs`. @returns how many events are in `room`, or `-errno` */
export function waitForEvents(epoll: number, room: EventRoom, timeoutMs: number): number {
  const count = calls.wait(epoll, room.region.address, room.capacity, timeoutMs);
  return count < 0 ? -(errnoWord[0] as number) : count;
}
