// The statuses a run of the command line ends with. Imports nothing.

/** What the shell sees. `internal` is EX_SOFTWARE of sysexits.h: a bug of ours. */
export const EXIT = {
  ok: 0,
  /** A file, the bytes or the machine are at fault: the output says which. */
  fault: 1,
  /** The command was called wrongly. */
  usage: 2,
  internal: 70,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
