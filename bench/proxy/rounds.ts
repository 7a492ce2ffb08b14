// The measurement: every round runs every mode on every peer, one after another, so that a slow minute hits all.
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { errorCount, generate, type LoadReport, type Target } from "./generator.ts";
import type { Mode } from "./modes.ts";
import { BACKENDS, type Missing, type Peer, type Place } from "./peers/peer.ts";
import { DIRECT } from "./peers.ts";
import { unusedPorts } from "./ports.ts";
import { readCpuTime, readResidentBytes } from "./proc-files.ts";
import { RunningProcess } from "./process.ts";
import type { Sample } from "./summary.ts";

/** Load before the first round, so that code is compiled. */
const WARM_UP = { connections: 64, milliseconds: 300 };
/** Before memory is looked at: only that all code is there. What a heap grows by here would hide what connections take. */
const FIRST_TOUCH = { connections: 1, milliseconds: 200 };
/** From the last idle connection's answer to the look at the memory. */
const SETTLE_MS = 500;
/** Idle connections have so long to open. */
const OPEN_MS = 20_000;

/** What a measurement needs. */
export interface Plan {
  readonly modes: readonly Mode[];
  readonly peers: readonly Peer[];
  readonly isDirectMeasured: boolean;
  readonly rounds: number;
  readonly milliseconds: number;
  readonly generator: string;
  readonly backendPort: number;
  /** Temporary. */
  readonly folder: string;
  readonly ticksASecond: number;
  /** One line on what is going on. */
  readonly tell: (line: string) => void;
}

/** By peer and mode, in the order of the rounds; and why a peer, or "PEER MODE", is missing. */
export interface Measured {
  readonly samples: ReadonlyMap<string, ReadonlyMap<string, readonly Sample[]>>;
  readonly missing: ReadonlyMap<string, string>;
}

/** A peer at work. */
interface Relay {
  readonly peer: Peer;
  readonly program: RunningProcess;
}

interface Contestant {
  readonly name: string;
  readonly target: Target;
  readonly relay?: Relay;
}

export async function measureRounds(plan: Plan): Promise<Measured> {
  const missing = new Map<string, string>();
  const contestants = new Map<string, Contestant>();
  const samples = new Map<string, Map<string, Sample[]>>();
  if (plan.isDirectMeasured) {
    contestants.set(DIRECT, { name: DIRECT, target: { port: plan.backendPort, ports: BACKENDS } });
  }
  const drop = (name: string, reason: unknown) => {
    const text = reason instanceof Error ? reason.message : String(reason);
    missing.set(name, firstLine(text.replaceAll(`${plan.folder}/`, "")));
    plan.tell(`${name}: left out: ${missing.get(name)}`);
  };
  try {
    for (const peer of plan.peers) {
      const started = await startPeer(peer, plan, WARM_UP).catch((error: unknown) => ({
        missing: error,
      }));
      if ("missing" in started) drop(peer.name, started.missing);
      else contestants.set(peer.name, started);
    }
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const mode of plan.modes) {
        for (const contestant of rotated([...contestants.values()], round)) {
          const { name, relay } = contestant;
          const measurement = `${name} ${mode.name}`;
          if (missing.has(measurement) || (mode.load === "idle" && relay === undefined)) continue;
          try {
            const sample = await run(contestant, mode, plan);
            plan.tell(`round ${round + 1} ${mode.name} ${name}: ${tellOf(sample)}`);
            const ofPeer = samples.get(name) ?? new Map<string, Sample[]>();
            samples.set(name, ofPeer.set(mode.name, [...(ofPeer.get(mode.name) ?? []), sample]));
          } catch (error) {
            drop(measurement, error);
            if (relay?.program.hasEnded === true) contestants.delete(name);
          }
        }
      }
    }
  } finally {
    for (const { relay } of contestants.values()) await relay?.program.stop();
  }
  return { samples, missing };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** Each round begins with another one: being first, or behind a certain one, must not be an advantage. */
export function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

async function startPeer(
  peer: Peer,
  plan: Plan,
  effort: typeof WARM_UP,
): Promise<(Contestant & { readonly relay: Relay }) | Missing> {
  const folder = await mkdtemp(join(plan.folder, `${peer.name}-`));
  const port = await unusedPorts(1);
  const connections = Math.max(...plan.modes.map((mode) => mode.connections));
  const place: Place = { folder, port, backendPort: plan.backendPort, connections };
  const launch = await peer.prepare(place);
  if ("missing" in launch) return launch;
  const target = { port, ports: 1 };
  const program = new RunningProcess(launch);
  try {
    await program.untilListens(port);
    const fault = (await peer.disowns?.(program)) ?? (await warmUp(program, target, plan, effort));
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
  { generator }: Plan,
  { connections, milliseconds }: typeof WARM_UP,
): Promise<string | undefined> {
  const load = { load: "conn", connections, messageBytes: 1 } as const;
  const report = await generate(generator, load, target, milliseconds);
  if (report.operations > 0) return undefined;
  return `relayed nothing (${JSON.stringify(report.errors)}): ${program.output.trim()}`;
}

async function run({ target, relay }: Contestant, mode: Mode, plan: Plan): Promise<Sample> {
  if (relay === undefined) return { report: await load(mode, target, plan) };
  const { peer, program } = relay;
  if (program.hasEnded) throw new Error(`ended: ${program.output.trim().slice(0, 200)}`);
  if (mode.load === "idle") return await runIdle(peer, mode, plan);
  const before = await readCpuTime(program.pid, plan.ticksASecond);
  const report = await load(mode, target, plan);
  const after = await readCpuTime(program.pid, plan.ticksASecond);
  return { report, cpu: { user: after.user - before.user, system: after.system - before.system } };
}

function load(mode: Mode, target: Target, { generator, milliseconds }: Plan): Promise<LoadReport> {
  return generate(generator, mode, target, milliseconds);
}

/** In a process of its own: what earlier loads left in a heap would hide what connections take. */
async function runIdle(peer: Peer, mode: Mode, plan: Plan): Promise<Sample> {
  const fresh = await startPeer(peer, plan, FIRST_TOUCH);
  if ("missing" in fresh) throw new Error(fresh.missing);
  const { program } = fresh.relay;
  try {
    await pause(SETTLE_MS);
    const before = await readResidentBytes(program.pid);
    let held = before;
    const report = await generate(plan.generator, mode, fresh.target, OPEN_MS, async () => {
      await pause(SETTLE_MS);
      held = await readResidentBytes(program.pid);
    });
    return { report, memory: { before, held } };
  } finally {
    await program.stop();
  }
}

function tellOf({ report, cpu, memory }: Sample): string {
  const parts = [`${report.operations} operations`, `${(report.bytes / 1e9).toFixed(2)} GB`];
  if (cpu !== undefined) parts.push(`CPU ${(cpu.user + cpu.system).toFixed(2)} s`);
  if (memory !== undefined) parts.push(`${((memory.held - memory.before) / 1e6).toFixed(1)} MB`);
  const errors = errorCount(report);
  if (errors > 0) parts.push(`${errors} errors ${JSON.stringify(report.errors)}`);
  return `${parts.join(", ")} in ${report.seconds.toFixed(2)} s`;
}
