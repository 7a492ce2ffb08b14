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
  if (file !== undefined) return [asTheyAre(bytesOfFile(file), file, terminal)];
  if (input === undefined) return [];
  if (input !== "-")
    throw usageFailure(
      `'${input}' cannot stand here: bytes are given by --hex, a file of them by --file`,
    );
  const bytes = await terminal.readInput();
  if (bytes === undefined) throw inputFailure(`standard input has more than ${LIMIT}`);
  return [asTheyAre(bytes, "standard input", terminal)];
}

/** Longest input that is looked at for digits: pasted dumps are short. */
const DIGITS_MAX = 64 * 1024;

/** Bytes are never read as digits, but who gives the digits of a dump is told. */
function asTheyAre(bytes: Uint8Array, from: string, { err }: Terminal): Uint8Array {
  const text = bytes.length <= DIGITS_MAX ? Buffer.from(bytes).toString("latin1") : "";
  if (/^[0-9a-fx\s:,\\-]{8,}$/i.test(text))
    err.write(
      `waybill: ${from} holds digits, which are taken as text; xxd -r -p makes bytes of them\n`,
    );
  return bytes;
}

const LIMIT = `${INPUT_BYTES_MAX / 1024 / 1024} MiB`;

/** Digits as tools print them: `2a00`, `2A 00`, `2a:00`, `0x2a,0x00`, `x"2A 00"`, `\x2a\x00`. */
export function bytesOfHex(text: string): Uint8Array {
  if (hasOffsets(text))
    throw usageFailure(
      `--hex ${printable(text, 40)}: this is a dump with offsets; give its bytes alone, as xxd -p prints them`,
    );
  const digits = text.replace(/^x"(.*)"$/s, "$1").replace(/\\x|0x|[\s:,_-]/gi, "");
  const bytes = parseHex(digits);
  if (bytes !== undefined) return bytes;
  const stranger = /[^0-9a-f]/i.exec(digits)?.[0];
  const reason =
    stranger === undefined
      ? "half a byte is left over: two digits make a byte"
      : `'${printable(stranger)}' is not a hexadecimal digit; bytes are written 2a00, 2a 00, 2a:00 or 0x2a,0x00`;
  throw usageFailure(`--hex ${printable(text, 40)}: ${reason}`);
}

/**
 * Whether lines begin with offsets, as xxd, hexdump, od, tcpdump and Wireshark print them: zeros set off by a colon or a
 * gap, or by a second line that begins with 16, in octal for od. Taken for bytes they would be some that nobody sent.
 */
function hasOffsets(text: string): boolean {
  const [first = "", second = ""] = text.split("\n").filter((line) => line.trim() !== "");
  const zeros = /^\s*(?:0x)?(0{4,8})(?:(:\s|\s{2,}[0-9a-f]{2}(?:\s|$))|\s)/i.exec(first);
  if (zeros === null) return false;
  const [, { length } = "", setOff] = zeros;
  if (setOff !== undefined) return true;
  const next = /^\s*(?:0x)?(0*[12]0)(?:\s|$)/.exec(second)?.[1];
  return next?.length === length;
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
