// How long a measurement will take, so that nobody waits without knowing.
import { COUNTING_MS } from "./call-counts.ts";
import { isLookedInto } from "./costs.ts";
import type { Mode } from "./modes.ts";
import { DIRECT } from "./peers.ts";
import { type Plan, roundsApart } from "./rounds.ts";

/** Beyond what a run counts: starting a program and ending what is under way; a relay of its own; its idle connections; bad clients. */
const RUN_SPARE_MS = 80;
const PEER_MS = 1_700;
const IDLE_MS = 2_100;
const BAD_MS = 3_800;

/** What it depends on. */
export type Extent = Pick<
  Plan,
  "modes" | "isDirectMeasured" | "rounds" | "warmUpMs" | "milliseconds"
> & { readonly peers: readonly { readonly name: string }[] };

/** About how long it will take, in milliseconds. */
export function plannedMs(plan: Extent): number {
  const peers = plan.peers.map(({ name }) => name);
  const names = plan.isDirectMeasured ? [DIRECT, ...peers] : peers;
  const each = (mode: Mode, name: string): number => {
    const isRelay = name !== DIRECT;
    if (mode.peers !== undefined && !mode.peers.includes(name)) return 0;
    if (mode.load === "idle") return isRelay ? IDLE_MS : 0;
    const run = plan.warmUpMs + plan.milliseconds * (mode.lengthened ?? 1) + RUN_SPARE_MS;
    if (mode.hostile === undefined) return run;
    const openMs = (1000 * mode.hostile.clients) / mode.hostile.opensASecond;
    return isRelay ? PEER_MS + 2 * run + openMs + BAD_MS : 0;
  };
  const rounds = (mode: Mode, name: string) =>
    mode.roundsMax === undefined
      ? Math.ceil(plan.rounds / roundsApart(name, mode.name))
      : Math.min(plan.rounds, mode.roundsMax);
  const ofMode = (mode: Mode) =>
    names.reduce((sum, name) => sum + rounds(mode, name) * each(mode, name), 0);
  const counted = plan.modes.flatMap((mode) =>
    peers.filter((name) => isLookedInto(name, mode.name)),
  );
  const others = peers.length * PEER_MS + counted.length * COUNTING_MS;
  return plan.modes.reduce((sum, mode) => sum + ofMode(mode), others);
}
