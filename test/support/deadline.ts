// Waiting for the world in tests: each wait has a limit and says what it waited for. Never a fixed sleep.
import { setTimeout as delay } from "node:timers/promises";

/** Longest wait for a program to become ready, to answer or to end, in milliseconds. */
export const waitLimitMs = 15_000;

/** Pause between two attempts of `untilTrue`, in milliseconds. */
const retryEveryMs = 20;

/** `promise`, or an error that names `what` after `limitMs`; `detail` is appended to it (a log, for instance). */
export async function withDeadline<T>(
  promise: Promise<T>,
  what: string,
  detail: () => string = () => "",
  limitMs: number = waitLimitMs,
): Promise<T> {
  const cancel = new AbortController();
  const expiry = delay(limitMs, undefined, { signal: cancel.signal }).then(() => {
    throw new Error(`waited ${limitMs} ms for ${what}\n${detail()}`);
  });
  expiry.catch(() => undefined); // the losing side of the race is aborted below
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    cancel.abort();
  }
}

/** Asks again until `attempt` gives true: for what announces itself by no event, such as a port that opens. */
export async function untilTrue(
  attempt: () => Promise<boolean>,
  what: string,
  detail: () => string = () => "",
): Promise<void> {
  const end = performance.now() + waitLimitMs;
  while (!(await attempt())) {
    if (performance.now() > end)
      throw new Error(`waited ${waitLimitMs} ms for ${what}\n${detail()}`);
    await delay(retryEveryMs);
  }
}
