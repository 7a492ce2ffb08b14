// A bug of ours: one line that asks to report it, and status 70. Never a stack trace.
import { expect, test } from "vitest";
import { reportInternalError, runCommandLine } from "../../src/cli/command-line.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

function terminalOf(err: string[], machine: Terminal["machine"]): Terminal {
  const output = { write: (text: string) => err.push(text), isTerminal: false, columns: 80 };
  return {
    out: output,
    err: output,
    readInput: () => Promise.resolve(undefined),
    environment: {},
    machine,
    onSignal: () => undefined,
    untilInterrupted: () => new AbortController().signal,
  };
}

test("an exception in a command", async () => {
  const err: string[] = [];
  const terminal = terminalOf(err, () => {
    throw new Error("internal error: no machine\nat nowhere");
  });
  expect(await runCommandLine(["validate", "test/cli/files/waybill.yaml"], terminal)).toBe(70);
  expect(err.join("")).toBe(
    "waybill: internal error: no machine\\x0aat nowhere; this is a bug of ours, please report it\n",
  );
});

test.for<readonly [thrown: unknown, shown: string]>([
  [new Error("x".repeat(1000)), `${"x".repeat(300)}…`],
  ["a text", "a text"],
  [undefined, "undefined"],
])("%j is one line", ([thrown, shown]) => {
  const err: string[] = [];
  const terminal = terminalOf(err, () => {
    throw new Error("not asked");
  });
  expect(reportInternalError(thrown, terminal)).toBe(70);
  expect(err.join("")).toBe(
    `waybill: internal error: ${shown}; this is a bug of ours, please report it\n`,
  );
});
