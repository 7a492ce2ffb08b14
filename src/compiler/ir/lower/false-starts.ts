// How many marks in junk may look like a frame's before a connection is refused.

import { integerConstant } from "../../check/constants.ts";
import { report } from "../../diagnostics/collector.ts";
import type { FrameDeclaration } from "../../syntax/ast.ts";
import type { Lowering } from "./lowering.ts";

/** Of `confirm end` and `confirm check`, where nothing is written. */
const DEFAULT_FALSE_STARTS = 8;
/** Each may cost a look at a whole frame. */
const FALSE_STARTS_MAX = 1000;

/** Whether a false start may be noticed so late that its bytes are looked at once more for each. */
export function costsAnotherLook({ confirm }: Pick<Lowering, "confirm">): boolean {
  return confirm === "end" || confirm === "check";
}

/** @returns false starts before a connection is refused; 0: they are not counted, being linear by themselves */
export function falseStartsMax(lowering: Lowering, frame: FrameDeclaration): number {
  const start = frame.body.find((statement) => statement.kind === "start");
  const written = start?.kind === "start" ? start.falseStarts : undefined;
  const otherwise = costsAnotherLook(lowering) ? DEFAULT_FALSE_STARTS : 0;
  if (start?.kind !== "start" || written === undefined) return otherwise;
  const { collector, confirm } = lowering;
  const most = integerConstant(written, lowering.symbols, collector, "max false starts");
  if (most === undefined) return otherwise;
  if (most < 1 || most > FALSE_STARTS_MAX) {
    const range = { what: "max false starts", least: 1, most: FALSE_STARTS_MAX };
    report(collector, "badSize", written.span, range);
    return otherwise;
  }
  if (start.atConnection || confirm === "none") {
    const by = start.atConnection ? "at connection" : "confirm none";
    report(collector, "noFalseStarts", written.span, { by });
  }
  return most;
}
