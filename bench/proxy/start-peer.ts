// Starts what is measured and warms it up: a peer counts only once it has relayed something.
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { generate, type Target } from "./generator.ts";
import type { Mode } from "./modes.ts";
import type { Missing, Peer, Place } from "./peers/peer.ts";
import { unusedPorts } from "./ports.ts";
import { RunningProcess } from "./process.ts";

/** Short connections before anything is measured. */
export interface Effort {
  readonly connections: number;
  readonly milliseconds: number;
}

/** Load before the first round, so that code is compiled. */
export const WARM_UP: Effort = { connections: 64, milliseconds: 1000 };
/** Before memory is looked at: only that all code is there. What a heap grows by here would hide what connections take. */
export const FIRST_TOUCH: Effort = { connections: 1, milliseconds: 200 };

/** Room for connections that have ended for their client while the relay has not yet come to them: with too little they are refused. */
const CONNECTIONS_LEAST = 1000;

/** Where and with what peers are started. */
export interface Ground {
  readonly modes: readonly Mode[];
  readonly generator: string;
  readonly backendPort: number;
  /** Temporary. */
  readonly folder: string;
}

/** A peer at work. */
export interface Relay {
  readonly peer: Peer;
  readonly program: RunningProcess;
}

export interface Contestant {
  readonly name: string;
  readonly target: Target;
  readonly relay?: Relay;
}

export async function startPeer(
  peer: Peer,
  ground: Ground,
  effort: Effort,
): Promise<(Contestant & { readonly relay: Relay }) | Missing> {
  const folder = await mkdtemp(join(ground.folder, `${peer.name}-`));
  const port = await unusedPorts(1);
  const connections = Math.max(
    CONNECTIONS_LEAST,
    ...ground.modes.map((mode) => mode.connections + (mode.hostile?.clients ?? 0)),
  );
  const place: Place = { folder, port, backendPort: ground.backendPort, connections };
  const launch = await peer.prepare(place);
  if ("missing" in launch) return launch;
  const target = { port, ports: 1 };
  const program = new RunningProcess(launch);
  try {
    await program.untilListens(port);
    const fault =
      (await peer.disowns?.(program)) ?? (await warmUp(program, target, ground, effort));
    if (fault === undefined) return { name: peer.name, target, relay: { peer, program } };
    await program.stop();
    return { missing: fault };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** @returns why it is no relay, or undefined */
async function warmUp(
  program: RunningProcess,
  target: Target,
  { generator }: Ground,
  { connections, milliseconds }: Effort,
): Promise<string | undefined> {
  const load = { load: "conn", connections, messageBytes: 1 } as const;
  const report = await generate(generator, load, target, { warmUpMs: 0, milliseconds });
  if (report.operations > 0) return undefined;
  return `relayed nothing (${JSON.stringify(report.errors)}): ${program.output.trim()}`;
}
