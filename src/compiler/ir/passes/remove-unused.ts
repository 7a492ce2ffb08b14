// Removes what only computes values that nobody reads. What may refuse, suspend or report stays.

import type { Op, Program, Slot } from "../ir.ts";
import { bodiesOf, everyOp, mapBodies, slotsRead, slotsSet } from "./access.ts";

/** The program without operations whose results no verdict, key or refusal depends on. */
export function removeUnused(program: Program): Program {
  let { body } = program;
  // A choice that has lost its arms no longer needs what it was decided by.
  for (let before = -1, after = sizeOf(body); after !== before; ) {
    before = after;
    body = kept(body, neededSlots(body));
    after = sizeOf(body);
  }
  return { ...program, body };
}

function sizeOf(body: readonly Op[]): number {
  return [...everyOp(body)].length;
}

/** Slots that an operation which must stay reads, directly or through others. */
export function neededSlots(body: readonly Op[]): ReadonlySet<Slot> {
  const needed = new Set<Slot>();
  const waiting = new Set(everyOp(body));
  for (let size = -1; size !== needed.size; ) {
    size = needed.size;
    for (const op of waiting) {
      if (isPure(op) && !slotsSet(op).some((slot) => needed.has(slot))) continue;
      waiting.delete(op);
      for (const slot of slotsRead(op)) needed.add(slot);
    }
  }
  return needed;
}

function kept(ops: readonly Op[], needed: ReadonlySet<Slot>): readonly Op[] {
  return ops.flatMap((op): readonly Op[] => {
    if (isPure(op) && !slotsSet(op).some((slot) => needed.has(slot))) return [];
    const rest = mapBodies(op, (body) => kept(body, needed));
    return isEmptyChoice(rest) ? [] : [rest];
  });
}

/** A choice whose arms do nothing is nothing. */
function isEmptyChoice(op: Op): boolean {
  const isChoice = op.kind === "if" || op.kind === "switch";
  return isChoice && bodiesOf(op).every((body) => body.length === 0);
}

/** Whether the operation does nothing but set its slots. */
function isPure(op: Op): boolean {
  switch (op.kind) {
    case "load":
      return op.overflow === undefined;
    case "pair":
    case "header":
      return op.which !== "only";
    case "calc":
    case "checksum":
    case "select":
    case "clear":
    case "piece":
    case "url":
    case "trim":
    case "number":
      return true;
    default:
      return false;
  }
}
