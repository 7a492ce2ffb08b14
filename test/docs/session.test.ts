// The README's session is a real one: its files are those of examples/stations, its log lines are what a running router
// writes of its bytes, and its edit of a rule is taken over by a reload.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createLoader, startRouter } from "../../src/runtime/index.ts";
import { openClient, readAll, startBackend } from "../runtime/support/sockets.ts";
import { type Fence, fencesOf, readDocument } from "./fences.ts";

const fences = fencesOf(readDocument("README.md"));
const example = fileURLToPath(new URL("../../examples/stations", import.meta.url));

/** What differs from run to run. */
const VARIABLE = ["time", "id", "client", "verdict_ms", "connect_ms", "life_ms"];

test("its files are those of the example", () => {
  const files = readdirSync(example).filter((name) => /\.(?:frame|yaml)$/.test(name));
  expect(files.length).toBeGreaterThan(1);
  for (const name of files) {
    expect(readFileSync(join(example, name), "utf8")).toBe(fileText(name));
  }
});

test("its log lines are a router's, and its edit moves the station", async () => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-session-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const ports = new Map<string, string>();
  for (const shown of ["127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003"]) {
    const backend = await startBackend((socket) => {
      socket.once("data", () => socket.end("ok\n"));
    });
    onTestFinished(() => backend.close());
    ports.set(shown, `127.0.0.1:${backend.port}`);
  }
  const configPath = join(folder, "waybill.yaml");
  const configuration = replaceAll(fileText("waybill.yaml"), ports);
  writeFileSync(configPath, configuration.replace("0.0.0.0:2048", "127.0.0.1:0"));
  const frame = fileText("stations.frame");
  writeFileSync(join(folder, "stations.frame"), frame);

  const log = createLog();
  const started = await startRouter({ configPath, loader: createLoader(), logStream: log.stream });
  if (started.kind !== "running") throw new Error(started.kind);
  const { router } = started;
  onTestFinished(() => router.close());
  const port = Number(router.addresses[0]?.address.split(":").at(-1));

  const bytes = exampleBytes();
  expect(await send(port, bytes)).toBe("ok\n");
  const back = new Map([...ports].map(([shown, real]) => [real, shown]));
  const connection = replaceAll(await log.line("connection"), back);
  expect(fixedPart(connection)).toEqual(fixedPart(logged("connection")));
  expect(Object.keys(JSON.parse(connection)).sort()).toEqual(keysOf(logged("connection")));

  bytes[bytes.length - 1] = 0;
  expect(await send(port, bytes)).toBe("");
  const refused = await log.line("refused");
  expect(fixedPart(refused)).toEqual(fixedPart(logged("refused")));
  expect(Object.keys(JSON.parse(refused)).sort()).toEqual(keysOf(logged("refused")));

  const edit = fences.find(({ words }) => words.includes("edit"))?.text ?? "";
  const edited = frame.replace(/^ *when /m, (first) => `  ${edit}${first}`);
  writeFileSync(join(folder, "stations.frame"), edited);
  expect((await router.reload()).kind).toBe("swapped");
  log.lines.length = 0;
  expect(await send(port, exampleBytes())).toBe("ok\n");
  expect(JSON.parse(await log.line("connection"))).toMatchObject({ pool: "south", rule_line: 16 });
});

function fileText(name: string): string {
  return fenceWith("file", name).text;
}

function logged(message: string): string {
  return fenceWith("log", message).text;
}

function fenceWith(attribute: string, value: string): Fence {
  const fence = fences.find(({ attributes }) => attributes.get(attribute) === value);
  if (fence === undefined) throw new Error(`the README has no block ${attribute}=${value}`);
  return fence;
}

/** What the README gives to `explain`. */
function exampleBytes(): Buffer {
  const hex = /--hex "([^"]+)"/.exec(readDocument("README.md"))?.[1] ?? "";
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

function replaceAll(text: string, by: ReadonlyMap<string, string>): string {
  return [...by].reduce((whole, [from, to]) => whole.replaceAll(from, to), text);
}

function fixedPart(line: string): Record<string, unknown> {
  const members = Object.entries(JSON.parse(line) as Record<string, unknown>);
  return Object.fromEntries(members.filter(([name]) => !VARIABLE.includes(name)));
}

function keysOf(line: string): readonly string[] {
  return Object.keys(JSON.parse(line) as object).sort();
}

/** Sends bytes and waits for the end. @returns the answer */
async function send(port: number, bytes: Buffer): Promise<string> {
  const socket = await openClient(port);
  socket.write(bytes);
  const answer = await readAll(socket);
  socket.destroy();
  return answer.toString();
}

/** Where the router writes; `line` waits for one with that message. */
function createLog() {
  const lines: string[] = [];
  let wake: () => void = () => undefined;
  const stream = {
    write(text: string) {
      lines.push(text);
      wake();
    },
  };
  const line = async (message: string): Promise<string> => {
    for (;;) {
      const found = lines.find((text) => text.includes(`"msg":"${message}"`));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { lines, stream, line };
}
