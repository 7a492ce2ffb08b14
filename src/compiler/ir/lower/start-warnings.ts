// Warnings about how a frame is found and when it is decided. Changes nothing.

import { report } from "../../diagnostics/collector.ts";
import type { FrameDeclaration } from "../../syntax/ast.ts";
import type { Lowering } from "./lowering.ts";

/** A one-byte start that nothing else confirms; deciding at the key where the frame has to be confirmed. */
export function reportStart(
  lowering: Lowering,
  frame: FrameDeclaration,
  decideAt: "frame" | "key",
): void {
  const start = frame.body.find((statement) => statement.kind === "start");
  if (start?.kind !== "start") return;
  if (decideAt === "key" && (lowering.confirm === "end" || lowering.confirm === "check"))
    report(lowering.collector, "confirmBehindKey", start.span, { confirm: lowering.confirm });
  const length = start.mark.kind === "bytes" ? start.mark.bytes.length : 2;
  const hasCheck = frame.body.some(
    (statement) =>
      statement.kind === "check" || (statement.kind === "field" && statement.check !== undefined),
  );
  const isChecked = hasCheck && lowering.confirm === "check";
  if (length === 1 && !isChecked && !start.atConnection)
    report(lowering.collector, "weakStart", start.span, {});
}
