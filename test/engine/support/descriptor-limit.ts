// How many descriptors this process may have: taken away for a moment, so that nothing can be opened.
import koffi from "koffi";

const RLIMIT_NOFILE = 7;
/** Nobody's: standard input, output and error have the numbers below. */
const NONE = 3n;

interface Limits {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Nothing can be opened from here on, whatever is open stays. @returns what gives the limit back */
export function takeDescriptorsAway(): () => void {
  const libc = koffi.load(null);
  const get = libc.func("int getrlimit(int, uint64_t *)");
  const set = libc.func("int setrlimit(int, uint64_t *)");
  const words = new BigUint64Array(2);
  if (get(RLIMIT_NOFILE, words) !== 0) throw new Error("no limit of descriptors is known");
  const limits: Limits = { soft: words[0] ?? 0n, hard: words[1] ?? 0n };
  set(RLIMIT_NOFILE, BigUint64Array.of(NONE, limits.hard));
  return () => void set(RLIMIT_NOFILE, BigUint64Array.of(limits.soft, limits.hard));
}
