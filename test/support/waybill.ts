// A waybill process in front of one suite's backends: the built command line, a `.frame` file and a waybill.yaml.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { RunningProgram } from "./program.ts";
import type { Stage } from "./stage.ts";

/** The built command line. */
export const commandLine = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** What waybill is to route. */
export interface Routing {
  /** Text of the `.frame` file; its router is called `clients`. */
  readonly frame: string;
  /** Each pool's one backend: its port on 127.0.0.1. */
  readonly pools: Readonly<Record<string, number>>;
  /** Further members of the listener in waybill.yaml. */
  readonly listener?: Readonly<Record<string, unknown>>;
}

/** A running waybill with one listener. */
export interface Waybill {
  /** The listener's port on 127.0.0.1. */
  readonly port: number;
  readonly program: RunningProgram;
  /** Replaces the `.frame` file and has it read again; resolves when it is in force, rejects with the log if refused. */
  reload(frame: string): Promise<void>;
}

/** Starts `waybill run` on the stage and waits until it listens. */
export async function startWaybill(stage: Stage, routing: Routing): Promise<Waybill> {
  if (!existsSync(commandLine)) throw new Error(`no ${commandLine}: run "npm run build" first`);
  await stage.write("routes.frame", routing.frame);
  await stage.write("waybill.yaml", stringify(configuration(routing)));
  const program = stage.start("waybill", {
    program: process.execPath,
    args: [commandLine, "run", "--config", "waybill.yaml"],
  });
  const listening = await program.waitForOutput(
    /"address":"127\.0\.0\.1:(\d+)".*"msg":"configured"/,
  );
  const reload = async (frame: string) => {
    await stage.write("routes.frame", frame);
    const before = program.output.length;
    program.signal("SIGHUP");
    const outcome = await program.waitForOutput(
      /"msg":"(configured|reload (?:refused|failed))/,
      before,
    );
    if (outcome[1] !== "configured") throw new Error(program.output.slice(before));
  };
  return { port: Number(listening[1]), program, reload };
}

function configuration({ pools, listener }: Routing): unknown {
  return {
    listeners: [
      { name: "clients", bind: "127.0.0.1:0", router: "routes.frame#clients", ...listener },
    ],
    pools: Object.fromEntries(
      Object.entries(pools).map(([name, port]) => [name, { backends: [`127.0.0.1:${port}`] }]),
    ),
  };
}
