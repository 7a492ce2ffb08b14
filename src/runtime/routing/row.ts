// What the core remembers of one undecided connection: a run of 32-bit words, so that an engine may
// keep a row an object or all rows in one shared array. Knows nothing of who owns the words.

import type { UnpackModule } from "../../compiler/abi.ts";
import type { RouterProgram } from "./program.ts";

/*
 *  word  0      stage    prefix stage being read; `prefixes.length` once the frame itself is
 *        1      module   module tried within that stage
 *        2      dropped  bytes
 *        3      consumed bytes
 *        4      false starts
 *        5      need     bytes missing at least, as last answered
 *        6      furthest refusal of the stage: module + 1, or 0
 *        7, 8            its reason index and offset
 *        9      client's address: 0, 4 or 16 bytes
 *       10..13           the address, network byte order
 *       14..             state words of the module being tried
 */
export const ROW = {
  stage: 0,
  module: 1,
  dropped: 2,
  consumed: 3,
  falseStarts: 4,
  need: 5,
  furthestModule: 6,
  furthestReason: 7,
  furthestOffset: 8,
  clientLength: 9,
  client: 10,
  state: 14,
} as const;

/** Words a row must have for `program`. */
export function rowWords(program: RouterProgram): number {
  return ROW.state + mostOver(program, (module) => module.meta.stateWords);
}

/** Length the shared words `s` must have for `program`. */
export function sharedWords(program: RouterProgram): number {
  return mostOver(program, (module) => module.meta.words);
}

/** Makes `row` that of a connection of which nothing was read yet. */
export function resetRow(row: Int32Array, at: number, words: number): void {
  // A loop: for so few words `fill` costs more.
  for (let word = at; word < at + words; word++) row[word] = 0;
}

/** Stores the client's address: the first `length` (0, 4 or 16) bytes of `bytes`. */
export function setRowClient(
  row: Int32Array,
  at: number,
  bytes: Uint8Array,
  length: 0 | 4 | 16,
): void {
  row[at + ROW.clientLength] = length;
  for (let word = 0; word * 4 < length; word++) {
    const from = word * 4;
    row[at + ROW.client + word] =
      ((bytes[from] ?? 0) << 24) |
      ((bytes[from + 1] ?? 0) << 16) |
      ((bytes[from + 2] ?? 0) << 8) |
      (bytes[from + 3] ?? 0);
  }
}

/** Writes the address into `bytes` (16 long at least). @returns its length: 0, 4 or 16. */
export function readRowClient(row: Int32Array, at: number, bytes: Uint8Array): number {
  const length = row[at + ROW.clientLength] ?? 0;
  for (let index = 0; index < length; index++) {
    const word = row[at + ROW.client + (index >> 2)] ?? 0;
    bytes[index] = word >>> (24 - 8 * (index & 3));
  }
  return length;
}

function mostOver(program: RouterProgram, of: (module: UnpackModule) => number): number {
  let most = of(program.module);
  for (const stage of program.prefixes) {
    for (const module of stage.modules) most = Math.max(most, of(module));
  }
  return most;
}
