// The pipe quota of a user without privilege (pipe(7)): what finds no pipe is copied, and no byte is lost.
import { createHash, randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { chmodSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { starFrame } from "../runtime/support/modules.ts";
import { readAll } from "../runtime/support/sockets.ts";
import { untilTrue } from "../support/deadline.ts";
import { Stage } from "../support/stage.ts";
import { engineKinds, starProtocol } from "./support/engines.ts";
import { connectFrom, serve } from "./support/model-sockets.ts";
import { unprivilegedNode } from "./support/unprivileged.ts";

const commandLine = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const kernelCalls = new URL(
  "../../dist/runtime/engine/linux/kernel/descriptor.js",
  import.meta.url,
);
/** More than the quota's usual 16,384 pages of 4 KiB have pipes of 1 MiB for. */
const CONNECTIONS = 130;
/** A backend reads so far at once, and the rest when everybody is there: both are enough to be spliced. */
const BYTES_AT_ONCE = 200_000;
const BYTES = 600_000;
/** Pipes that a worker may have, whatever the quota says. */
const PIPES_MAX = 48;

interface QuotaCase {
  readonly title: string;
  /** Pipes that others of the user leave; undefined: there are no others. */
  readonly spared: number | undefined;
  /** Pipes that are taken at least. */
  readonly least: number;
}

const kinds = engineKinds.filter(({ name, workers }) => name !== "portable" && workers === 1);

const frame = `${starProtocol}\nrouter clients on Star { otherwise -> main; }\n`;

/** Takes pipes until it is refused, gives some back, says how many it keeps, and keeps them until it is ended. */
function holding(spared: number): string {
  return `
    const { openPipe, resizePipe, closeDescriptor } = await import(${JSON.stringify(kernelCalls.href)});
    const pipes = [];
    for (;;) {
      const ends = {};
      if (openPipe(ends) < 0) break;
      pipes.push(ends);
      if (resizePipe(ends.writeEnd, 512 * 1024) < 0) break;
    }
    for (const { readEnd, writeEnd } of pipes.splice(-1 - ${spared})) {
      closeDescriptor(readEnd);
      closeDescriptor(writeEnd);
    }
    console.log("kept " + pipes.length);
    setInterval(() => undefined, 1 << 30);
  `;
}

/** 0: this machine has no quota. */
const quotaPages =
  process.platform === "linux"
    ? Number(readFileSync("/proc/sys/fs/pipe-user-pages-soft", "utf8"))
    : 0;

describe.skipIf(quotaPages === 0).for(kinds)("$title", ({ name }) => {
  test.for<QuotaCase>([
    { title: "nobody else has any", spared: undefined, least: 1 },
    { title: "a few are left", spared: 5, least: 1 },
    { title: "none is left", spared: 0, least: 0 },
  ])("bulk connections where $title", { timeout: 60_000 }, async ({ spared, least }) => {
    const stage = await openStage();
    if (spared !== undefined) await holdPipes(stage, spared);
    const gate = new EventEmitter().setMaxListeners(CONNECTIONS);
    const { backend, sockets } = await startBackend(gate);
    const router = await startRouter(stage, name, backend);
    const before = pipesOf(router.id);
    const taken = () => (pipesOf(router.id) - before) / 2;

    const body = randomBytes(BYTES + CONNECTIONS);
    const expected: string[] = [];
    const answers: Promise<Buffer>[] = [];
    for (let index = 0; index < CONNECTIONS; index++) {
      const bytes = Buffer.concat([starFrame(`S${index}`), body.subarray(index, index + BYTES)]);
      expected.push(createHash("sha1").update(bytes).digest("hex"));
      answers.push(ask(router.port, bytes));
    }
    await untilTrue(
      async () => sockets.length === CONNECTIONS && taken() >= least,
      `${CONNECTIONS} connections and ${least} pipes`,
      () => `${sockets.length} connections, ${taken()} pipes`,
    );
    gate.emit("open");
    const told = await Promise.all(answers);
    expect(told.map(String).sort()).toEqual(expected.sort());
    expect(taken()).toBeGreaterThanOrEqual(least);
    expect(taken()).toBeLessThanOrEqual(spared ?? PIPES_MAX);
  });
});

/** Everything of the user's quota but `spared` pipes is taken until the stage closes. */
async function holdPipes(stage: Stage, spared: number): Promise<void> {
  const args = ["--input-type=module", "-e", holding(spared)];
  const holder = stage.start("the one who holds pipes", unprivilegedNode(args));
  const [, kept] = await holder.waitForOutput(/kept (\d+)/);
  expect(Number(kept)).toBeGreaterThan(PIPES_MAX);
}

async function startBackend(gate: EventEmitter) {
  const sockets: Socket[] = [];
  const { port, server } = await serve(true, (socket) => {
    socket.on("error", () => undefined);
    answerWithHash(socket, gate);
    sockets.push(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { backend: port, sockets };
}

function ask(port: number, bytes: Buffer): Promise<Buffer> {
  const client = connectFrom("127.0.0.1", port, false);
  onTestFinished(() => {
    client.destroy();
  });
  client.on("error", () => undefined);
  client.end(bytes);
  const answer = readAll(client);
  answer.catch(() => undefined); // looked at once all are there
  return answer;
}

async function openStage(): Promise<Stage> {
  const stage = await Stage.open();
  onTestFinished(() => stage.close());
  chmodSync(stage.folder, 0o755);
  return stage;
}

async function startRouter(stage: Stage, engine: string, backend: number) {
  await stage.write("star.frame", frame);
  const configuration = {
    listeners: [{ name: "clients", bind: "127.0.0.1:0", router: "star.frame#clients" }],
    pools: { main: { backends: [`127.0.0.1:${backend}`] } },
    engine,
    workers: 1,
  };
  await stage.write("waybill.yaml", stringify(configuration));
  const args = [commandLine, "run", "--config", "waybill.yaml"];
  const router = stage.start("waybill", unprivilegedNode(args));
  const listening = await router.waitForOutput(
    /"address":"127\.0\.0\.1:(\d+)".*"msg":"configured"/,
  );
  return { port: Number(listening[1]), id: router.id };
}

/** Reads a part, waits at the gate, reads the rest and answers. */
function answerWithHash(socket: Socket, gate: EventEmitter): void {
  const hash = createHash("sha1");
  let left = BYTES_AT_ONCE;
  socket.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    const before = left;
    left -= chunk.length;
    if (before > 0 && left <= 0) socket.pause();
  });
  socket.on("end", () => socket.end(hash.digest("hex")));
  gate.once("open", () => {
    left = 0;
    socket.resume();
  });
}

/** Ends of pipes that a process has open. */
function pipesOf(id: number | undefined): number {
  const folder = `/proc/${id}/fd`;
  return readdirSync(folder).filter((fd) => readlinkSync(`${folder}/${fd}`).startsWith("pipe:"))
    .length;
}
