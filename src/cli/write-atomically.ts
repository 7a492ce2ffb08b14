// Files that are either the old or the new one, whatever happens in between. Knows nothing of what they hold.

import { randomBytes } from "node:crypto";
import {
  chmodSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { inputFailure } from "./failure.ts";
import { reasonOf } from "./write-reason.ts";

/**
 * Writes `text` to a file beside `path` and renames it there, keeping the mode of a file that is replaced. Links are
 * followed; what is no regular file (a terminal, a pipe) is written to as it is.
 * @throws CommandFailure that names the path and the reason
 */
export function writeAtomically(path: string, text: string): void {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && !stats.isFile()) writeFileSync(path, text);
    else replace(stats === undefined ? path : realpathSync(path), text, stats);
  } catch (error) {
    throw inputFailure(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

function replace(path: string, text: string, stats: Stats | undefined): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    writeFileSync(draft, text, { flag: "wx" });
    if (stats !== undefined) chmodSync(draft, stats.mode & 0o7777);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
