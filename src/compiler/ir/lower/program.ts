// The finished program: bounds and classes read off what was lowered. Emits no operation.

import type { Op, Program } from "../ir.ts";
import { costsAnotherLook } from "./false-starts.ts";
import { describeKeyPlaces, keyPlacesOf } from "./key-places.ts";
import type { Lowering, Path } from "./lowering.ts";
import { workPerByte } from "./work.ts";

interface Described {
  readonly protocol: string;
  readonly source: string;
  readonly needMin: number;
  readonly dropMax: number;
  readonly falseStartsMax: number;
}

/** Puts the parts together. */
export function describeProgram(lowering: Lowering, path: Path, described: Described): Program {
  const isWalk = lowering.hasSuspendingWalk || hasWalk(path.ops);
  return {
    ...described,
    slots: lowering.slots,
    body: path.ops,
    keys: lowering.keyInfos,
    reasons: lowering.reasons,
    resume: lowering.hasSuspendingWalk ? "state" : "restart",
    frameMax: lowering.frameMax,
    holdMax: lowering.holdMax,
    scratchBytes: lowering.scratchBytes,
    scratchLiterals: lowering.scratchLiterals,
    needIsExact: !isWalk,
    class: isWalk ? "bounded walk" : "affine",
    workPerByte: workPerByte(
      path.ops,
      lowering.hasSuspendingWalk,
      costsAnotherLook(lowering) ? described.falseStartsMax : 0,
    ),
    impliedGuards: [...new Set(lowering.impliedGuards)],
    keyPlaces: describeKeyPlaces(
      lowering.keyInfos.map((key) => key.name),
      keyPlacesOf(path.ops, lowering.slots),
      lowering.frameMax,
    ),
  };
}

/** Whether the frame's extent depends on a search or loop. */
function hasWalk(ops: readonly Op[]): boolean {
  return ops.some((op) => {
    switch (op.kind) {
      case "loop":
      case "scan":
        return true;
      case "if":
        return hasWalk(op.then) || hasWalk(op.else);
      case "switch":
        return hasWalk(op.else) || op.arms.some((arm) => hasWalk(arm.body));
      default:
        return false;
    }
  });
}
