// A whole measurement in small: two rounds, one good relay, one that cannot start, one that relays nothing, and none at all.
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildC } from "../../../bench/proxy/build-native.ts";
import { MODES } from "../../../bench/proxy/modes.ts";
import { limit } from "../../../bench/proxy/peers/native-relays.ts";
import { BACKENDS, type Missing, type Peer, type Place } from "../../../bench/proxy/peers/peer.ts";
import { unusedPorts } from "../../../bench/proxy/ports.ts";
import { type Launch, RunningProcess } from "../../../bench/proxy/process.ts";
import { type Measured, measureRounds } from "../../../bench/proxy/rounds.ts";
import { debianProgram, describeWith } from "../../support/prerequisites.ts";
import { Stage } from "../../support/stage.ts";

const ROUNDS = 2;
const HELD = 50;
const BAD = 100;

function peer(name: string, prepare: (place: Place) => Launch | Missing): Peer {
  return { name, title: name, isOurs: false, prepare: async (place) => prepare(place) };
}

const node = (script: string, ...args: readonly string[]): Launch => ({
  program: process.execPath,
  args: ["-e", script, ...args],
});

const absent = peer("absent", () => ({ missing: "is not installed" }));
const broken = peer("broken", () => node("console.error('no such option'); process.exit(3)"));
const mute = peer("mute", ({ port }) =>
  node(
    "require('net').createServer((s) => s.on('error', () => 0).destroy()).listen(process.argv[1], '127.0.0.1')",
    `${port}`,
  ),
);
const renamed: Peer = { ...limit, name: "renamed", disowns: async () => "fell back" };

describeWith("rounds", [debianProgram("gcc", "gcc libc6-dev")], () => {
  let stage: Stage;
  let backends: RunningProcess;
  let measured: Measured;

  beforeAll(async () => {
    stage = await Stage.open();
    const backend = (await buildC("backend", stage.folder)) ?? "";
    const backendPort = await unusedPorts(BACKENDS);
    backends = new RunningProcess({ program: backend, args: [`${backendPort}`] });
    await backends.untilOutput(/^ready$/m);
    measured = await measureRounds({
      modes: MODES.filter(({ name }) => ["up", "conn", "idle", "bad"].includes(name)).map(
        ({ peers: _, ...mode }) => ({
          ...mode,
          connections: Math.min(mode.connections, HELD),
          ...(mode.hostile === undefined
            ? {}
            : { hostile: { clients: BAD, opensASecond: 10 * BAD } }),
        }),
      ),
      peers: [absent, broken, mute, renamed, limit],
      isDirectMeasured: true,
      rounds: ROUNDS,
      warmUpMs: 20,
      milliseconds: 100,
      generator: (await buildC("generate", stage.folder)) ?? "",
      hostile: (await buildC("hostile", stage.folder)) ?? "",
      backendPort,
      backendPid: backends.pid,
      folder: stage.folder,
      ticksASecond: 100,
      tell: () => undefined,
    });
  });

  afterAll(async () => {
    await backends.stop();
    await stage.close();
  });

  test("who cannot be measured is named with the reason", () => {
    expect(Object.fromEntries(measured.missing)).toEqual({
      absent: "is not installed",
      broken: "ended (3): no such option",
      mute: expect.stringContaining("relayed nothing"),
      renamed: "fell back",
    });
  });

  test("who can has a sample of each round and mode", () => {
    expect([...measured.samples.keys()]).toEqual(["direct", "limit"]);
    const own = measured.samples.get("limit");
    expect([...(own ?? [])].map(([mode, samples]) => [mode, samples.length])).toEqual([
      ["up", ROUNDS],
      ["conn", ROUNDS],
      ["idle", ROUNDS],
      ["bad", ROUNDS],
    ]);
    for (const [at, { round, cpu, loadSeconds }] of (own?.get("conn") ?? []).entries()) {
      expect(round).toBe(at);
      expect(cpu?.seconds).toBeGreaterThan(0);
      expect(cpu?.split.system).toBeGreaterThanOrEqual(0);
      expect(loadSeconds).toBeGreaterThan(0);
    }
    for (const { memory, report } of own?.get("idle") ?? []) {
      expect(report.held).toBe(HELD);
      expect(memory?.before).toBeGreaterThan(0);
    }
  });

  test("good clients are served without and beside bad ones", () => {
    for (const { beside } of measured.samples.get("limit")?.get("bad") ?? []) {
      expect(beside?.alone.operations).toBeGreaterThan(0);
      expect(beside?.beside.operations).toBeGreaterThan(0);
      expect(beside?.hostile.opened).toBeGreaterThanOrEqual(BAD);
      expect(beside?.hostile.failed).toBe(0);
      expect(beside?.memory.after).toBeGreaterThan(0);
    }
  });

  test("what else the machine did is known of every run", () => {
    for (const samples of measured.samples.get("limit")?.values() ?? []) {
      for (const { disturbance } of samples) {
        expect(disturbance?.others).toBeGreaterThanOrEqual(0);
        expect(disturbance?.others).toBeLessThanOrEqual(1.1);
      }
    }
  });

  test("without a relay there is neither CPU nor idle memory", () => {
    const direct = measured.samples.get("direct");
    expect([...(direct?.keys() ?? [])]).toEqual(["up", "conn"]);
    // No floor looks at it: it takes part in the first of two rounds, and would in the fourth.
    expect(direct?.get("conn")?.map(({ cpu }) => cpu)).toEqual([undefined]);
    for (const { loadSeconds } of direct?.get("conn") ?? []) {
      expect(loadSeconds).toBeGreaterThan(0);
    }
  });
});
