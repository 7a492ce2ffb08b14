// Reads from disk: the one place of the compiler that touches the file system, and only when a caller asks for it.
// Knows nothing of what the bytes mean.

import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  decodeSource,
  LIBRARY_PREFIX,
  MAX_SOURCE_BYTES,
  type ReadError,
  type ReadErrorCode,
  type ReadResult,
  type ReadSource,
  tooLarge,
} from "./load.ts";

/** What reading a file gave; never an exception. */
export type BytesResult = { readonly kind: "bytes"; readonly bytes: Uint8Array } | ReadError;

const EXTENSION = ".frame";

/** A name that an import can spell; nothing else is looked for, so no name leads out of the folder. */
const LIBRARY_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** The folder of the built-in library: `protocols/` of this package, beside `src/` as beside `dist/`. */
export function libraryDirectory(): string {
  return fileURLToPath(new URL("../../../protocols", import.meta.url));
}

/** What `import "NAME";` can name, sorted; empty where the package lost its library. */
export function libraryNames(): readonly string[] {
  try {
    return readdirSync(libraryDirectory())
      .filter((file) => file.endsWith(EXTENSION))
      .map((file) => file.slice(0, -EXTENSION.length))
      .sort();
  } catch {
    return [];
  }
}

/** The source of a library file by its name, `mqtt` for `protocols/mqtt.frame`. */
export function readLibrary(name: string): ReadResult {
  return readFrom(libraryDirectory(), name);
}

/** Reads files, and `library:NAME` as `libraryFolder/NAME.frame`. Paths are relative to the working directory. */
export function createDiskReader(libraryFolder: string): ReadSource {
  return (path) =>
    path.startsWith(LIBRARY_PREFIX)
      ? readFrom(libraryFolder, path.slice(LIBRARY_PREFIX.length))
      : readText(path);
}

function readFrom(libraryFolder: string, name: string): ReadResult {
  if (!LIBRARY_NAME.test(name))
    return { kind: "error", code: "missing", message: "no name of a library file" };
  return readText(join(libraryFolder, name + EXTENSION));
}

/** The bytes of a regular file of at most `bytesMax` bytes. */
export function readBytes(path: string, bytesMax: number): BytesResult {
  try {
    const refusal = refusalOf(statSync(path), bytesMax);
    if (refusal !== undefined) return refusal;
    const bytes = readFileSync(path);
    // It may have grown since it was looked at.
    return bytes.length > bytesMax ? tooLarge(bytes.length, bytesMax) : { kind: "bytes", bytes };
  } catch (error) {
    return { kind: "error", ...causeOf(error) };
  }
}

function readText(path: string): ReadResult {
  const read = readBytes(path, MAX_SOURCE_BYTES);
  return read.kind === "bytes" ? decodeSource(read.bytes) : read;
}

/** Looked at before reading: a device or a pipe could block or never end. */
function refusalOf(stats: Stats, bytesMax: number): ReadError | undefined {
  if (stats.isDirectory())
    return { kind: "error", code: "directory", message: "it is a directory" };
  if (!stats.isFile())
    return { kind: "error", code: "unreadable", message: "it is not a regular file" };
  return stats.size > bytesMax ? tooLarge(stats.size, bytesMax) : undefined;
}

function causeOf(error: unknown): { code: ReadErrorCode; message: string } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") return { code: "missing", message: "no such file" };
  if (code === "EACCES") return { code: "unreadable", message: "permission denied" };
  if (code === "ELOOP") return { code: "unreadable", message: "its links lead in a circle" };
  return { code: "unreadable", message: error instanceof Error ? error.message : String(error) };
}
