// A process that exits while workers load: Node would abort it.
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { RunningProgram } from "../support/program.ts";
import { linuxKinds } from "./support/faulty.ts";

const STATUS = 3;
const built = (path: string) => new URL(`../../dist/${path}`, import.meta.url).href;
const koffi = import.meta.resolve("koffi");

/** A worker that never ends loading: it declares foreign functions for ever, as a real one does for a moment. */
const entry = `import { writeSync } from "node:fs";
import koffi from ${JSON.stringify(koffi)};
const libc = koffi.load(null);
writeSync(1, "loading ");
for (;;) libc.func("int getpid()");`;

/** Starts an engine, and exits when it is told to. */
const script = `import { LinuxEngine } from "${built("runtime/engine/linux/main/linux-engine.js")}";
const journal = new Proxy({}, { get: () => () => undefined });
const entry = new URL("data:text/javascript," + encodeURIComponent(${JSON.stringify(entry)}));
new LinuxEngine({ journal, driver: process.argv[1], workers: 2, entry });
process.on("SIGTERM", () => process.exit(${STATUS}));`;

const kinds = linuxKinds.filter(({ workers }) => workers === 2);

test.for(kinds)("$title: the status is the one it exits with", async ({ name }) => {
  const running = new RunningProgram(`a process that exits on ${name}`, {
    program: process.execPath,
    args: ["--input-type=module", "-e", script, name],
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  });
  try {
    await running.waitForOutput(/(?:loading ){2}/);
    running.signal("SIGTERM");
    const { status, signal } = await running.ended();
    expect({ status, signal }, running.output).toEqual({ status: STATUS, signal: null });
  } finally {
    running.signal("SIGKILL");
  }
});
