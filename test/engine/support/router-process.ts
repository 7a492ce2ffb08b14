// The built program as it runs in production, on one engine, in front of a backend of the test.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { RunningProgram } from "../../support/program.ts";
import type { EngineKind } from "./engines.ts";

const program = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

const FRAME = `import "star";

router main on Star { otherwise -> main by station; }
`;

export interface RouterProcessOptions {
  /** Descriptors it may have. */
  readonly descriptors?: number;
}

/** Runs until the test ends. */
export async function startRouterProcess(
  { name, workers }: EngineKind,
  backendPort: number,
  { descriptors }: RouterProcessOptions = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "waybill-process-"));
  const file = join(folder, "waybill.yaml");
  const configure = (ofBackend: number) => {
    // As editors do: a reload never sees half of it.
    writeFileSync(`${file}.new`, configuration(ofBackend, name, workers));
    renameSync(`${file}.new`, file);
  };
  writeFileSync(join(folder, "star-router.frame"), FRAME);
  configure(backendPort);
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
    /** Exchanges the backend and asks for a reload. @returns once it is in force */
    async reload(ofBackend: number): Promise<void> {
      const before = running.output.length;
      configure(ofBackend);
      running.signal("SIGHUP");
      await running.waitForOutput(/"msg":"configured"/, before);
    },
  };
}

function configuration(backendPort: number, engine: string, workers: number): string {
  return `listeners:
  - name: devices
    bind: 127.0.0.1:0
    router: star-router.frame#main
    limits: { connections: 1000 }
pools:
  main: { backends: ["127.0.0.1:${backendPort}"] }
engine: ${engine}
workers: ${engine === "portable" ? "auto" : workers}
log: { connections: off }
`;
}
