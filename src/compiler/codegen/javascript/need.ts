// How many bytes are missing, as expressions; shared by all operations that may run out of bytes.

import type { Op, Position, SuspendNeed } from "../../ir/ir.ts";
import { slotsRead } from "../../ir/passes/access.ts";
import { offsetJs } from "./expression.ts";
import { add, call, constantOf, type Js, js, member, subtract } from "./tree.ts";
import { PRESENT, type UnpackScope } from "./unpack-scope.ts";

/** The larger of them; constants are compared here. */
export function larger(...values: readonly Js[]): Js {
  const constants = values.flatMap((value) => constantOf(value) ?? []);
  const rest = values.filter((value) => constantOf(value) === null);
  const most = constants.length === 0 ? [] : [js(Math.max(...constants))];
  const [only, ...others] = [...rest, ...most];
  if (only === undefined) return js(0);
  return others.length === 0 ? only : call(member("Math", "max"), only, ...others);
}

/** The bytes missing for the largest of some positions. */
export function missingFor(scope: UnpackScope, positions: readonly Position[]): Js {
  return subtract(larger(...positions.map((each) => offsetJs(scope, each))), PRESENT);
}

/** The bytes missing for an operation that itself wants `missing` more. */
export function missingWith(scope: UnpackScope, missing: Js, need: SuspendNeed): Js {
  const own = add(missing, need.rest);
  return need.floors.length === 0 ? own : larger(own, missingFor(scope, need.floors));
}

/** Whether the operation may set `slots` while it still reads what they held. */
export function mayClobber(op: Op, slots: readonly number[]): boolean {
  const read = slotsRead(op);
  return slots.some((slot) => read.has(slot));
}
