// The process that prepares one configuration, answers and ends; also where the router ends before it.

import { shipProgram } from "../routing/shipped-program.ts";
import { createLoader } from "./compiling-loader.ts";
import { prepare } from "./prepare.ts";
import type { PreparationTask, ShippedPreparation } from "./prepare-apart.ts";

// A terminal sends these to the router and to us: what to do about them is the router's decision.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, () => undefined);
process.once("disconnect", () => process.exit());
process.once("message", (task: PreparationTask) => void answer(task));

async function answer({ path, machine }: PreparationTask): Promise<void> {
  const { prepared, ...rest } = await prepare(path, createLoader(), machine);
  const shipped: ShippedPreparation = {
    ...rest,
    prepared:
      prepared === undefined
        ? undefined
        : { ...prepared, programs: prepared.programs.map(shipProgram) },
  };
  process.send?.(shipped, () => process.exit());
}
