// Operations that set slots from the bytes of a view: text searches, trimming, rewriting, digits. Each changes the
// machine's slots (and scratch buffer) only; what a failure does is decided by the caller.

import { assertNever } from "../../../base/assert.ts";
import type { Found, Op, Which } from "../ir.ts";
import { latin1 } from "./encoding.ts";
import { locate } from "./evaluate.ts";
import { assign, type Machine, scratchBytes } from "./machine.ts";
import { rewritten } from "./rewritten.ts";
import { headerValues, type Part, pairValues, partAt, partOf, splitText } from "./text.ts";
import { partOfUrl } from "./url.ts";

type OpOf<Kind extends Op["kind"]> = Extract<Op, { kind: Kind }>;

/** Most digits of a `number`: any such number is exact. */
const NUMBER_DIGITS_MAX = 15;

/** Searches a text. @returns false where a second match was found and only one is allowed; then no slot is set. */
export function findText(
  machine: Machine,
  op: OpOf<"piece"> | OpOf<"pair"> | OpOf<"header"> | OpOf<"url">,
): boolean {
  const located = locate(machine, op.of);
  const whole = partOf(located.at, located.bytes);
  switch (op.kind) {
    case "piece":
      return setFound(machine, op.into, partAt(splitText(whole, latin1(op.separator)), op.index));
    case "pair": {
      const [separator, assignment] = [latin1(op.separator), latin1(op.assign)];
      const values = pairValues(whole, separator, assignment, latin1(op.name));
      return choose(machine, op.which, op.into, values);
    }
    case "header":
      return choose(machine, op.which, op.into, headerValues(whole, latin1(op.name)));
    case "url":
      return setFound(machine, op.into, partOfUrl(whole, op.part));
    default:
      return assertNever(op);
  }
}

/** Sets `found` with a place and a length; undefined: all 0. @returns true */
export function setFound(
  machine: Machine,
  into: Found,
  place: { readonly at: number; readonly text: { readonly length: number } } | undefined,
): true {
  assign(machine, into.found, place === undefined ? 0 : 1);
  assign(machine, into.offset, place?.at ?? 0);
  assign(machine, into.length, place?.text.length ?? 0);
  return true;
}

/** Moves the ends of a view inwards; the left end first. */
export function trim(machine: Machine, op: OpOf<"trim">): void {
  const { at, bytes } = locate(machine, op.of);
  let from = 0;
  let to = bytes.length;
  if (op.side !== "right") while (from < to && isOneOf(bytes[from], op.bytes)) from++;
  if (op.side !== "left") while (to > from && isOneOf(bytes[to - 1], op.bytes)) to--;
  assign(machine, op.offset, at + from);
  assign(machine, op.length, to - from);
}

/** Writes a changed copy of a view into the scratch buffer. */
export function rewrite(machine: Machine, op: OpOf<"rewrite">): void {
  const written = rewritten(op.how, op.filler, locate(machine, op.of).bytes);
  scratchBytes(machine, op.at, op.at + written.length).set(written);
  assign(machine, op.length, written.length);
}

/** Reads a view as a decimal number; anything but 1 to 15 digits is not found. */
export function number(machine: Machine, op: OpOf<"number">): void {
  const text = latin1(locate(machine, op.of).bytes);
  const isNumber = /^[0-9]+$/.test(text) && text.length <= NUMBER_DIGITS_MAX;
  assign(machine, op.found, isNumber ? 1 : 0);
  assign(machine, op.slot, isNumber ? Number(text) : 0);
}

function choose(machine: Machine, which: Which, into: Found, matches: readonly Part[]): boolean {
  if (which === "only" && matches.length > 1) return false;
  return setFound(machine, into, which === "last" ? matches.at(-1) : matches[0]);
}

function isOneOf(byte: number | undefined, bytes: Uint8Array): boolean {
  return byte !== undefined && bytes.includes(byte);
}
