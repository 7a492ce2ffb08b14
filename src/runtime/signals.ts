// What the operating system tells a router: reload, drain, end. Only the command line installs it.

import type { Logger } from "./log/logger.ts";

/** What the handlers act on. */
export interface Signalled {
  readonly logger: Logger;
  reload(): Promise<unknown>;
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface SignalOptions {
  /** The process, or what stands in for it. */
  readonly on: (signal: NodeJS.Signals, handle: () => void) => void;
  readonly exit: (code: number) => void;
}

/** An exit by a second signal says that connections were cut. */
const CUT_EXIT_CODE = 1;

/**
 * Node opens its inspector on SIGUSR1 unless somebody handles it: to be called first of all, before anything is
 * listened on.
 */
export function ignoreInspectorSignal(on: SignalOptions["on"]): void {
  on("SIGUSR1", () => undefined);
}

/**
 * SIGHUP reloads; SIGTERM and SIGINT drain, and a second one ends at once; SIGUSR2 would reopen log files.
 * @param running a router that may still be starting: what comes earlier is done as soon as it runs. It stays
 *   pending where it does not start.
 */
export function handleSignals(running: Promise<Signalled>, { on, exit }: SignalOptions): void {
  let router: Signalled | undefined;
  let isEnding = false;
  let code = 0;
  void running.then((one) => {
    router = one;
  });
  const end = () => {
    if (isEnding) {
      // Then the drain is over at once too, and must not say that it went well.
      code = CUT_EXIT_CODE;
      if (router === undefined) exit(code);
      else void router.close().finally(() => exit(code));
      return;
    }
    isEnding = true;
    void running.then((one) => one.drain()).finally(() => exit(code));
  };
  // Why one failed is in the log.
  on("SIGHUP", () => void running.then((one) => one.reload()).catch(() => undefined));
  on("SIGTERM", end);
  on("SIGINT", end);
  on("SIGUSR2", () => {
    const words = "logs go to standard output: there is no file to reopen";
    void running.then(({ logger }) => logger.info(words));
  });
}
