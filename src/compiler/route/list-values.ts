// What the lines of a list file stand for: byte strings, numbers, addresses, or keys with pools. Collects what is wrong
// with them; how that is said is the caller's business.

import { type AddressBlock, formatAddressBlock, parseAddressBlock } from "./address-block.ts";
import {
  addEntry,
  type ByteEntries,
  type ByteEntriesBuilder,
  createEntries,
  finishEntries,
} from "./byte-entries.ts";
import { type ByteTableBuilder, createByteTable, putBytes } from "./byte-table.ts";
import { NO_CANDIDATE } from "./candidate-lists.ts";
import { entryBytes, LIST_ENTRIES_MAX, listLines, splitMapLine } from "./list-file.ts";
import { createNumberTable, type NumberTableBuilder, putNumber } from "./number-table.ts";
import { NOT_A_NUMBER, parseDigits } from "./route-input.ts";

/** What was found wrong in a file. Lines count from 1. */
export interface ListFindings {
  /** The first `MALFORMED_KEPT` lines that mean nothing. */
  readonly malformed: { readonly line: number; readonly text: string; readonly reason: string }[];
  /** All of them. */
  malformedCount: number;
  /** Entries that stand there before; the first of them and what it repeats. */
  repeated: { count: number; readonly line: number; readonly firstLine: number } | undefined;
  /** Entries longer than the key can be, which are left out; the first of them. */
  tooLong: { count: number; readonly line: number } | undefined;
  entries: number;
  /** There are more than `LIST_ENTRIES_MAX`; the rest was not read. */
  hasTooMany: boolean;
}

/** What kind of key the entries are compared with. */
export type ListKind =
  | { readonly kind: "bytes"; readonly maxBytes: number }
  | { readonly kind: "numbers" };

/** The entries of one file, or those of one pool in it. */
export type ListValues =
  | { readonly kind: "bytes"; readonly entries: ByteEntries }
  | { readonly kind: "numbers"; readonly values: Float64Array };

/** The keys of a map file that go to one pool; `line` is its first. */
export interface MapGroup {
  readonly pool: string;
  readonly line: number;
  readonly values: ListValues;
}

/** Malformed lines that are reported one by one. */
export const MALFORMED_KEPT = 10;

/** The most different pools in one map file. */
export const MAP_POOLS_MAX = 4096;

const POOL_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const SHOWN_LENGTH = 40;

/** How a line was taken. */
type Accepted = "new" | "too-long" | { readonly repeats: number } | { readonly malformed: string };

/** A file of keys, each once. */
export function readKeys(
  file: Uint8Array,
  kind: ListKind,
): { values: ListValues; findings: ListFindings } {
  const seen = createSeen();
  const taken = createTaken();
  const findings = readLines(file, (text, line) => takeKey(kind, seen, taken, text, line));
  return { values: packTaken(taken, kind), findings };
}

/** A file of *key,pool* lines: the keys of each pool, in order of first mention. Of equal keys the first counts. */
export function readMap(
  file: Uint8Array,
  kind: ListKind,
): { groups: readonly MapGroup[]; findings: ListFindings } {
  const seen = createSeen();
  const groups = new Map<string, { line: number; taken: Taken }>();
  const findings = readLines(file, (text, line) => {
    const parts = splitMapLine(text);
    if (parts === undefined) return { malformed: "a line is KEY,POOL" };
    const pool = Buffer.from(parts.pool).toString("latin1");
    if (pool === "") return { malformed: "no pool's name follows the last comma" };
    if (!POOL_NAME.test(pool))
      return { malformed: "what follows the last comma cannot be the name of a pool" };
    const group = groups.get(pool) ?? { line, taken: createTaken() };
    if (!groups.has(pool) && groups.size === MAP_POOLS_MAX) {
      return { malformed: `more than ${MAP_POOLS_MAX} different pools are named` };
    }
    const accepted = takeKey(kind, seen, group.taken, parts.key, line);
    if (accepted === "new") groups.set(pool, group);
    return accepted;
  });
  const packed = [...groups].map(([pool, { line, taken }]) => ({
    pool,
    line,
    values: packTaken(taken, kind),
  }));
  return { groups: packed, findings };
}

