// `waybill run`: the router, from its configuration until a signal ends it.

import { Command } from "commander";
import { compactHeap, letNurseriesGrow } from "../../base/heap.ts";
import {
  handleSignals,
  ignoreInspectorSignal,
  type RunningRouter,
  startRouter,
} from "../../runtime/run.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { usageFailure } from "../failure.ts";
import { writeDiagnostics } from "../findings.ts";
import type { RunWork } from "../run-work.ts";
import type { Terminal } from "../terminal.ts";

interface RunOptions {
  readonly config: string;
}

export function runCommand(run: RunWork): Command {
  return (
    new Command("run")
      .summary("run the router")
      .description(
        "Routes connections as the configuration says. Logs are JSON lines on standard output. " +
          "SIGHUP reads everything again; SIGTERM and SIGINT end connections evenly and then the router.",
      )
      .option("-c, --config <file>", "the configuration", "waybill.yaml")
      // Taken only to say how it is named.
      .argument("[file]")
      .usage("[options]")
      .action((file: string | undefined, options: RunOptions) =>
        run((terminal) => {
          if (file !== undefined)
            throw usageFailure(`'${file}' cannot stand here: the configuration is named by -c`);
          return runRouter(options, terminal);
        }),
      )
  );
}

async function runRouter({ config }: RunOptions, terminal: Terminal): Promise<ExitStatus> {
  ignoreInspectorSignal(terminal.onSignal);
  const started = await startRouter({ configPath: config });
  switch (started.kind) {
    case "refused":
      writeDiagnostics(started.report.diagnostics, started.report.sources, terminal);
      return EXIT.fault;
    case "cannot-listen":
      for (const { message } of started.failures) terminal.err.write(`waybill: ${message}\n`);
      return EXIT.fault;
    case "running":
      writeDiagnostics(started.report.diagnostics, started.report.sources, terminal);
      settle(started.router);
      return await untilEnded(started.router, terminal);
  }
}

/** Gives back what starting took. */
function settle(router: RunningRouter): void {
  if (router.engineName === "portable") letNurseriesGrow();
  compactHeap();
  router.settle();
}

function untilEnded(router: RunningRouter, { onSignal }: Terminal): Promise<ExitStatus> {
  return new Promise((resolve) => {
    const exit = (code: number) => resolve(code === 0 ? EXIT.ok : EXIT.fault);
    void router.gaveUp.then(() => resolve(EXIT.internal));
    handleSignals(router, { on: onSignal, exit });
  });
}
