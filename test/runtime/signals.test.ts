import { EventEmitter, once } from "node:events";
import { expect, test } from "vitest";
import { createLogger } from "../../src/runtime/log/logger.ts";
import { handleSignals, ignoreInspectorSignal, type Signalled } from "../../src/runtime/signals.ts";

/** @param started once it runs */
function install(parts: Partial<Signalled> = {}, started: Promise<void> = Promise.resolve()) {
  const calls: string[] = [];
  const lines: string[] = [];
  const process = new EventEmitter();
  const record = (name: string) => async () => {
    calls.push(name);
  };
  const router: Signalled = {
    logger: createLogger("info", { write: (line) => void lines.push(line) }),
    reload: record("reload"),
    drain: record("drain"),
    close: record("close"),
    ...parts,
  };
  const running = started.then(() => router);
  handleSignals(running, {
    on: (signal, handle) => process.on(signal, handle),
    exit: (code) => process.emit("exit", code),
  });
  return { process, calls, lines, running };
}

test("SIGHUP reloads, and a failure is nobody's crash", async () => {
  const { process, calls, running } = install();
  await running;
  process.emit("SIGHUP");
  process.emit("SIGHUP");
  await new Promise(setImmediate);
  expect(calls).toEqual(["reload", "reload"]);
  install({ reload: () => Promise.reject(new Error("bug")) }).process.emit("SIGHUP");
  await new Promise(setImmediate);
});

test.for(["SIGTERM", "SIGINT"])("%s drains and exits 0", async (signal) => {
  const { process, calls } = install();
  const exited = once(process, "exit");
  process.emit(signal);
  expect(await exited).toEqual([0]);
  expect(calls).toEqual(["drain"]);
});

test("a second one exits at once", async () => {
  const { process, calls, running } = install({ drain: () => new Promise(() => undefined) });
  await running;
  const exited = once(process, "exit");
  process.emit("SIGTERM");
  process.emit("SIGTERM");
  expect(await exited).toEqual([1]);
  expect(calls).toEqual(["close"]);
});

test.for([
  [["SIGHUP"], ["reload"]],
  [["SIGTERM"], ["drain"]],
  [
    ["SIGHUP", "SIGINT"],
    ["reload", "drain"],
  ],
])("%s while it starts: done once it runs", async ([signals, expected]) => {
  let start: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  const { process, calls } = install({}, started);
  for (const signal of signals ?? []) process.emit(signal);
  await new Promise(setImmediate);
  expect(calls).toEqual([]);
  start();
  await new Promise(setImmediate);
  expect(calls).toEqual(expected);
});

test("a second one while it starts exits at once", async () => {
  const { process, calls } = install({}, new Promise(() => undefined));
  const exited = once(process, "exit");
  process.emit("SIGINT");
  process.emit("SIGTERM");
  expect(await exited).toEqual([1]);
  expect(calls).toEqual([]);
});

test("SIGUSR2 has no file to reopen, SIGUSR1 does nothing", async () => {
  const { process, lines } = install();
  process.emit("SIGUSR2");
  await new Promise(setImmediate);
  expect(lines.join("")).toContain("no file to reopen");
  let handled: string | undefined;
  ignoreInspectorSignal((signal, handle) => {
    handled = signal;
    handle();
  });
  expect(handled).toBe("SIGUSR1");
});
