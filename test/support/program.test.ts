// The harness itself: programs that fail, hang or never get ready are reported with what they wrote.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepts, unusedPort } from "./port.ts";
import { type Command, runSuccessfully, runToEnd } from "./program.ts";
import { Stage } from "./stage.ts";

const node = (script: string): Command => ({ program: process.execPath, args: ["-e", script] });
const forever = "setInterval(() => {}, 1000);";

describe("a program run to its end", () => {
  test("gives status and both outputs", async () => {
    const finished = await runToEnd(
      node("console.log('out'); console.error('err'); process.exit(3)"),
    );
    expect(finished).toEqual({ status: 3, signal: null, stdout: "out\n", stderr: "err\n" });
  });

  test("gets its input", async () => {
    const echo = "process.stdin.pipe(process.stdout)";
    expect(await runSuccessfully({ ...node(echo), input: "waybill" })).toBe("waybill");
  });

  test("rejects with the output when success was expected", async () => {
    await expect(runSuccessfully(node("console.error('broken'); process.exit(1)"))).rejects.toThrow(
      /status 1\nbroken/,
    );
  });

  test("is killed at the limit", async () => {
    await expect(runToEnd(node(forever), 200)).rejects.toThrow(/waited 200 ms for the end of/);
  });

  test("rejects when it cannot start", async () => {
    await expect(runToEnd({ program: "no-such-program", args: [] })).rejects.toThrow(/ENOENT/);
  });
});

describe("a stage", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.close());

  test("waits until a server accepts", async () => {
    const port = await unusedPort();
    expect(await accepts(port)).toBe(false);
    await stage.startServer("server", port, node(`require("net").createServer().listen(${port})`));
    expect(await accepts(port)).toBe(true);
  });

  test("reports a server that ends before it is ready, with its output", async () => {
    const failing = stage.startServer(
      "failing",
      await unusedPort(),
      node("throw new Error('no disk')"),
    );
    await expect(failing).rejects.toThrow(/failing ended at once(?:.|\n)*no disk/);
  });

  test("sees output that came before and after the question", async () => {
    const program = stage.start(
      "talker",
      node(`process.on("SIGHUP", () => console.log("second"));
      console.log("first"); ${forever}`),
    );
    await program.waitForOutput(/first/);
    expect((await program.waitForOutput(/fir(st)/))[1]).toBe("st");
    program.signal("SIGHUP");
    await program.waitForOutput(/second/);
  });

  test("reports output that never comes because the program ended", async () => {
    const program = stage.start("silent", node("console.log('only this')"));
    await expect(program.waitForOutput(/more/)).rejects.toThrow(/ended before \/more\/\nonly this/);
  });

  test("ends what it started and removes its folder", async () => {
    const other = await Stage.open();
    await other.write("note.txt", "x");
    const program = other.start("sleeper", node(forever));
    await other.close();
    expect(program.hasEnded).toBe(true);
    expect(await program.ended()).toEqual({ status: null, signal: "SIGTERM" });
    expect(existsSync(other.folder)).toBe(false);
  });
});
