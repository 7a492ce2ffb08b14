// A router over files in a temporary folder, for tests. Its `.frame` files are one line, `ROUTER -> POOL` or
// `ROUTER -> POOL by station` a router, all on the Star protocol: the real compiler is tested elsewhere.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createSourceFile, type Diagnostic, renderText } from "../../../src/compiler/index.ts";
import { thisMachine } from "../../../src/runtime/config/machine.ts";
import type { FrameLoad, LoadedRouter, Loader } from "../../../src/runtime/reload/loader.ts";
import type { Report } from "../../../src/runtime/reload/report.ts";
import { loadUnpackFile } from "../../../src/runtime/reload/unpack-module.ts";
import {
  type RouterOptions,
  type RunningRouter,
  startRouter,
} from "../../../src/runtime/router.ts";
import { proxyV1, proxyV2, star } from "./modules.ts";
import { makeProgram } from "./programs.ts";

export const lineLoader: Loader = {
  read(path) {
    try {
      return { kind: "text", text: readFileSync(path, "utf8") };
    } catch {
      return { kind: "error", code: "missing", message: "no such file" };
    }
  },
  async loadFrame(path) {
    return loadLines(path, readFileSync(path, "utf8"));
  },
  loadModule: loadUnpackFile,
  async loadProxyProtocol() {
    return { kind: "ok", v1: proxyV1, v2: proxyV2 };
  },
};

function loadLines(path: string, text: string): FrameLoad {
  const routers = new Map<string, LoadedRouter>();
  const diagnostics: Diagnostic[] = [];
  for (const [index, line] of text.trimEnd().split("\n").entries()) {
    const [, router, pool, by] = /^(\w+) -> (\w+)( by station)?$/.exec(line) ?? [];
    if (router === undefined || pool === undefined) {
      const start = text.indexOf(line);
      const span = { file: 0, start, end: start + line.length };
      diagnostics.push({
        code: "WB0101",
        severity: "error",
        message: "broken",
        span,
        help: "mend it",
      });
      continue;
    }
    const rule = { rank: 0, line: index + 1, text: line };
    const program = makeProgram(star, [
      { kind: "pool", rule, pool, by: by === undefined ? -1 : 0 },
    ]);
    routers.set(router, { program: { ...program, router }, source: 0 });
  }
  const sources = [createSourceFile(0, path, text)];
  return { report: { sources, diagnostics }, routers, files: [path] };
}

/** A folder that is removed with the test. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "waybill-"));

  constructor() {
    onTestFinished(() => rmSync(this.path, { recursive: true }));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes as editors do: beside, then in place. */
  write(name: string, text: string): void {
    writeFileSync(this.file(`${name}.new`), text);
    renameSync(this.file(`${name}.new`), this.file(name));
  }
}

type LogLine = Readonly<Record<string, unknown>>;

export function reportText({ diagnostics, sources }: Report): string {
  return renderText(diagnostics, sources);
}

export interface TestRouter {
  readonly router: RunningRouter;
  readonly folder: Folder;
  readonly lines: LogLine[];
  /** Waits for a line with this message; those before the call count too. */
  line(message: string): Promise<LogLine>;
  /** The port of the nth listener. */
  port(index?: number): number;
}

/** @param files by name; `waybill.yaml` is the configuration */
export async function startTestRouter(
  files: Readonly<Record<string, string>>,
  options: Partial<RouterOptions> = {},
): Promise<TestRouter> {
  const folder = new Folder();
  for (const [name, text] of Object.entries(files)) folder.write(name, text);
  const { lines, stream, line } = startLog();
  const configPath = folder.file("waybill.yaml");
  const started = await startRouter({
    configPath,
    loader: lineLoader,
    logStream: stream,
    // What is written does not depend on where it is tested.
    machine: () => ({ ...thisMachine(), waitingConnections: undefined }),
    ...options,
  });
  if (started.kind === "refused") throw new Error(reportText(started.report));
  if (started.kind === "cannot-listen") throw new Error(started.failures[0]?.message);
  const { router } = started;
  onTestFinished(() => router.close());
  const port = (index = 0) => Number(router.addresses[index]?.address.split(":").at(-1));
  return { router, folder, lines, line, port };
}

function startLog() {
  const lines: LogLine[] = [];
  let waiters: (() => void)[] = [];
  const stream = {
    write(text: string) {
      lines.push(JSON.parse(text) as LogLine);
      const waiting = waiters;
      waiters = [];
      for (const wake of waiting) wake();
    },
  };
  const line = async (message: string): Promise<LogLine> => {
    for (;;) {
      const found = lines.find(({ msg }) => msg === message);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiters.push(resolve));
    }
  };
  return { lines, stream, line };
}

/** A configuration of one listener on a free port of loopback. */
export function configuration(
  pools: Readonly<Record<string, readonly number[]>>,
  more: { listener?: string; end?: string; router?: string } = {},
): string {
  const poolLines = Object.entries(pools).map(
    ([name, ports]) =>
      `  ${name}: { backends: [${ports.map((port) => `127.0.0.1:${port}`).join(", ")}] }`,
  );
  return [
    "listeners:",
    `  - { name: devices, bind: 127.0.0.1:0, router: ${more.router ?? "r.frame#stations"}, limits: { connections: 1000 }${more.listener ?? ""} }`,
    "pools:",
    ...poolLines,
    more.end ?? "",
  ].join("\n");
}
