// Workers that crash again and again: the process ends with status 70 and says why.
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { linuxKinds } from "../engine/support/faulty.ts";
import { FRAME, frame } from "../engine/support/sessions.ts";
import { untilTrue } from "../support/deadline.ts";
import { unusedPort } from "../support/port.ts";
import { RunningProgram } from "../support/program.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
if (!existsSync(program)) throw new Error(`no ${program}: run "npm run build" first`);

const faulty = fileURLToPath(new URL("../engine/support/faulty-unpack.js", import.meta.url));
const CRASHES = 5;
const folder = temporaryFolder();

describe.for(linuxKinds.filter(({ workers }) => workers === 1))("$title", ({ name }) => {
  test(`${CRASHES} crashes end the process with 70`, { timeout: 40_000 }, async () => {
    folder.write("unpack.js", readFileSync(faulty, "utf8"));
    const port = await unusedPort();
    const configuration = folder.write(
      `${name}.yaml`,
      `engine: ${name}
workers: 1
listeners: [{ name: meters, bind: "127.0.0.1:${port}", router: ./unpack.js, pool: main }]
pools: { main: { backends: [127.0.0.1:9] } }
`,
    );
    const running = new RunningProgram("waybill", {
      program: process.execPath,
      args: [program, "run", "-c", configuration],
    });
    await running.waitForOutput(/"msg":"configured"/);
    for (let crash = 1; crash <= CRASHES; crash++) {
      expect(running.hasEnded).toBe(false);
      const client = connect(port, "127.0.0.1");
      client.on("error", () => undefined);
      await once(client, "connect");
      client.write(frame(FRAME.throwInWait));
      await untilTrue(
        () => Promise.resolve((running.output.match(/a worker ended/g)?.length ?? 0) >= crash),
        `crash ${crash}`,
        () => running.output,
      );
      client.destroy();
    }
    expect(await running.ended()).toEqual({ status: 70, signal: null });
    expect(running.output).toMatch(
      /"level":"fatal".*"why":"too many workers have crashed in a short time".*"msg":"the engine gives up"/,
    );
  });
});
