// The measurement: every round runs every mode on every peer, one after another, so that a slow minute hits all.
import { setTimeout as pause } from "node:timers/promises";
import { runBad } from "./bad-run.ts";
import { type Calls, countCalls, whyNoCounts } from "./call-counts.ts";
import { isLookedInto } from "./costs.ts";
import { watched } from "./disturbance.ts";
import { isInFloors } from "./floors.ts";
import { type Course, cpuSeconds, errorCount, generate, type LoadReport } from "./generator.ts";
import type { Mode } from "./modes.ts";
import { BACKENDS, type Peer } from "./peers/peer.ts";
import { DIRECT } from "./peers.ts";
import { readAnonymousBytes, readCpuTime, readResidentBytes } from "./proc-files.ts";
import { type Contestant, FIRST_TOUCH, startPeer, WARM_UP } from "./start-peer.ts";
import type { Sample } from "./summary.ts";
import { asNeighbours, turnsOf } from "./turns.ts";

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
  /** Of each run: how long it goes on before it counts, and how long it counts. */
  readonly warmUpMs: number;
  readonly milliseconds: number;
  readonly generator: string;
  /** The program of `native/hostile.c`. */
  readonly hostile: string;
  readonly backendPort: number;
  readonly backendPid: number;
  /** Temporary. */
  readonly folder: string;
  readonly ticksASecond: number;
  /** One line on what is going on. */
  readonly tell: (line: string) => void;
}

/**
 * By peer and mode, in the order of the rounds; why a peer, or "PEER MODE", is missing; by "PEER MODE" the calls of those that
 * are looked into.
 */
export interface Measured {
  readonly samples: ReadonlyMap<string, ReadonlyMap<string, readonly Sample[]>>;
  readonly missing: ReadonlyMap<string, string>;
  readonly calls: ReadonlyMap<string, Calls>;
  /** Why calls, or some of them, were not counted. */
  readonly uncounted: readonly string[];
}

