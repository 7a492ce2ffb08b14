// The built program as it runs in production, on one engine, in front of backends of the test.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { PoolSpec } from "../../../src/runtime/pool/pool.ts";
import { RunningProgram } from "../../support/program.ts";
import type { EngineKind } from "./engines.ts";

const program = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

const FRAME = `import "star";

router main on Star { otherwise -> main by station; }
`;

/** What a reload may change. */
export interface Change {
  readonly pools: readonly PoolSpec[];
  readonly workers: number;
}

export interface RouterProcessOptions {
  readonly pools: readonly PoolSpec[];
  /** As many as the kind has where it is absent. */
  readonly workers?: number;
  /** A file with a router `main`; all goes to the pool `main` where it is absent. */
  readonly rules?: string;
  /** Connections at a time. */
  readonly connections?: number;
  /** Descriptors it may have. */
  readonly descriptors?: number;
}

/** Runs until the test ends. */
export async function startRouterProcess(kind: EngineKind, options: RouterProcessOptions) {
  const { name } = kind;
  const { pools, workers = kind.workers, rules, connections = 1000, descriptors } = options;
  const folder = mkdtempSync(join(tmpdir(), "waybill-process-"));
  const file = join(folder, "waybill.yaml");
  const frame = rules ?? join(folder, "star-router.frame");
  let present: Change = { pools, workers };
  const configure = (change: Partial<Change>) => {
    present = { ...present, ...change };
    // As editors do: a reload never sees half of it.
    writeFileSync(
      `${file}.new`,
      configuration(name, relative(folder, frame), connections, present),
    );
    renameSync(`${file}.new`, file);
  };
  if (rules === undefined) writeFileSync(frame, FRAME);
  configure({});
  const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
  const running = new RunningProgram(`waybill on ${name}`, {
    program: "sh",
    args: ["-c", `${limit}exec "$0" "$@"`, process.execPath, program, "run", "-c", file],
  });
  onTestFinished(async () => {
    running.signal("SIGKILL");
    await running.ended().catch(() => undefined);
    rmSync(folder, { recursive: true });
  });
  const configured = /"engine":"(\w+)".*"address":"127\.0\.0\.1:(\d+)"/;
  const [, engine, port] = await running.waitForOutput(configured);
  if (engine !== name) throw new Error(`it runs on ${engine}: ${running.output}`);
  return {
    running,
    port: Number(port),
    /** Changes the configuration and asks for a reload. @returns what is logged of it, once it is in force */
    async reload(change: Partial<Change>): Promise<string> {
      const before = running.output.length;
      configure(change);
      running.signal("SIGHUP");
      const [line] = await running.waitForOutput(/.*"msg":"configured"/, before);
      return line;
    },
  };
}

function configuration(
  engine: string,
  frame: string,
  connections: number,
  { pools, workers }: Change,
): string {
  const backends = pools.map(
    ({ name, backends }) =>
      `  ${name}: { backends: [${backends.map(({ address }) => `"${address}"`).join(", ")}] }\n`,
  );
  return `listeners:
  - name: devices
    bind: 127.0.0.1:0
    router: ${frame}#main
    limits: { connections: ${connections} }
pools:
${backends.join("")}engine: ${engine}
workers: ${engine === "portable" ? "auto" : workers}
log: { connections: off }
`;
}
