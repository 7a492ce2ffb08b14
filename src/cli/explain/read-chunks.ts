// The bytes that `explain` looks at, in the pieces they arrive in. Knows no protocol.

import { readFileSync, statSync } from "node:fs";
import { parseHex } from "../../base/bytes.ts";
import { printable } from "../../base/printable.ts";
import { inputFailure, usageFailure } from "../failure.ts";
import { INPUT_BYTES_MAX, type Terminal } from "../terminal.ts";

/** Where the bytes come from: at most one of the three. */
export interface ByteSource {
  readonly hex?: readonly string[] | undefined;
  readonly file?: string | undefined;
  /** `-` for standard input. */
  readonly input?: string | undefined;
}

/**
 * Each `--hex` is a chunk of its own; a file and standard input are one. None at all: no byte has come.
 * @throws CommandFailure
 */
export async function readChunks(
  source: ByteSource,
  terminal: Terminal,
): Promise<readonly Uint8Array[]> {
  const { hex, file, input } = source;
  if ([hex, file, input].filter((each) => each !== undefined).length > 1)
    throw usageFailure("the bytes come from one of --hex, --file and '-'");
  if (hex !== undefined) return hex.map(bytesOfHex);
  if (file !== undefined) return [bytesOfFile(file)];
  if (input === undefined) return [];
  if (input !== "-") throw usageFailure(`'${input}' cannot stand here; name a file by --file`);
  const bytes = await terminal.readInput();
  if (bytes === undefined) throw inputFailure(`standard input has more than ${LIMIT}`);
  return [bytes];
}

const LIMIT = `${INPUT_BYTES_MAX / 1024 / 1024} MiB`;

/** Digits as tools print them: `2a00`, `2A 00`, `2a:00`, `0x2a,0x00`, `x"2A 00"`, `\x2a\x00`. */
export function bytesOfHex(text: string): Uint8Array {
  const digits = text.replace(/^x"(.*)"$/s, "$1").replace(/\\x|0x|[\s:,_-]/gi, "");
  const bytes = parseHex(digits);
  if (bytes !== undefined) return bytes;
  const stranger = /[^0-9a-f]/i.exec(digits)?.[0];
  const reason =
    stranger === undefined
      ? "half a byte is left over: two digits make a byte"
      : `'${printable(stranger)}' is not a hexadecimal digit`;
  throw usageFailure(`--hex ${printable(text, 40)}: ${reason}`);
}

function bytesOfFile(path: string): Uint8Array {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw inputFailure(`cannot read ${path}: it is a directory`);
    // A device or a pipe could block, or never end; standard input is there for those.
    if (!stats.isFile()) throw inputFailure(`cannot read ${path}: it is not a regular file`);
    if (stats.size > INPUT_BYTES_MAX)
      throw inputFailure(`cannot read ${path}: it has more than ${LIMIT}`);
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw inputFailure(`cannot read ${path}: no such file`);
    if (code === "EACCES") throw inputFailure(`cannot read ${path}: permission denied`);
    throw error;
  }
}
