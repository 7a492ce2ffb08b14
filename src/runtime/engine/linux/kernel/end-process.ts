// The end of the process without any of what Node does at its own.

import { declare } from "./library.ts";

const exit = declare("void _exit(int)");

/** Ends the process here and now: no thread is ended before it, and nothing is written any more. @param status 0 to 255 */
export function endProcess(status: number): void {
  exit(status);
}
