// How source texts reach the compiler: an injected reader, its answers, and what an import names. Does no I/O itself
// and does not parse: the walk over imports is syntax/load-files.ts.

import { dirname, isAbsolute, join, normalize } from "node:path";

/** The largest source text, in bytes. */
export const MAX_SOURCE_BYTES = 16 * 1024 * 1024;

/** The most files in one compilation, imports included. */
export const MAX_SOURCE_FILES = 256;

/** Path prefix of files in the built-in library: `library:proxy`. */
export const LIBRARY_PREFIX = "library:";

export type ReadErrorCode =
  | "missing"
  | "unreadable"
  | "directory"
  | "too-large"
  /** The bytes are not UTF-8. */
  | "encoding";

/** Why a file could not be had; `message` is for people. */
export interface ReadError {
  readonly kind: "error";
  readonly code: ReadErrorCode;
  readonly message: string;
}

export type ReadResult = { readonly kind: "text"; readonly text: string } | ReadError;

/** Reads a path, or `library:NAME`. Never throws: what went wrong is in the result. */
export type ReadSource = (path: string) => ReadResult;

/** The text of a source's bytes: at most `MAX_SOURCE_BYTES`, UTF-8, a byte order mark is dropped. */
export function decodeSource(bytes: Uint8Array): ReadResult {
  if (bytes.length > MAX_SOURCE_BYTES) return tooLarge(bytes.length, MAX_SOURCE_BYTES);
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { kind: "error", code: "encoding", message: "the bytes are not UTF-8" };
  }
}

/** The answer for a file of `bytes` bytes where at most `bytesMax` are read. */
export function tooLarge(bytes: number, bytesMax: number): ReadError {
  const message = `${bytes} bytes, the limit is ${bytesMax}`;
  return { kind: "error", code: "too-large", message };
}

/**
 * The path that `import "target";` in the file `from` names: a bare word is a file of the library, anything else a
 * path relative to `from`. `undefined`: an absolute path, an empty one, or a relative one inside the library.
 */
export function resolveImport(from: string, target: string): string | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(target)) return LIBRARY_PREFIX + target;
  if (target === "" || target.includes("\0") || isAbsolute(target)) return undefined;
  if (target.startsWith(LIBRARY_PREFIX) || from.startsWith(LIBRARY_PREFIX)) return undefined;
  return normalize(join(dirname(from), target));
}

/** One spelling for each path: `./a.frame` and `a.frame` are one file. Symbolic links are not followed. */
export function identityOf(path: string): string {
  return path.startsWith(LIBRARY_PREFIX) ? path : normalize(path);
}
