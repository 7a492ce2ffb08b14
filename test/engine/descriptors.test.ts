// No descriptor left: the built program with few of them refuses nobody for good, says so, and serves again once some are free.
import { readdirSync } from "node:fs";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { starFrame } from "../runtime/support/modules.ts";
import {
  openClient,
  readExactly,
  startEcho,
  type TestBackend,
} from "../runtime/support/sockets.ts";
import { untilTrue, withDeadline } from "../support/deadline.ts";
import { runSuccessfully } from "../support/program.ts";
import { Stage } from "../support/stage.ts";
import { commandLine } from "../support/waybill.ts";
import { engineKinds, starDescription } from "./support/engines.ts";

/** Descriptors the program may have beyond those it has once it serves. */
const MORE_DESCRIPTORS = 60;
/** Two descriptors a connection: far more than there are. */
const CLIENTS = 120;

let stage: Stage;
let backend: TestBackend;

beforeAll(async () => {
  stage = await Stage.open();
  backend = await startEcho();
});

afterAll(async () => {
  await stage.close();
  await backend.close();
});

describe.runIf(process.platform === "linux").for(engineKinds)("$title", (kind) => {
  test("more connections than descriptors, and service afterwards", {
    timeout: 60_000,
  }, async () => {
    await stage.write("star.frame", starDescription);
    const target = `127.0.0.1:${backend.port}`;
    const configuration = {
      engine: kind.name,
      ...(kind.name === "portable" ? {} : { workers: kind.workers }),
      listeners: [{ name: "star", bind: "127.0.0.1:0", router: "star.frame#main" }],
      pools: { main: { backends: [target] }, other: { backends: [target] } },
    };
    const name = `${kind.name}-${kind.workers}.yaml`;
    await stage.write(name, stringify(configuration));
    const run = `echo "pid $$." && exec "$0" "$@"`;
    const program = stage.start("waybill", {
      program: "sh",
      args: ["-c", run, process.execPath, commandLine, "run", "--config", name],
    });
    const [, port] = await program.waitForOutput(
      /"address":"127\.0\.0\.1:(\d+)".*"msg":"configured"/,
    );
    // Only now: what Node opens while it starts is not counted.
    const [, pid = ""] = await program.waitForOutput(/pid (\d+)\./);
    const most = readdirSync(`/proc/${pid}/fd`).length + MORE_DESCRIPTORS;
    await runSuccessfully({ program: "prlimit", args: ["--pid", pid, `--nofile=${most}:${most}`] });
    const clients: Socket[] = [];
    for (let index = 0; index < CLIENTS; index++) {
      const client = await openClient(Number(port));
      client.on("error", () => undefined);
      clients.push(client);
    }
    // All at once: one after the other, each with its backend, the last one that fits would take the last descriptor,
    // and of those behind it the portable engine hears nothing: libuv accepts and closes them itself.
    for (const [index, client] of clients.entries()) client.write(starFrame(`A${index}`));
    await program.waitForOutput(/EMFILE/);
    expect(program.hasEnded).toBe(false);
    for (const client of clients) client.destroy();
    // Somebody may come before the last of them is gone, in either worker: asked for until all are served.
    await untilTrue(
      async () => {
        const served = await Promise.all(Array.from({ length: 10 }, () => isServed(Number(port))));
        return served.every(Boolean);
      },
      "service after all have gone",
      () => program.output,
    );
    program.signal("SIGTERM");
    expect((await program.ended()).status).toBe(0);
  });
});

async function isServed(port: number): Promise<boolean> {
  const client = await openClient(port);
  try {
    const frame = starFrame("again");
    client.write(frame);
    return frame.equals(await withDeadline(readExactly(client, 40), "an answer", () => "", 2000));
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}
