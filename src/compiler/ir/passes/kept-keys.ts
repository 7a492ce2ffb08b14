// Which keys may be set before the program suspends again: their words must outlive the suspension.

import type { Op } from "../ir.ts";
import { bodiesOf, isSuspending } from "./access.ts";

/** Indexes of keys that are set on some path on which an operation that may give NEED comes later. */
export function keysBeforeSuspensions(body: readonly Op[]): ReadonlySet<number> {
  const kept = new Set<number>();
  throughBody(body, new Set(), kept);
  return kept;
}

type Keys = ReadonlySet<number>;

/** Keys that may be set behind the sequence, given those before it. */
function throughBody(ops: readonly Op[], before: Keys, kept: Set<number>): Keys {
  return ops.reduce((keys, op) => throughOp(op, keys, kept), before);
}

function throughOp(op: Op, before: Keys, kept: Set<number>): Keys {
  if (op.kind === "key") return new Set([...before, op.key]);
  if (isSuspending(op)) for (const key of before) kept.add(key);
  if (op.kind === "verdict" || op.kind === "fail") return new Set();
  const behind = new Set(before);
  // A second round finds what the first has set.
  for (let round = 0; round < (op.kind === "loop" ? 2 : 1); round += 1) {
    for (const body of bodiesOf(op)) {
      for (const key of throughBody(body, op.kind === "loop" ? behind : before, kept)) {
        behind.add(key);
      }
    }
  }
  return behind;
}
