// One run of good clients without and beside bad ones, in a process of its own.
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { type Course, cpuSeconds, generate, type LoadReport } from "./generator.ts";
import type { Hostile, Mode } from "./modes.ts";
import type { Peer } from "./peers/peer.ts";
import { readResidentBytes } from "./proc-files.ts";
import { RunningProcess } from "./process.ts";
import { type Ground, startPeer, WARM_UP } from "./start-peer.ts";

/** From the end of a load to the look at the memory, without and after bad clients. */
const SETTLE_MS = 500;
const AFTER_MS = 3000;
/** Beyond what opening all of them takes. */
const OPEN_SPARE_MS = 20_000;

const hostileSchema = z.strictObject({
  seconds: z.number().positive(),
  opened: z.int().nonnegative(),
  ended: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  answered: z.int().nonnegative(),
  open: z.int().nonnegative(),
});

/** What the bad clients saw: opened in all, ended by the relay, failed to connect, answered; open at the end. */
export type HostileReport = z.output<typeof hostileSchema>;

/** What is seen of a relay with bad clients. */
export interface Beside {
  readonly alone: LoadReport;
  readonly beside: LoadReport;
  readonly hostile: HostileReport;
  /** Processors that the relay used in the run beside them; NaN where that is not known. */
  readonly processors: number;
  /** Resident bytes of the relay: before, with them, and after they have gone. */
  readonly memory: { readonly before: number; readonly during: number; readonly after: number };
}

/** What such a run needs. */
export interface BadPlan extends Ground {
  readonly warmUpMs: number;
  readonly milliseconds: number;
  /** The program of `native/hostile.c`. */
  readonly hostile: string;
}

export async function runBad(peer: Peer, mode: Mode, bad: Hostile, plan: BadPlan): Promise<Beside> {
  const fresh = await startPeer(peer, plan, WARM_UP);
  if ("missing" in fresh) throw new Error(fresh.missing);
  const { target, relay } = fresh;
  const { pid } = relay.program;
  const milliseconds = plan.milliseconds * (mode.lengthened ?? 1);
  const course: Course = { warmUpMs: plan.warmUpMs, milliseconds, pids: [pid] };
  const good = () => generate(plan.generator, mode, target, course);
  try {
    const alone = await good();
    await pause(SETTLE_MS);
    const before = await readResidentBytes(pid);
    const args = [target.port, bad.clients, bad.opensASecond].map(String);
    const hostile = new RunningProcess({ program: plan.hostile, args });
    try {
      const openMs = (1000 * bad.clients) / bad.opensASecond;
      await hostile.untilOutput(/^ready$/m, openMs + OPEN_SPARE_MS);
      const beside = await good();
      const during = await readResidentBytes(pid);
      hostile.endInput();
      const report = parseHostile(await hostile.untilEnd(OPEN_SPARE_MS));
      await pause(AFTER_MS);
      return {
        alone,
        beside,
        hostile: report,
        processors: (cpuSeconds(beside, 1) ?? Number.NaN) / beside.seconds,
        memory: { before, during, after: await readResidentBytes(pid) },
      };
    } finally {
      await hostile.stop();
    }
  } finally {
    await relay.program.stop();
  }
}

/** The bad clients' last line. Throws when it is no report. */
function parseHostile(output: string): HostileReport {
  return hostileSchema.parse(JSON.parse(output.trimEnd().split("\n").at(-1) ?? ""));
}
