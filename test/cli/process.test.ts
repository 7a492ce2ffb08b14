// The built program as a shell runs it: exit statuses, pipes that close early, signals, ports that are taken.

import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { untilTrue } from "../support/deadline.ts";
import { accepts, unusedPort } from "../support/port.ts";
import { RunningProgram, runToEnd } from "../support/program.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
if (!existsSync(program)) throw new Error(`no ${program}: run "npm run build" first`);

const FRAME = "test/cli/files/meters.frame";
const folder = temporaryFolder();

async function waybill(...args: readonly string[]) {
  const ran = await runToEnd({ program: process.execPath, args: [program, ...args] });
  expect(`${ran.stdout}${ran.stderr}`).not.toMatch(/^ +at .*:\d+:\d+\)?$/m);
  return ran;
}

describe("exit statuses", () => {
  test.for<readonly [status: number, args: readonly string[]]>([
    [0, ["--version"]],
    [0, ["help"]],
    [0, ["validate", FRAME]],
    [0, ["test", FRAME]],
    [0, ["explain", FRAME, "--hex", "00"]],
    [0, ["demo", "--once"]],
    [1, ["validate", "test/diagnostics/wb0201-unknown-name.frame"]],
    [1, ["validate", "absent.frame"]],
    [1, ["validate", "absent.yaml"]],
    [1, ["run", "--config", "absent.yaml"]],
    [1, ["compile", "test/diagnostics/wb0110-not-text.frame"]],
    [2, []],
    [2, ["valdate"]],
    [2, ["validate", "--formt"]],
  ])("%d: waybill %s", async ([status, args]) => {
    const ran = await waybill(...args);
    expect(ran).toMatchObject({ status, signal: null });
    expect(status === 0 ? ran.stderr : ran.stdout + ran.stderr).toMatch(status === 0 ? /^$/ : /./);
  });
});

describe.runIf(process.platform === "linux")("descriptors the program may have", () => {
  const limited = (most: number) =>
    runToEnd({
      program: "sh",
      args: [
        ...["-c", `ulimit -n ${most} && exec "$0" "$@"`, process.execPath, program],
        ...["validate", FRAME],
      ],
    });

  test.for([32, 64, 240, 511])("%i are too few: it says so, and what to raise", async (most) => {
    const { status, stdout, stderr } = await limited(most);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(
        `^waybill: this process may open ${most} files, and needs 512 .*LimitNOFILE=.*\n$`,
      ),
    );
  });

  test("512 are enough", async () => {
    expect(await limited(512)).toMatchObject({ status: 0, stderr: "" });
  });
});

test("the demo says of each connection which rule took it, whichever worker did", async () => {
  const { stdout } = await waybill("demo", "--once");
  expect(stdout).toBe(readFileSync("test/golden/cli/demo-once.txt", "utf8"));
});

test("standard input, end to end", async () => {
  const input = "protocol P{frame{u8 a;}key a=a;}";
  const ran = await runToEnd({ program: process.execPath, args: [program, "fmt", "-"], input });
  expect(ran).toMatchObject({ status: 0, stderr: "" });
  expect(ran.stdout).toMatch(/^protocol P \{\n/);
});

test("a reader that goes away: no noise, no hang", async () => {
  const field = (_: unknown, index: number) => `u8 a${index} = 300;`;
  const files = ["a", "b", "c", "d"].map((name) =>
    folder.write(
      `${name}.frame`,
      `protocol P${name} { frame {\n${Array.from({ length: 200 }, field).join("\n")}\n} }\n`,
    ),
  );
  const whole = await waybill("validate", ...files);
  expect(whole.stdout.length).toBeGreaterThan(100_000); // more than a pipe holds
  const command = `set -o pipefail; "$0" "$@" | head -n 1`;
  const args = ["-c", command, process.execPath, program, "validate", ...files];
  const ran = await runToEnd({ program: "bash", args });
  expect(ran.stdout).toBe(`${whole.stdout.split("\n")[0]}\n`);
  expect(ran.stderr).toBe("");
  expect(ran.status).toBe(1); // its own status, not that of a broken pipe
});

test.runIf(existsSync("/dev/full")).for([["compile", FRAME], ["validate", FRAME], ["help"]])(
  "a full disk behind standard output, waybill %s: status 1, and why",
  async (args) => {
    const command = `"$0" "$@" > /dev/full`;
    const ran = await runToEnd({
      program: "sh",
      args: ["-c", command, process.execPath, program, ...args],
    });
    expect(ran.stderr).toBe("waybill: cannot write standard output: the disk is full\n");
    expect(ran.status).toBe(1);
  },
);

describe("run", () => {
  const configurationOn = (port: number): string =>
    folder.write(
      `${port}.yaml`,
      `listeners: [{ name: meters, bind: "127.0.0.1:${port}", router: meters.frame#meters }]
pools: { main: { backends: [127.0.0.1:9] } }
`,
    );
  folder.write(
    "meters.frame",
    "protocol M { frame { u8 a; } key a = a; }\nrouter meters on M { otherwise -> main; }\n",
  );

  test.for(["SIGTERM", "SIGINT"] as const)("%s ends it with status 0", async (signal) => {
    const args = [program, "run", "-c", configurationOn(await unusedPort())];
    const running = new RunningProgram("waybill", { program: process.execPath, args });
    await running.waitForOutput(/"msg":"configured"/);
    running.signal(signal);
    expect(await running.ended()).toEqual({ status: 0, signal: null });
    expect(running.output).not.toMatch(/^ +at /m);
  });

  test("signals are heard as soon as it listens", async () => {
    const port = await unusedPort();
    const args = [program, "run", "-c", configurationOn(port)];
    const running = new RunningProgram("waybill", { program: process.execPath, args });
    onTestFinished(() => running.stop());
    await untilTrue(
      () => accepts(port),
      "a port that accepts",
      () => running.output,
    );
    running.signal("SIGHUP");
    await running.waitForOutput(/"epoch":2,.*"msg":"configured"/);
    running.signal("SIGTERM");
    expect(await running.ended()).toEqual({ status: 0, signal: null });
  });

  test("a port in use: the line says which listener", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const ran = await waybill("run", "-c", configurationOn(port));
    taken.close();
    expect(ran.stderr).toContain(`waybill: the listener 'meters' cannot take 127.0.0.1:${port}: `);
    expect(ran.stderr).toContain("EADDRINUSE");
    expect(ran.status).toBe(1);
  });

  test("what is wrong is shown as validate shows it", async () => {
    const ran = await waybill("run", "-c", "test/diagnostics/wb0917-fallback-cycle.yaml");
    expect(ran.stderr).toMatch(
      /yaml:5:49: error WB0917: the fallbacks form a cycle: main -> spare/,
    );
    expect(ran.stdout).toBe("");
    expect(ran.status).toBe(1);
  });
});
