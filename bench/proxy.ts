// What relaying costs: ours against other proxies, the least possible relay and none at all, side by side on this machine.
import { rmSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { basename, extname, join, resolve } from "node:path";
import { buildC, repository } from "./proxy/build-native.ts";
import { chart } from "./proxy/chart.ts";
import { costTable } from "./proxy/costs.ts";
import type { Disturbance } from "./proxy/disturbance.ts";
import { proxySection, type Report, withSection } from "./proxy/document.ts";
import { floorTable, type Lookup } from "./proxy/floors.ts";
import { machineFacts, ticksASecond } from "./proxy/machine.ts";
import { MODES, type Mode } from "./proxy/modes.ts";
import { noiseFindings } from "./proxy/noise.ts";
import {
  PROXY_DEFAULTS,
  type ProxyOptions,
  parseProxyOptions,
  proxyUsage,
  WARM_UP_MS,
} from "./proxy/options.ts";
import { BACKENDS } from "./proxy/peers/peer.ts";
import { DIRECT, PEERS, REFERENCES } from "./proxy/peers.ts";
import { plannedMs } from "./proxy/planned-time.ts";
import { unusedPorts } from "./proxy/ports.ts";
import { readDescriptorLimit, readLoad } from "./proxy/proc-files.ts";
import { RunningProcess } from "./proxy/process.ts";
import { type Measured, measureRounds, type Plan } from "./proxy/rounds.ts";
import { summarize } from "./proxy/summary.ts";
import type { Row } from "./proxy/table.ts";

const CHOICES = {
  modes: MODES.map(({ name }) => name),
  peers: [DIRECT, ...PEERS.map(({ name }) => name)],
};
/** Of one idle connection: two sockets, and in Go a pipe for each direction that waits in `splice`. */
const DESCRIPTORS_EACH = 6;
/** Descriptors that a relay needs besides those of its connections. */
const SPARE_DESCRIPTORS = 1000;

/** Measures, prints the report, and writes it and its picture into the documents. Progress goes to standard error. */
export async function printProxy(
  write: (line: string) => void,
  args: readonly string[],
): Promise<void> {
  if (process.platform !== "linux") throw new Error("the benchmark of relays needs Linux");
  const options = readOptions(args);
  if (options === undefined) return;
  const folder = await mkdtemp(join(tmpdir(), "waybill-bench-"));
  const stop = (): never => {
    rmSync(folder, { recursive: true, force: true });
    return process.exit(130); // what was started ends with this process
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const load = await readLoad();
    const modes = await chosenModes(options);
    const measured = await measure(options, modes, folder);
    await publish(await reportOf(options, modes, measured, load), options, write);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await rm(folder, { recursive: true, force: true });
  }
}

function readOptions(args: readonly string[]): ProxyOptions | undefined {
  try {
    return parseProxyOptions(args, CHOICES);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${why}\nusage: ${proxyUsage(CHOICES)}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

/** With as many idle connections as the descriptors of every relay allow. */
async function chosenModes({ modes, idleConnections }: ProxyOptions): Promise<readonly Mode[]> {
  const possible = Math.floor(
    ((await readDescriptorLimit()) - SPARE_DESCRIPTORS) / DESCRIPTORS_EACH,
  );
  const connections = Math.max(1, Math.min(idleConnections, possible));
  return MODES.filter(({ name }) => modes.includes(name)).map((mode) =>
    mode.load === "idle"
      ? { ...mode, connections, title: `${mode.title} (of ${connections})` }
      : mode,
  );
}

async function measure(
  { peers, rounds, seconds }: ProxyOptions,
  modes: readonly Mode[],
  folder: string,
): Promise<Measured> {
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const generator = await buildC("generate", folder);
  const backend = await buildC("backend", folder);
  const hostile = await buildC("hostile", folder);
  if (generator === undefined || backend === undefined || hostile === undefined) {
    throw new Error("the load generator needs gcc (apt-get install gcc libc6-dev)");
  }
  const backendPort = await unusedPorts(BACKENDS);
  const backends = new RunningProcess({ program: backend, args: [String(backendPort)] });
  try {
    await backends.untilOutput(/^ready$/m);
    const plan: Plan = {
      modes,
      peers: PEERS.filter(({ name }) => peers.includes(name)),
      isDirectMeasured: peers.includes(DIRECT),
      rounds,
      warmUpMs: WARM_UP_MS,
      milliseconds: 1000 * seconds,
      generator,
      hostile,
      backendPort,
      backendPid: backends.pid,
      folder,
      ticksASecond: await ticksASecond(),
      tell,
    };
    tell(`This takes about ${Math.ceil(plannedMs(plan) / 60_000)} minutes.`);
    return await measureRounds(plan);
  } finally {
    await backends.stop();
  }
}

async function reportOf(
  options: ProxyOptions,
  modes: readonly Mode[],
  measured: Measured,
  load: number,
): Promise<Report> {
  const tables = modes.map((mode) => ({ mode, rows: rowsOf(mode, measured) }));
  const direct = tables.map(({ mode, rows }) => ({
    mode,
    result: rows.find(({ name }) => name === DIRECT)?.summary.result,
  }));
  return {
    date: new Date().toISOString().slice(0, 10),
    rounds: options.rounds,
    seconds: options.seconds,
    facts: await machineFacts(),
    noise: noiseFindings({ load, cores: cpus().length, direct, disturbances: allOf(measured) }),
    missing: PEERS.flatMap(({ name, title }) =>
      ["", ...modes.map((mode) => ` ${mode.name}`)].flatMap((part) => {
        const reason = measured.missing.get(`${name}${part}`);
        return reason === undefined ? [] : [[`${title}${part}`, reason] as const];
      }),
    ),
    tables,
    references: REFERENCES,
    floors: isOursMeasured(tables) ? floorTable(lookupIn(tables)) : [],
    costs: costTable(tables, measured.calls),
    uncounted: measured.uncounted,
    picture: pictureOf(basename(options.out ?? "benchmarks.md")),
    command: commandOf(options),
  };
}

function rowsOf(mode: Mode, { samples }: Measured): readonly Row[] {
  const entrants = [{ name: DIRECT, title: "direct", isOurs: false }, ...PEERS];
  return entrants.flatMap(({ name, title, isOurs }) => {
    const own = samples.get(name)?.get(mode.name);
    return own === undefined ? [] : [{ name, title, isOurs, summary: summarize(mode, own) }];
  });
}

function allOf({ samples }: Measured): readonly Disturbance[] {
  return [...samples.values()].flatMap((ofPeer) =>
    [...ofPeer.values()].flat().flatMap(({ disturbance }) => disturbance ?? []),
  );
}

function isOursMeasured(tables: Report["tables"]): boolean {
  return tables.some(({ rows }) => rows.some(({ isOurs }) => isOurs));
}

function lookupIn(tables: Report["tables"]): Lookup {
  return (peer, mode) =>
    tables.find((table) => table.mode.name === mode)?.rows.find(({ name }) => name === peer)
      ?.summary;
}

/** Only what was chosen otherwise. */
function commandOf({ modes, peers, rounds, seconds }: ProxyOptions): string {
  const parts = ["npm run bench -- proxy"];
  if (modes.length < CHOICES.modes.length) parts.push(`--modes ${modes.join(",")}`);
  if (peers.length < CHOICES.peers.length) parts.push(`--peers ${peers.join(",")}`);
  if (rounds !== PROXY_DEFAULTS.rounds) parts.push(`--rounds ${rounds}`);
  if (seconds !== PROXY_DEFAULTS.seconds) parts.push(`--seconds ${seconds}`);
  return parts.join(" ");
}

async function publish(
  report: Report,
  { out }: ProxyOptions,
  write: (line: string) => void,
): Promise<void> {
  const text = proxySection(report);
  write(text);
  if (out === undefined) {
    write("This is a part of the benchmark: it was written nowhere (--out FILE.md).");
    return;
  }
  const panels = report.tables.map(({ mode, rows }) => ({
    mode,
    bars: rows.flatMap(({ title, isOurs, summary: { result } }) =>
      result === undefined ? [] : [{ title, isOurs, result }],
    ),
  }));
  const path = resolve(repository, out);
  const document = await readFile(path, "utf8").catch(() => "");
  await writeFile(path, withSection(document, text));
  await writeFile(pictureOf(path), chart("Waybill and other relays", panels));
}

/** Beside the document, named after it. */
function pictureOf(document: string): string {
  return `${document.slice(0, document.length - extname(document).length)}-relays.svg`;
}
