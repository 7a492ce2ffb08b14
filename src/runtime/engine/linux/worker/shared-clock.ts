// A clock that shows the same in every thread: stamps in rows outlive the worker that set them.

const MS_PER_S = 1000;
const NS_PER_MS = 1_000_000;

/** @returns milliseconds of the machine's monotonic clock; never running backwards */
export function sharedClock(): () => number {
  // Node looks the global up anew each time, which costs more than the time itself.
  const time = performance;
  const [seconds, nanoseconds] = process.hrtime();
  const offset = seconds * MS_PER_S + nanoseconds / NS_PER_MS - time.now();
  return () => time.now() + offset;
}
