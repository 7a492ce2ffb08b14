// A worker never leaves its loop: promises, timers, streams and the console would never run there, so that none may be used.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importsOf } from "../support/imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entry = "src/runtime/engine/linux/worker/worker.ts";

/** The one place that waits: it imports a user's module while the loop stands still. */
const mayWait = new Set([entry]);
const forbidden =
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|nextTick|console|async|await|Promise)\b/;
const forbiddenModule = /^node:(?:net|stream|fs|timers|events|http|dns|readline)/;

function filesFrom(file: string, seen: Set<string>): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { specifier } of importsOf(read(file))) {
    if (specifier.startsWith(".")) filesFrom(join(dirname(file), specifier), seen);
  }
  return seen;
}

function read(file: string): string {
  return readFileSync(`${root}/${file}`, "utf8");
}

/** Without comments and texts: words in them are not code. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "");
}

describe("code that workers run", () => {
  const files = [...filesFrom(entry, new Set())];

  test("is seen whole", () => {
    expect(files).toContain("src/runtime/engine/linux/relay/relay.ts");
    expect(files).toContain("src/runtime/engine/linux/io-uring/uring-port.ts");
    expect(files).toContain("src/runtime/routing/inspect.ts");
    expect(files.length).toBeGreaterThan(40);
  });

  test("uses nothing that needs Node's loop", () => {
    const faults = files.flatMap((file) => {
      const found = forbidden.exec(codeOf(read(file)))?.[0];
      return found === undefined || mayWait.has(file) ? [] : [`${file}: ${found}`];
    });
    expect(faults).toEqual([]);
  });

  test("imports nothing that needs it", () => {
    const faults = files.flatMap((file) =>
      importsOf(read(file)).flatMap(({ specifier }) =>
        forbiddenModule.test(specifier) ? [`${file}: ${specifier}`] : [],
      ),
    );
    expect(faults).toEqual([]);
  });

  test("carries no parser", () => {
    expect(files.filter((file) => file.startsWith("src/compiler/syntax/"))).toEqual([]);
    expect(files).not.toContain("src/compiler/index.ts");
  });

  test.for(["setTimeout(f, 5)", "await x", "console.log()", "new Promise(f)"])(
    "%s would be found",
    (code) => expect(code).toMatch(forbidden),
  );
});
