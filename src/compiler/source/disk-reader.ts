// A reader of sources from disk: the one place of the compiler that touches the file system, and only when a caller
// asks for it. Knows nothing of what the texts mean.

import { readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import {
  decodeSource,
  LIBRARY_PREFIX,
  MAX_SOURCE_BYTES,
  type ReadErrorCode,
  type ReadResult,
  type ReadSource,
  tooLarge,
} from "./load.ts";

/** Reads files, and `library:NAME` as `libraryFolder/NAME.frame`. Paths are relative to the working directory. */
export function createDiskReader(libraryFolder: string): ReadSource {
  return (path) =>
    path.startsWith(LIBRARY_PREFIX)
      ? readFile(join(libraryFolder, `${path.slice(LIBRARY_PREFIX.length)}.frame`))
      : readFile(path);
}

function readFile(path: string): ReadResult {
  try {
    return refusalOf(statSync(path)) ?? decodeSource(readFileSync(path));
  } catch (error) {
    return { kind: "error", ...causeOf(error) };
  }
}

/** Looked at before reading: a device or a pipe could block or never end. */
function refusalOf(stats: Stats): ReadResult | undefined {
  if (stats.isDirectory())
    return { kind: "error", code: "directory", message: "it is a directory" };
  if (!stats.isFile())
    return { kind: "error", code: "unreadable", message: "it is not a regular file" };
  return stats.size > MAX_SOURCE_BYTES ? tooLarge(stats.size) : undefined;
}

function causeOf(error: unknown): { code: ReadErrorCode; message: string } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") return { code: "missing", message: "no such file" };
  const message = error instanceof Error ? error.message : String(error);
  return { code: "unreadable", message: code === "EACCES" ? "permission denied" : message };
}