export async function measureRounds(plan: Plan): Promise<Measured> {
  const missing = new Map<string, string>();
  const contestants = new Map<string, Contestant>();
  const samples = new Map<string, Map<string, Sample[]>>();
  if (plan.isDirectMeasured) {
    contestants.set(DIRECT, { name: DIRECT, target: { port: plan.backendPort, ports: BACKENDS } });
  }
  const drop = (name: string, reason: unknown) => {
    missing.set(name, firstLine(textOf(reason).replaceAll(`${plan.folder}/`, "")));
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
        for (const contestant of turnsOf(asNeighbours([...contestants.values()]), round)) {
          const { name, relay } = contestant;
          const measurement = `${name} ${mode.name}`;
          if (missing.has(measurement) || !isOf(mode, contestant, round)) continue;
          try {
            const { result, disturbance } = await watched(plan.ticksASecond, () =>
              run(contestant, mode, plan),
            );
            const sample: Sample = { ...result, round, disturbance };
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
    return { samples, missing, ...(await countAll([...contestants.values()], plan)) };
  } finally {
    for (const { relay } of contestants.values()) await relay?.program.stop();
  }
}

/** Behind all rounds: nothing that counts is slowed down by it. */
async function countAll(
  contestants: readonly Contestant[],
  plan: Plan,
): Promise<Pick<Measured, "calls" | "uncounted">> {
  const calls = new Map<string, Calls>();
  const uncounted: string[] = [];
  const impossible = await whyNoCounts();
  if (impossible !== undefined) return { calls, uncounted: [impossible] };
  for (const mode of plan.modes) {
    for (const { name, relay, target } of contestants) {
      if (relay === undefined || !isLookedInto(name, mode.name)) continue;
      const measurement = `${name} ${mode.name}`;
      plan.tell(`system calls of ${measurement}`);
      const { generator, folder } = plan;
      const { pid } = relay.program;
      await countCalls(mode, { generator, folder, pid, target }).then(
        (each) => calls.set(measurement, each),
        (error: unknown) => uncounted.push(`${measurement}: ${firstLine(textOf(error))}`),
      );
    }
  }
  return { calls, uncounted };
}

function textOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** Who is in no floor is measured in every third round only: the time goes where something is decided. */
export function roundsApart(peer: string, mode: string): number {
  return isInFloors(peer, mode) ? 1 : 3;
}

/** Whether this one runs this mode in this round. */
function isOf(mode: Mode, { name, relay }: Contestant, round: number): boolean {
  if (round >= (mode.roundsMax ?? Number.POSITIVE_INFINITY)) return false;
  if (mode.roundsMax === undefined && round % roundsApart(name, mode.name) !== 0) return false;
  if (mode.peers !== undefined && !mode.peers.includes(name)) return false;
  // Without a relay there is nothing whose memory could be looked at.
  return relay !== undefined || (mode.load !== "idle" && mode.hostile === undefined);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

type Run = Omit<Sample, "round" | "disturbance">;

async function run({ target, relay }: Contestant, mode: Mode, plan: Plan): Promise<Run> {
  const { generator, warmUpMs, milliseconds, backendPid } = plan;
  const course = (...pids: readonly number[]): Course => ({ warmUpMs, milliseconds, pids });
  if (relay === undefined) {
    const report = await generate(generator, mode, target, course(backendPid));
    return { report, ...loadOf(report, 1) };
  }
  const { peer, program } = relay;
  if (program.hasEnded) throw new Error(`ended: ${program.output.trim().slice(0, 200)}`);
  if (mode.load === "idle") return await runIdle(peer, mode, plan);
  if (mode.hostile !== undefined) {
    const beside = await runBad(peer, mode, mode.hostile, plan);
    return { report: beside.beside, beside };
  }
  const before = await readCpuTime(program.pid, plan.ticksASecond);
  const report = await generate(generator, mode, target, course(program.pid, backendPid));
  const after = await readCpuTime(program.pid, plan.ticksASecond);
  const seconds = cpuSeconds(report, 1);
  const split = { user: after.user - before.user, system: after.system - before.system };
  return {
    report,
    ...(seconds === undefined ? {} : { cpu: { seconds, split } }),
    ...loadOf(report, 2),
  };
}

/** CPU of generator and backends; `backends`: their place among the processes that were watched. */
function loadOf(report: LoadReport, backends: number): Pick<Run, "loadSeconds"> {
  const [own, theirs] = [cpuSeconds(report, 0), cpuSeconds(report, backends)];
  return own === undefined || theirs === undefined ? {} : { loadSeconds: own + theirs };
}

/** In a process of its own: what earlier loads left in a heap would hide what connections take. */
async function runIdle(peer: Peer, mode: Mode, plan: Plan): Promise<Run> {
  const fresh = await startPeer(peer, plan, FIRST_TOUCH);
  if ("missing" in fresh) throw new Error(fresh.missing);
  const { program } = fresh.relay;
  try {
    await pause(SETTLE_MS);
    const before = await readResidentBytes(program.pid);
    const anonymous = await readAnonymousBytes(program.pid);
    let held = before;
    const report = await generate(plan.generator, mode, fresh.target, {
      warmUpMs: 0,
      milliseconds: OPEN_MS,
      meanwhile: async () => {
        await pause(SETTLE_MS);
        held = await readResidentBytes(program.pid);
      },
    });
    return { report, memory: { before, anonymous, held } };
  } finally {
    await program.stop();
  }
}

function tellOf({ report, cpu, memory, beside }: Run): string {
  const parts = [`${report.operations} operations`, `${(report.bytes / 1e9).toFixed(2)} GB`];
  if (cpu !== undefined) parts.push(`CPU ${cpu.seconds.toFixed(2)} s`);
  if (memory !== undefined) parts.push(`${((memory.held - memory.before) / 1e6).toFixed(1)} MB`);
  if (beside !== undefined) {
    const { before, during, after } = beside.memory;
    const sizes = [before, during, after].map((bytes) => (bytes / 1e6).toFixed(1));
    parts.push(`${beside.hostile.opened} bad`, `${sizes.join(" – ")} MB`);
  }
  const errors = errorCount(report);
  if (errors > 0) parts.push(`${errors} errors ${JSON.stringify(report.errors)}`);
  return `${parts.join(", ")} in ${report.seconds.toFixed(2)} s`;
}
