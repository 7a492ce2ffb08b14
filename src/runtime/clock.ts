// Time, injected: whoever waits asks a clock, so that tests and other engines can bring their own.

export interface Clock {
  /** Milliseconds since some moment, never running backwards. */
  nowMs(): number;
  /** Calls until the returned function is called. */
  every(ms: number, call: () => void): () => void;
  /** Calls once, unless the returned function is called before. */
  after(ms: number, call: () => void): () => void;
}

/** The clock of this process. Its timers keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  every(ms, call) {
    const timer = setInterval(call, ms);
    return () => clearInterval(timer);
  },
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
