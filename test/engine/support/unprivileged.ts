// Runs built programs as a user without privilege: limits a user has do not hold for root, and CI is root.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Command } from "../../support/program.ts";

/** `nobody`, and its group. */
const NOBODY = 65_534;
const built = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

/** `args` for Node, run without privilege: as `nobody`, where it can read the project, else with all capabilities dropped. */
export function unprivilegedNode(args: readonly string[]): Command {
  if (process.getuid?.() !== 0) return { program: process.execPath, args };
  if (canNobodyRead()) return { program: process.execPath, args, user: NOBODY };
  const drop = ["--bounding-set=-all", "--inh-caps=-all", process.execPath];
  return { program: "setpriv", args: [...drop, ...args] };
}

function canNobodyRead(): boolean {
  const look = `require("node:fs").accessSync(${JSON.stringify(built)})`;
  const { status } = spawnSync(process.execPath, ["-e", look], { uid: NOBODY, gid: NOBODY });
  return status === 0;
}
