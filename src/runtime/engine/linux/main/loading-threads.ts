// Threads that load. One that Node ends while it declares foreign functions aborts the whole process (status 134, seen with Node 20
// and 24), and Node ends them all where the process exits. So an exit that finds one of them loading ends the process itself.

import { endProcess } from "../kernel/end-process.ts";

const loading = new Set<object>();

/** From here to `hasLoaded` the thread cannot be ended safely. */
export function beginsToLoad(thread: object): void {
  // Late, so that whoever writes something at an exit has done so before.
  if (loading.size === 0) process.on("exit", endProcess);
  loading.add(thread);
}

/** It has loaded, or is gone. */
export function hasLoaded(thread: object): void {
  if (loading.delete(thread) && loading.size === 0) process.off("exit", endProcess);
}
