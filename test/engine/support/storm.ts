// Thousands of new connections a second from the load generator of the benchmark, each to be answered by the backend of its key.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { buildC } from "../../../bench/proxy/build-native.ts";
import { generate, type LoadReport } from "../../../bench/proxy/generator.ts";
import { BACKENDS, backendNumbers, keysWithBackends } from "../../../bench/proxy/peers/peer.ts";
import { unusedPorts } from "../../../bench/proxy/ports.ts";
import { RunningProcess } from "../../../bench/proxy/process.ts";
import type { PoolSpec } from "../../../src/runtime/pool/pool.ts";
import { createLoader } from "../../../src/runtime/reload/compiling-loader.ts";
import type { RouterProgram } from "../../../src/runtime/routing/program.ts";
import { poolSpec } from "../../runtime/support/engine.ts";
import { debianProgram } from "../../support/prerequisites.ts";

/** What it takes. */
export const stormNeeds = [debianProgram("gcc", "gcc libc6-dev")];

/** Open at a time, at most: half a second's worth, so that a router that pauses does not hold up those who come. */
const CONNECTIONS_MAX = 3000;
/** Of what may wait at one listening socket: a kernel whose queue is full drops connections, whoever listens. */
const QUEUE_SHARE = 0.8;
/** It ends after so long whatever goes on. */
const STORM_MAX_MS = 60_000;

const rules = `import "star";

router main on Star {
  map station file "keys.csv" -> pool;
  otherwise -> reject "not a key of the storm";
}
`;

/** What became of a storm. */
export interface Blown extends LoadReport {
  /** Of the processors' time meanwhile, the share that nobody used. */
  readonly idleShare: number;
}

export interface Storm {
  /** Routes each key to the pool of its backend. */
  readonly program: RouterProgram;
  /** The same as a file. */
  readonly rules: string;
  readonly pools: readonly PoolSpec[];
  /** Begins `rate` connections a second on `port`, however many were answered, until `meanwhile` is done. */
  blow(port: number, rate: number, meanwhile: () => Promise<void>): Promise<Blown>;
  close(): Promise<void>;
}

function connectionsAtATime(): number {
  const queue = Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"));
  return Math.min(CONNECTIONS_MAX, Math.floor(queue * QUEUE_SHARE));
}

function processorsMs(): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    for (const each of Object.values(times)) all += each;
  }
  return { idle, all };
}

export async function startStorm(): Promise<Storm> {
  const folder = mkdtempSync(join(tmpdir(), "waybill-storm-"));
  const [generator, backend] = [await buildC("generate", folder), await buildC("backend", folder)];
  if (generator === undefined || backend === undefined) throw new Error("no gcc");
  const backendPort = await unusedPorts(BACKENDS);
  const backends = new RunningProcess({ program: backend, args: [String(backendPort)] });
  await backends.untilOutput(/^ready$/m);
  const keys = keysWithBackends().map(([key, number]) => `${key},b${number}\n`);
  const rulesFile = join(folder, "storm.frame");
  writeFileSync(join(folder, "keys.csv"), keys.join(""));
  writeFileSync(rulesFile, rules);
  const loaded = await createLoader().loadFrame(rulesFile);
  const program = loaded.routers.get("main")?.program;
  if (program === undefined) throw new Error("the rules do not compile");
  return {
    program,
    rules: rulesFile,
    pools: backendNumbers.map((number) => poolSpec(`b${number}`, [backendPort + number])),
    async blow(port, rate, meanwhile) {
      const before = processorsMs();
      const report = await generate(
        generator,
        { load: "conn", connections: connectionsAtATime(), messageBytes: 1, rate },
        { port, ports: 1 },
        { warmUpMs: 0, milliseconds: STORM_MAX_MS, meanwhile },
      );
      const after = processorsMs();
      return { ...report, idleShare: (after.idle - before.idle) / (after.all - before.all) };
    },
    async close() {
      await backends.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
