// Bytes sixteen a row, with the fields told apart: by bars between them, and by colours where there are any.
// Knows no protocol.

import { hexOfByte } from "../../base/bytes.ts";
import type { Colour, Paint } from "../colour.ts";

const ROW = 16;

/** Rows shown from the beginning; further ones only around the place that matters. */
const FIRST_ROWS = 32;
const ROWS_AROUND = 2;

/** A run of bytes that is shown as one thing. */
export interface Mark {
  readonly offset: number;
  readonly length: number;
  readonly kind: "field" | "dropped" | "consumed";
}

const TURNS: readonly Colour[] = ["first", "second", "third", "fourth"];

/** Of each byte: the number of its mark, or -1; where marks overlap the shortest counts, and of equal ones the first. */
function ownersOf(length: number, marks: readonly Mark[]): Int32Array {
  const owners = new Int32Array(length).fill(-1);
  const byLength = [...marks.entries()].sort(
    ([left, a], [right, b]) => b.length - a.length || right - left,
  );
  for (const [index, mark] of byLength) owners.fill(index, mark.offset, mark.offset + mark.length);
  return owners;
}

function coloursOf(owners: Int32Array, marks: readonly Mark[]): ReadonlyMap<number, Colour> {
  const colours = new Map<number, Colour>();
  let turn = 0;
  for (const owner of owners) {
    const kind = marks[owner]?.kind;
    if (kind === undefined || colours.has(owner)) continue;
    const own = kind === "field" ? (TURNS[turn++ % TURNS.length] ?? "first") : OTHERS[kind];
    colours.set(owner, own);
  }
  return colours;
}

const OTHERS = { dropped: "struck", consumed: "dim" } as const;

/**
 * The rows, each without a line end. `|` stands where another field begins, `>` before the byte at `focus`.
 * Of long input the beginning is shown, and what is around `focus`.
 */
export function hexDump(
  bytes: Uint8Array,
  marks: readonly Mark[],
  focus: number | null,
  paint: Paint,
): readonly string[] {
  const owners = ownersOf(bytes.length, marks);
  const colours = coloursOf(owners, marks);
  const rows: string[] = [];
  const digits = Math.max(4, (bytes.length - 1).toString(16).length);
  let skipped = 0;
  for (let start = 0; start < bytes.length; start += ROW) {
    if (!isShown(start / ROW, focus)) {
      skipped += Math.min(ROW, bytes.length - start);
      continue;
    }
    if (skipped > 0) rows.push(`… ${skipped} bytes`);
    skipped = 0;
    rows.push(rowOf({ bytes, owners, colours, focus, paint }, start, digits));
  }
  if (skipped > 0) rows.push(`… ${skipped} more bytes`);
  return rows;
}

function isShown(row: number, focus: number | null): boolean {
  if (row < FIRST_ROWS) return true;
  return focus !== null && Math.abs(row - Math.floor(focus / ROW)) <= ROWS_AROUND;
}

interface Dump {
  readonly bytes: Uint8Array;
  readonly owners: Int32Array;
  readonly colours: ReadonlyMap<number, Colour>;
  readonly focus: number | null;
  readonly paint: Paint;
}

function rowOf(dump: Dump, start: number, digits: number): string {
  const { bytes, owners, colours, paint } = dump;
  const end = Math.min(start + ROW, bytes.length);
  const hex: string[] = [];
  const text: string[] = [];
  for (let at = start; at < end; ) {
    const to = endOfRun(owners, at, end);
    const colour = colours.get(owners[at] ?? -1);
    const painted = (run: string) => (colour === undefined ? run : paint(colour, run));
    hex.push(separatorAt(dump, at), painted(hexRun(dump, at, to)));
    text.push(painted(textOf(bytes.subarray(at, to))));
    at = to;
  }
  const last = end === bytes.length && owners[end - 1] !== -1 ? "|" : " ";
  const padding = " ".repeat(3 * (start + ROW - end));
  return `${start.toString(16).padStart(digits, "0")} ${hex.join("")}${last}${padding} ${text.join("")}`;
}

/** Behind the last byte of the same mark in this row. */
function endOfRun(owners: Int32Array, at: number, end: number): number {
  let to = at + 1;
  while (to < end && owners[to] === owners[at]) to += 1;
  return to;
}

function hexRun(dump: Dump, from: number, to: number): string {
  let run = "";
  for (let at = from; at < to; at += 1)
    run += `${at === from ? "" : separatorAt(dump, at)}${hexOfByte(dump.bytes[at] ?? 0)}`;
  return run;
}

function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
  ).join("");
}

function separatorAt({ owners, focus }: Dump, at: number): string {
  if (at === focus) return ">";
  const before = at === 0 ? -1 : owners[at - 1];
  return owners[at] === before ? " " : "|";
}
