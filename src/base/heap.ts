// The JavaScript heap of a program that starts once and then makes hardly anything. Knows nothing of what runs in it.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** V8's own. */
const GROWTH = 2;

/**
 * New objects of all threads stay in a nursery as small as it is now: it is collected more often and takes no 16 MiB. For a process
 * that is ours alone, since V8 knows such settings by process.
 */
export function keepNurseriesSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** Takes `keepNurseriesSmall` back: for a process that makes objects for each connection. */
export function letNurseriesGrow(): void {
  setFlagsFromString(`--semi-space-growth-factor=${GROWTH}`);
}

/**
 * Collects what starting has left and closes its gaps, so that the pages go back to the system. Nothing of this thread runs
 * meanwhile: 5 to 30 ms, more for a large heap.
 */
export function compactHeap(): void {
  offerCollector();
  setFlagsFromString("--compact-on-every-full-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  setFlagsFromString("--no-compact-on-every-full-gc");
}

/** Threads that start from here on have `gc` among their globals, which collects their whole heap. */
export function offerCollector(): void {
  setFlagsFromString("--expose-gc");
}
