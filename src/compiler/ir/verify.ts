// The verifier: what the lowering must have proven, proven again from the operations alone. What it reports is our bug,
// never the user's.

import type { Program } from "./ir.ts";
import { createContext } from "./verify/context.ts";
import { followAll } from "./verify/flow.ts";
import { initialState } from "./verify/state.ts";
import { structureProblems } from "./verify/structure.ts";

/**
 * The problems of a program, none for a good one: every slot is defined before it is read and stays in its declared
 * interval, every byte read is proven present (or inside scratch), no arithmetic overflows, every loop advances and is
 * bounded, every path ends in a verdict or failure with each key set once, nothing is lost where it suspends.
 * Conservative: a program that holds for reasons it cannot see is reported too.
 */
export function verifyProgram(program: Program): readonly string[] {
  const shape = structureProblems(program);
  // Paths are followed only through a program whose indexes mean something.
  if (shape.length > 0) return shape;
  const context = createContext(program);
  const end = followAll(context, initialState(), program.body);
  if (end !== null) context.problems.add("a path ends without a verdict");
  return [...context.problems];
}
