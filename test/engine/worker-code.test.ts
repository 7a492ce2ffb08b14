// A worker never leaves its loop: promises, timers, streams and the console would never run there, so that none may be used in
// any module that its entry leads to.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importsOf } from "../support/imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entry = "src/runtime/engine/linux/worker/worker.ts";

/** Never run in a loop that Node does not get back, or wait for what does not. */
const forbidden =
  /\b(?:set(?:Timeout|Interval|Immediate)|queueMicrotask|console|fetch|AbortSignal|EventEmitter|process\.(?!hrtime\(|arch\b)\w+)\b|\.(?:on|once|then|catch|finally|addEventListener)\(/;
/** Of promises, which the entry alone may use: it imports a user's module while the loop stands still. */
const waiting = /\b(?:async|await|Promise)\b|\bimport\(/;
/** Nothing else: what Node has for files, sockets and streams needs its loop. */
const allowedModules = new Set(["koffi", "node:vm", "node:worker_threads"]);

type Read = (file: string) => string;

const fromDisk: Read = (file) => readFileSync(`${root}/${file}`, "utf8");

/** All that `file` leads to, itself included; types as well, as they name what is used. */
function filesFrom(file: string, read: Read, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { specifier } of importsOf(read(file))) {
    if (specifier.startsWith(".")) filesFrom(join(dirname(file), specifier), read, seen);
  }
  return seen;
}

/** Without comments and texts, words in which are not code; templates stay, as code may stand in them. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"/g, (found) =>
    found.startsWith('"') ? '""' : "",
  );
}

/** What no worker may have, in every module that `from` leads to. */
function faultsFrom(from: string, read: Read): readonly string[] {
  return [...filesFrom(from, read)].flatMap((file) => {
    const text = read(file);
    const code = codeOf(text);
    const patterns = file === entry ? [forbidden] : [forbidden, waiting];
    const words = patterns.flatMap((pattern) => pattern.exec(code)?.[0] ?? []);
    const modules = importsOf(text).flatMap(({ specifier }) =>
      specifier.startsWith(".") || allowedModules.has(specifier) ? [] : [specifier],
    );
    return [...words, ...modules].map((fault) => `${file}: ${fault}`);
  });
}

describe("code that workers run", () => {
  const files = [...filesFrom(entry, fromDisk)];

  test("is seen whole", () => {
    expect(files).toContain("src/runtime/engine/linux/relay/relay.ts");
    expect(files).toContain("src/runtime/engine/linux/io-uring/uring-port.ts");
    expect(files).toContain("src/runtime/engine/linux/epoll/epoll-port.ts");
    expect(files).toContain("src/runtime/routing/inspect.ts");
    expect(files).toContain("src/compiler/codegen/javascript/load.ts");
    expect(files.length).toBeGreaterThan(80);
  });

  test("uses and imports nothing that needs Node's loop", () => {
    expect(faultsFrom(entry, fromDisk)).toEqual([]);
  });

  test("carries no parser", () => {
    expect(files.filter((file) => file.startsWith("src/compiler/syntax/"))).toEqual([]);
    expect(files).not.toContain("src/compiler/index.ts");
  });
});

describe("in a module that the entry leads to by way of others", () => {
  const planted = (code: string): Read => {
    const files: Readonly<Record<string, string>> = {
      [entry]: 'import { loop } from "./loop.ts";\nawait loop();\n',
      "src/runtime/engine/linux/worker/loop.ts": 'export type { A } from "../relay/a.ts";\n',
      "src/runtime/engine/linux/relay/a.ts": `import "./b.ts";\n`,
      "src/runtime/engine/linux/relay/b.ts": code,
    };
    return (file) => files[file] ?? expect.unreachable(file);
  };

  test.for([
    ["setTimeout(f, 5);", "setTimeout"],
    ["const f = () => setImmediate;", "setImmediate"],
    ["process.nextTick(f);", "process.nextTick"],
    ["process.stdout.write(text);", "process.stdout"],
    ["await x;", "await"],
    ["async function f() {}", "async"],
    ["new Promise(f);", "Promise"],
    ["f().then(g);", ".then("],
    ['port.on("message", f);', ".on("],
    ["console.log();", "console"],
    [`const text = \`\${console.log()}\`;`, "console"],
    ["import(url);", "import("],
    ['import { connect } from "node:net";', "node:net"],
    ['import { pino } from "pino";', "pino"],
    ['import { setTimeout as pause } from "node:timers/promises";', "node:timers/promises"],
  ] as const)("%s is found", ([code, fault]) => {
    const found = faultsFrom(entry, planted(code));
    expect(found).toContain(`src/runtime/engine/linux/relay/b.ts: ${fault}`);
  });

  test.for([
    "// no console here",
    '/* await */ const text = "setTimeout(f) // Promise";',
    "const [seconds] = process.hrtime();",
    'import koffi from "koffi";',
  ])("%s is not", (code) => expect(faultsFrom(entry, planted(code))).toEqual([]));
});
