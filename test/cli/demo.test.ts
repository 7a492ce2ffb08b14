// `waybill demo`: everyone reaches whom the rules say, by real sockets; the live show ends when it is interrupted.
import { expect, test } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { runWaybill } from "./run-waybill.ts";

test("--once: eighteen connections, each where it belongs", async () => {
  const { status, out, err } = await runWaybill(["demo", "--once"]);
  await expect(out).toMatchFileSnapshot("../golden/cli/demo-once.txt");
  expect(out).not.toContain("WRONG");
  expect(err).toBe("");
  expect(status).toBe(0);
});

/** Runs the live demo and interrupts it once its output holds `until`. */
async function watchDemo(until: RegExp, isTerminal: boolean) {
  const interrupt = new AbortController();
  let out = "";
  const output = {
    write: (text: string) => {
      out += text;
      if (until.test(out)) interrupt.abort();
    },
    isTerminal,
    columns: 80,
  };
  const terminal: Terminal = {
    out: output,
    err: output,
    readInput: () => Promise.resolve(undefined),
    environment: {},
    machine: () => ({
      localAddresses: [],
      memoryBytes: undefined,
      descriptors: undefined,
      waitingConnections: undefined,
      ephemeralPorts: undefined,
    }),
    onSignal: () => undefined,
    untilInterrupted: () => interrupt.signal,
  };
  const status = await runCommandLine(["demo"], terminal);
  return { status, out };
}

test("on a pipe: a line a connection, and a summary when it is interrupted", async () => {
  const { status, out } = await watchDemo(/(?:.*->.*\n){4}/, false);
  expect(out).toMatch(/^listening: stations \(Star\) on 127\.0\.0\.1:\d+, clients \(MQTT\) on/);
  expect(out).toMatch(/^stations {2}A\d{15} {2}-> {2}north {2}when station prefix "A" -> north$/m);
  expect(out).toMatch(/\n\d+ connections: north \d+, south \d+, east \d+, refused \d+\n$/);
  expect(out).not.toContain("\x1b[");
  expect(status).toBe(0);
});

test("on a terminal: one picture, drawn again in its place, the cursor given back", async () => {
  const { status, out } = await watchDemo(/ {2}north +2 /, true);
  expect(out.startsWith("\x1b[?25l")).toBe(true);
  const [, ...pictures] = out.split("\x1b[J");
  expect(pictures.length).toBeGreaterThan(1);
  for (const picture of pictures) expect(picture).toContain("waybill demo");
  const [, last] = out.split("\x1b[?25h");
  expect(last).toMatch(/^\d+ connections: /);
  expect(status).toBe(0);
});
