// Waits until every worker has answered for one epoch.

export class Prepared {
  #waiting:
    | {
        readonly epoch: number;
        left: number;
        readonly resolve: () => void;
        readonly reject: (error: Error) => void;
      }
    | undefined;

  /** @param ask is called once the answers are waited for @returns once `workers` have answered @throws Error with the reason of one */
  wait(epoch: number, workers: number, ask: () => void): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#waiting = { epoch, left: workers, resolve, reject };
      ask();
    });
  }

  /** A worker's answer: `reason` where it could not. */
  settle(epoch: number, reason: string | undefined): void {
    const waiting = this.#waiting;
    if (waiting?.epoch !== epoch) return;
    waiting.left -= 1;
    if (reason !== undefined) this.fail(new Error(reason));
    else if (waiting.left === 0) {
      this.#waiting = undefined;
      waiting.resolve();
    }
  }

  /** Whoever waits is told that it will not be. */
  fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
