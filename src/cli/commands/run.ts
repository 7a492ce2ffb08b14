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
import { QUIET_LOOK_MS, quietCollection } from "./quiet-collection.ts";

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
      .argument("[file...]")
      .usage("[options]")
      .action(([file]: readonly string[], options: RunOptions) =>
        run((terminal) => {
          if (file !== undefined)
            throw usageFailure(`'${file}' cannot stand here: the configuration is named by -c`);
          return runRouter(options, terminal);
        }),
      )
  );
}

async function runRouter({ config }: RunOptions, terminal: Terminal): Promise<ExitStatus> {
  const { onSignal } = terminal;
  ignoreInspectorSignal(onSignal);
  return await new Promise((resolve, reject) => {
    let run: (router: RunningRouter) => void = () => undefined;
    const running = new Promise<RunningRouter>((started) => {
      run = started;
    });
    // Before there is anything that a signal could cut: whoever sees it listen may send one at once.
    const exit = (code: number) => resolve(code === 0 ? EXIT.ok : EXIT.fault);
    handleSignals(running, { on: onSignal, exit });
    start(config, terminal).then((started) => {
      if (started === undefined) return resolve(EXIT.fault);
      void started.gaveUp.then(() => resolve(EXIT.internal));
      run(started);
    }, reject);
  });
}

/** @returns undefined where it does not run: why is on the terminal */
async function start(config: string, terminal: Terminal): Promise<RunningRouter | undefined> {
  const started = await startRouter({ configPath: config });
  switch (started.kind) {
    case "refused":
      writeDiagnostics(started.report.diagnostics, started.report.sources, terminal);
      return undefined;
    case "cannot-listen":
      for (const { message } of started.failures) terminal.err.write(`waybill: ${message}\n`);
      return undefined;
    case "running":
      writeDiagnostics(started.report.diagnostics, started.report.sources, terminal);
      settle(started.router);
      return started.router;
  }
}

/** Gives back what starting took, and later what many connections have left. */
function settle(router: RunningRouter): void {
  compactHeap();
  router.settle();
  if (router.engineName === "portable") {
    letNurseriesGrow();
    return;
  }
  const look = quietCollection(compactHeap);
  setInterval(() => look(acceptedBy(router)), QUIET_LOOK_MS).unref();
}

function acceptedBy({ counters }: RunningRouter): number {
  let accepted = 0;
  for (const [name, count] of counters.entries()) {
    if (name.startsWith("accepted{")) accepted += count;
  }
  return accepted;
}
