// `waybill demo`: a router with two protocols, three backends and made-up callers, on this machine and nothing else.

import { Command } from "commander";
import { runLive } from "../demo/live.ts";
import { routeOnce } from "../demo/once.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import type { RunWork } from "../run-work.ts";
import type { Terminal } from "../terminal.ts";

interface DemoOptions {
  readonly once?: true;
}

export function demoCommand(run: RunWork): Command {
  return new Command("demo")
    .summary("show a router at work, on this machine only")
    .description(
      "Starts three backends, a router with two protocols and made-up callers on 127.0.0.1, and shows which key " +
        "went where. Ends by itself, or by Ctrl-C.",
    )
    .option("--once", "route a fixed set, check who answered, and end")
    .action((options: DemoOptions) => run((terminal) => demo(options, terminal)));
}

async function demo({ once }: DemoOptions, terminal: Terminal): Promise<ExitStatus> {
  if (once !== true) {
    await runLive(terminal);
    return EXIT.ok;
  }
  const { text, hasFailed } = await routeOnce();
  terminal.out.write(text);
  return hasFailed ? EXIT.fault : EXIT.ok;
}