/** A file of addresses and blocks of them. */
export function readBlocks(file: Uint8Array): {
  blocks: readonly AddressBlock[];
  findings: ListFindings;
} {
  const blocks: AddressBlock[] = [];
  const lineOf = new Map<string, number>();
  const findings = readLines(file, (text, line) => {
    const parsed = parseAddressBlock(Buffer.from(text).toString("latin1"));
    if (parsed.kind === "malformed") return { malformed: "it is no address or block" };
    if (parsed.kind === "host-bits") {
      return { malformed: `bits beyond its prefix are set: it would be ${parsed.meant}` };
    }
    const name = formatAddressBlock(parsed.block);
    const before = lineOf.get(name);
    if (before !== undefined) return { repeats: before };
    lineOf.set(name, line);
    blocks.push(parsed.block);
    return "new";
  });
  return { blocks, findings };
}

function readLines(
  file: Uint8Array,
  accept: (text: Uint8Array, line: number) => Accepted,
): ListFindings {
  const findings: ListFindings = {
    malformed: [],
    malformedCount: 0,
    repeated: undefined,
    tooLong: undefined,
    entries: 0,
    hasTooMany: false,
  };
  for (const { text, number } of listLines(file)) {
    if (findings.entries === LIST_ENTRIES_MAX) {
      findings.hasTooMany = true;
      break;
    }
    note(findings, accept(text, number), text, number);
  }
  return findings;
}

function note(findings: ListFindings, accepted: Accepted, text: Uint8Array, line: number): void {
  if (accepted === "new") {
    findings.entries += 1;
  } else if (accepted === "too-long") {
    findings.tooLong ??= { count: 0, line };
    findings.tooLong.count += 1;
  } else if ("repeats" in accepted) {
    findings.repeated ??= { count: 0, line, firstLine: accepted.repeats };
    findings.repeated.count += 1;
  } else {
    findings.malformedCount += 1;
    if (findings.malformed.length === MALFORMED_KEPT) return;
    const shown = Buffer.from(text.subarray(0, SHOWN_LENGTH)).toString();
    findings.malformed.push({ line, text: shown, reason: accepted.malformed });
  }
}

/** Keys of the file so far, each with its line. */
interface Seen {
  readonly bytes: ByteTableBuilder;
  readonly numbers: NumberTableBuilder;
}

/** Keys that were taken, in order. */
interface Taken {
  readonly bytes: ByteEntriesBuilder;
  readonly numbers: number[];
}

function createSeen(): Seen {
  return { bytes: createByteTable(), numbers: createNumberTable() };
}

function createTaken(): Taken {
  return { bytes: createEntries(), numbers: [] };
}

function packTaken(taken: Taken, kind: ListKind): ListValues {
  return kind.kind === "bytes"
    ? { kind: "bytes", entries: finishEntries(taken.bytes) }
    : { kind: "numbers", values: Float64Array.from(taken.numbers) };
}

function takeKey(
  kind: ListKind,
  seen: Seen,
  taken: Taken,
  text: Uint8Array,
  line: number,
): Accepted {
  let firstLine = line;
  const noteLine = (before: number) => {
    firstLine = before === NO_CANDIDATE ? line : before;
    return firstLine;
  };
  if (kind.kind === "bytes") {
    const bytes = entryBytes(text);
    if (bytes === undefined) return { malformed: "its quotes or its digits are not complete" };
    if (bytes.length > kind.maxBytes) return "too-long";
    if (!putBytes(seen.bytes, bytes, noteLine)) return { repeats: firstLine };
    addEntry(taken.bytes, bytes);
    return "new";
  }
  const number = parseNumber(text);
  if (number === NOT_A_NUMBER) return { malformed: "it is no number from 0 to 2^53 - 1" };
  if (!putNumber(seen.numbers, number, noteLine)) return { repeats: firstLine };
  taken.numbers.push(number);
  return "new";
}

/** Decimal digits, or hexadecimal ones after `0x`. */
function parseNumber(text: Uint8Array): number {
  const spelling = Buffer.from(text).toString("latin1");
  if (!/^0[xX][0-9a-fA-F]{1,16}$/.test(spelling)) return parseDigits(text);
  const number = Number.parseInt(spelling.slice(2), 16);
  return Number.isSafeInteger(number) ? number : NOT_A_NUMBER;
}
