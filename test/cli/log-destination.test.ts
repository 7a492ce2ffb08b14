// What becomes of the log must not become of the service: a full disk, a reader that has stopped.
import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { untilTrue } from "../support/deadline.ts";
import { accepts, unusedPort } from "../support/port.ts";
import { RunningProgram } from "../support/program.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
if (!existsSync(program)) throw new Error(`no ${program}: run "npm run build" first`);

const folder = temporaryFolder();
const meters = readFileSync(new URL("files/meters.frame", import.meta.url));
folder.write("meters.frame", meters);

/** A router whose log goes to `path`, once it accepts. */
async function started(path: string): Promise<RunningProgram> {
  const port = await unusedPort();
  const configuration = folder.write(
    `${port}.yaml`,
    `engine: portable
listeners: [{ name: meters, bind: "127.0.0.1:${port}", router: meters.frame#meters }]
pools: { main: &nowhere { backends: [127.0.0.1:9] }, vip: *nowhere, inside: *nowhere }
`,
  );
  const running = new RunningProgram("waybill", {
    program: "sh",
    args: [
      ...["-c", `log=$0; exec "$@" > "$log"`, path],
      ...[process.execPath, program, "run", "-c", configuration],
    ],
  });
  onTestFinished(() => running.stop());
  await untilTrue(
    () => accepts(port),
    "a port that accepts",
    () => running.output,
  );
  return running;
}

/** A pipe that nobody reads and that takes no more. */
function fullPipe(): string {
  const path = `${folder.path}/full`;
  execFileSync("mkfifo", [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(fd));
  expect(() => {
    for (;;) writeSync(fd, "x".repeat(4096));
  }).toThrow("EAGAIN");
  return path;
}

describe.runIf(process.platform === "linux")("waybill run", () => {
  test("routes on when the disk of its log is full, and ends as asked", async () => {
    const running = await started("/dev/full");
    running.signal("SIGTERM");
    expect(await running.ended()).toEqual({ status: 0, signal: null });
    expect(running.output).not.toContain("internal error");
  });

  test("ends as asked when nobody reads its log", async () => {
    const running = await started(fullPipe());
    running.signal("SIGTERM");
    expect(await running.ended()).toEqual({ status: 0, signal: null });
  });
});
