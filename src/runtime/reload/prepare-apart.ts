// A configuration prepared in a process that ends with it: the compiler does not stay in the router's memory, a large description
// neither holds up connections nor can take the router down with it. Loads nothing of the compiler itself.

import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Machine } from "../config/machine.ts";
import { exportedUnpack, type HandWrittenUnpack } from "../routing/hand-written.ts";
import { moduleUrls, type ShippedProgram, unshipProgram } from "../routing/shipped-program.ts";
import type { Preparation, Prepared } from "./prepare.ts";

/** Where the process begins: there once the project is built. */
const ENTRY = fileURLToPath(new URL("./preparation-process.js", import.meta.url));
const TASK_MS_MAX = 120_000;
/** Characters kept of what it says before it dies. */
const LAST_WORDS_MAX = 2000;

/** What the process is sent. */
export interface PreparationTask {
  readonly path: string;
  readonly machine: Machine;
}

/** What it answers: a preparation whose programs can go from one to another. */
export type ShippedPreparation = Omit<Preparation, "prepared"> & {
  readonly prepared:
    | (Omit<Prepared, "programs"> & { readonly programs: readonly ShippedProgram[] })
    | undefined;
};

/** As `prepare` with the files of the disk, in a process of its own where there can be one. @param path of the configuration @param entry JavaScript */
export async function prepareApart(
  path: string,
  machine: Machine,
  entry: string = ENTRY,
): Promise<Preparation> {
  const answer = existsSync(entry) ? await inProcess({ path, machine }, entry) : undefined;
  if (answer === undefined) return await prepareHere(path, machine);
  const { prepared, ...rest } = answer;
  if (prepared === undefined) return { ...rest, prepared };
  const imported = await importModules(moduleUrls(prepared.programs));
  const programs = prepared.programs.map((program) => unshipProgram(program, imported));
  return { ...rest, prepared: { ...prepared, programs } };
}

async function prepareHere(path: string, machine: Machine): Promise<Preparation> {
  const [{ prepare }, { createLoader }] = await Promise.all([
    import("./prepare.ts"),
    import("./compiling-loader.ts"),
  ]);
  return await prepare(path, createLoader(), machine);
}

/** @returns undefined where the machine gives no process */
function inProcess(task: PreparationTask, entry: string): Promise<ShippedPreparation | undefined> {
  return new Promise((resolve, reject) => {
    const child = fork(entry, {
      execArgv: [],
      serialization: "advanced",
      // Not ours: whatever a new process inherits as its output becomes blocking, for us too, and a log that nobody reads
      // would hold up our end.
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      timeout: TASK_MS_MAX,
      killSignal: "SIGKILL",
    });
    let words = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-LAST_WORDS_MAX);
    });
    child.once("error", () => resolve(undefined));
    child.once("message", (message) => resolve(message as unknown as ShippedPreparation));
    // Once what it said is here too.
    child.once("close", (code, signal) => {
      const said = words === "" ? "" : `: ${words.trim()}`;
      reject(
        new Error(`the process that prepares ended with ${signal ?? code} and no answer${said}`),
      );
    });
    // Without a descriptor to spare there is not even a channel.
    if (child.pid === undefined) return;
    child.send(task, () => undefined); // an error shows in how it ends
  });
}

/** Here too: functions do not leave a process. */
async function importModules(
  urls: readonly string[],
): Promise<ReadonlyMap<string, HandWrittenUnpack>> {
  const imported = new Map<string, HandWrittenUnpack>();
  for (const url of urls) {
    const unpack = exportedUnpack(await import(url));
    if (unpack !== undefined) imported.set(url, unpack);
  }
  return imported;
}
