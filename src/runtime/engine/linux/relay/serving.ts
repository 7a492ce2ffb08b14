// The listeners that one worker serves: from main's word on, until nothing is accepted from them and the last of their undecided
// connections has its verdict.

import type { ServedListener, ServedPlan } from "./context.ts";
import type { Port } from "./port.ts";

/** In the place of a descriptor that is not the listener's any more. */
const NOWHERE = -1;

export interface Serving {
  readonly listeners: Map<number, ServedListener>;
  readonly port: Pick<Port, "listen" | "unlisten">;
}

/** A listener accepts from `fd` and serves a plan, or serves another plan from here on. */
export function serveListener(
  { listeners, port }: Serving,
  index: number,
  service: {
    readonly fd: number;
    readonly isUnix: boolean;
    readonly served: ServedPlan | undefined;
  },
): void {
  const { fd, isUnix, served } = service;
  const known = listeners.get(index);
  if (known === undefined) {
    listeners.set(index, { fd, isUnix, served, isStopped: false, oldest: -1, newest: -1 });
  } else {
    known.served = served;
    if (known.fd === fd && !known.isStopped) return;
    known.fd = fd;
    known.isStopped = false;
  }
  port.listen(fd, index);
}

/** A listener accepts no more from `fd`. @param done is called once nothing comes from it any more */
export function stopListener(
  { listeners, port }: Serving,
  index: number,
  fd: number,
  done: () => void,
): void {
  const known = listeners.get(index);
  if (known?.fd === fd) known.isStopped = true;
  port.unlisten(fd, () => {
    // It may be served again meanwhile.
    if (known?.fd === fd && known.isStopped) known.fd = NOWHERE;
    done();
  });
}

/** Forgets those that are stopped and have nobody undecided: reloads may bring new ones for ever, and each turn looks at all. */
export function forgetStopped({ listeners }: Pick<Serving, "listeners">): void {
  for (const [index, { fd, isStopped, oldest }] of listeners) {
    if (isStopped && fd === NOWHERE && oldest < 0) listeners.delete(index);
  }
}
