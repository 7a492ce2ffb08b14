// A clock that shows the same in every thread: stamps in rows outlive the worker that set them.

import { performance } from "node:perf_hooks";

const MS_PER_S = 1000;
const NS_PER_MS = 1_000_000;

/**
 * Asked once a turn: `performance` is imported because the global of that name is looked up anew each time, which costs more than
 * the time itself.
 * @returns milliseconds of the machine's monotonic clock; never running backwards
 */
export function sharedClock(): () => number {
  const [seconds, nanoseconds] = process.hrtime();
  const offset = seconds * MS_PER_S + nanoseconds / NS_PER_MS - performance.now();
  return () => performance.now() + offset;
}
