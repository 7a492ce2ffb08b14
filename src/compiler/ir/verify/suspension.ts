// Where an operation may run out of bytes: the caller comes again, and nothing that it need not keep may be relied on.

import type { Op } from "../ir.ts";
import { constantForm, type LinearForm } from "../linear.ts";
import { type Context, report } from "./context.ts";
import { intervalIn, isAtMost, type State } from "./state.ts";

/**
 * Reports a suspension that would lose something, or that makes the caller hold more than the program says. `to`: the
 * most bytes the operation waits for.
 */
export function checkSuspension(context: Context, state: State, op: Op, to: LinearForm): void {
  const { resume, holdMax } = context.program;
  if (resume === "state" && state.hasEffects) {
    report(context, op, "it suspends after a key or scratch was written, which is not kept");
  }
  if (resume === "restart" && context.leaves.length > 0) {
    report(context, op, "it suspends in a loop of a program that restarts");
  }
  if (resume === "restart" && op.kind === "scan") {
    report(context, op, "a search suspends in a program that restarts");
  }
  if (isAtMost(state, to, constantForm(holdMax))) return;
  report(context, op, `up to ${intervalIn(state, to).hi} bytes are held, holdMax is ${holdMax}`);
}
