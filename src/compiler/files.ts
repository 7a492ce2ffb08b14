// The readers that a compilation of files on disk needs, both kinds together. Knows nothing of what the files mean.

import { resolve } from "node:path";
import { LIST_FILE_BYTES_MAX, type ReadListFile } from "./route/list-file.ts";
import { createDiskReader, libraryDirectory, readBytes } from "./source/disk-reader.ts";
import type { ReadSource } from "./source/load.ts";

/** What `compileFrameFiles` reads with. */
export interface FileReader {
  /** Descriptions, at most `MAX_SOURCE_BYTES`; `library:NAME` is the built-in library. */
  readonly read: ReadSource;
  /** Lists of keys, at most `LIST_FILE_BYTES_MAX`. */
  readonly readList: ReadListFile;
}

/** Reads from disk, now and at every call; relative paths count from the working directory. */
export function createFileReader(): FileReader {
  return { read: createDiskReader(libraryDirectory()), readList };
}

const readList: ReadListFile = (given) => {
  const path = resolve(given);
  const read = readBytes(path, LIST_FILE_BYTES_MAX);
  return read.kind === "bytes"
    ? { kind: "bytes", path, bytes: read.bytes }
    : { kind: "error", path, reason: read.message };
};
