// The end of the program: keys, then the verdict. With `decide at key` it comes as soon as every name that a key needs is bound.

import type { Position } from "../ir.ts";
import { findBinding } from "./bindings.ts";
import { lowerKeys } from "./keys.ts";
import type { Lowering, Path } from "./lowering.ts";
import { noteHeld } from "./reach.ts";

/** Keys and FRAME (or CONSUME) of the given length. */
export function decideFrame(lowering: Lowering, path: Path, length: Position): void {
  lowerKeys(lowering, path);
  path.ops.push({ kind: "verdict", verdict: { kind: lowering.verdict, length } });
  lowering.isDecided = true;
}

/** With `decide at key`, in the spine: keys and KEY once all their names are known. */
export function decideWhenReady(lowering: Lowering, path: Path): void {
  if (lowering.decideAt !== "key" || lowering.isDecided || path.mode !== "spine") return;
  if (path.isBranch) return;
  const names = [...lowering.keyFields];
  if (!names.every((name) => findBinding(path.scope, name) !== undefined)) return;
  noteHeld(lowering, path, path.cursor);
  lowerKeys(lowering, path);
  path.ops.push({
    kind: "verdict",
    verdict: { kind: "key", inspected: path.cursor, length: path.frameEnd },
  });
  lowering.isDecided = true;
}
