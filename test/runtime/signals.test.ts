import { EventEmitter, once } from "node:events";
import { expect, test } from "vitest";
import { createLogger } from "../../src/runtime/log/logger.ts";
import { handleSignals, ignoreInspectorSignal, type Signalled } from "../../src/runtime/signals.ts";

function install(parts: Partial<Signalled> = {}) {
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
  handleSignals(router, {
    on: (signal, handle) => process.on(signal, handle),
    exit: (code) => process.emit("exit", code),
  });
  return { process, calls, lines };
}

test("SIGHUP reloads, and a failure is nobody's crash", async () => {
  const { process, calls } = install();
  process.emit("SIGHUP");
  process.emit("SIGHUP");
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
  const { process, calls } = install({ drain: () => new Promise(() => undefined) });
  const exited = once(process, "exit");
  process.emit("SIGTERM");
  process.emit("SIGTERM");
  expect(await exited).toEqual([1]);
  expect(calls).toEqual(["close"]);
});

test("SIGUSR2 has no file to reopen, SIGUSR1 does nothing", () => {
  const { process, lines } = install();
  process.emit("SIGUSR2");
  expect(lines.join("")).toContain("no file to reopen");
  let handled: string | undefined;
  ignoreInspectorSignal((signal, handle) => {
    handled = signal;
    handle();
  });
  expect(handled).toBe("SIGUSR1");
});
