// Whether this process may open enough files to start at all. Asked before anything else is loaded, and loads nothing of ours.

import { readFileSync } from "node:fs";

/** Modules are read many at a time, up to 400 of them (seen with Node 20): below that, one of them is said to be missing. */
const DESCRIPTORS_MIN = 512;

/** @returns what to tell where there are too few; undefined where there are enough, or nobody knows */
export function tooFewDescriptors(): string | undefined {
  const limit = readLimit();
  if (limit === undefined || limit >= DESCRIPTORS_MIN) return undefined;
  return (
    `this process may open ${limit} files, and needs ${DESCRIPTORS_MIN} to start: raise its hard limit ` +
    '("ulimit -n" of the shell that starts it, LimitNOFILE= of a systemd unit, --ulimit nofile= of a container)'
  );
}

/** Node has raised the soft limit to the hard one by now. */
function readLimit(): number | undefined {
  try {
    const [, limit] =
      /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
