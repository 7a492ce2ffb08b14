// Room in the module's scratch buffer: for keys that are not on the wire as they are routed. Decides places only.

import { report } from "../../diagnostics/collector.ts";
import type { Position, Rewrite, View } from "../ir.ts";
import { constant, type Lowering, newSlot, type Path, slotExpr } from "./lowering.ts";

/** Most bytes that one rewritten key may take. */
export const REWRITE_MAX = 64 * 1024;

/** Reserves room and returns where it begins. */
function reserve(lowering: Lowering, bytes: number): number {
  const at = lowering.scratchBytes;
  lowering.scratchBytes += bytes;
  return at;
}

/** A literal that stands in scratch from the beginning. */
export function literalView(lowering: Lowering, bytes: Uint8Array): View {
  const at = reserve(lowering, bytes.length);
  lowering.scratchLiterals.push({ at, bytes });
  return { source: "scratch", at: { base: null, offset: at }, length: constant(bytes.length) };
}

/** Writes a view into scratch, changed; `maxBytes` is the most that can be written. */
export function emitRewrite(
  lowering: Lowering,
  path: Path,
  of: View,
  how: Rewrite,
  filler: number | null,
  maxBytes: number,
): View {
  const key = lowering.keys[lowering.keyInfos.length];
  if (maxBytes > REWRITE_MAX && key !== undefined)
    report(lowering.collector, "keyScratchTooLarge", key.span, {
      name: key.name.text,
      bytes: maxBytes,
      most: REWRITE_MAX,
    });
  const at = reserve(lowering, maxBytes);
  const length = newSlot(lowering, `${how}Length`, { lo: 0, hi: maxBytes });
  path.ops.push({ kind: "rewrite", of, how, filler, at, length });
  const place: Position = { base: null, offset: at };
  return { source: "scratch", at: place, length: slotExpr(length) };
}
