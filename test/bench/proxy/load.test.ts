// The generator against the backends, without a relay and through the least possible one; and what is wrong on the way is
// seen. Short runs: nothing here is a measurement.
import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildC } from "../../../bench/proxy/build-native.ts";
import {
  type Course,
  cpuSeconds,
  errorCount,
  generate,
  type LoadReport,
} from "../../../bench/proxy/generator.ts";
import { percentileNs } from "../../../bench/proxy/histogram.ts";
import { MODES, type Mode } from "../../../bench/proxy/modes.ts";
import { BACKENDS } from "../../../bench/proxy/peers/peer.ts";
import { unusedPorts } from "../../../bench/proxy/ports.ts";
import { RunningProcess } from "../../../bench/proxy/process.ts";
import { debianProgram, describeWith } from "../../support/prerequisites.ts";
import { Stage } from "../../support/stage.ts";

const RUN_MS = 100;
const WARM_UP_MS = 20;

describeWith("load generator and backends", [debianProgram("gcc", "gcc libc6-dev")], () => {
  let stage: Stage;
  let backends: RunningProcess;
  let backendPort = 0;
  const programs = new Map<string, string>();

  beforeAll(async () => {
    stage = await Stage.open();
    for (const name of ["generate", "backend", "limit"]) {
      programs.set(name, (await buildC(name, stage.folder)) ?? "");
    }
    backendPort = await unusedPorts(BACKENDS);
    backends = new RunningProcess({ program: program("backend"), args: [`${backendPort}`] });
    await backends.untilOutput(/^ready$/m);
  });

  afterAll(async () => {
    await backends.stop();
    await stage.close();
  });

  function program(name: string): string {
    return programs.get(name) ?? "";
  }

  function load(
    mode: Mode,
    port: number,
    ports: number,
    course: Partial<Course> = {},
  ): Promise<LoadReport> {
    const connections = Math.min(mode.connections, 100);
    return generate(
      program("generate"),
      { ...mode, connections },
      { port, ports },
      { warmUpMs: WARM_UP_MS, milliseconds: RUN_MS, ...course },
    );
  }

  /** Enough of everything, and nothing wrong. */
  function expectGood(mode: Mode, report: LoadReport): void {
    expect(report.errors).toEqual({
      connect: 0,
      early: 0,
      misrouted: 0,
      corrupt: 0,
      unanswered: 0,
    });
    if (mode.load === "up" || mode.load === "down") expect(report.bytes).toBeGreaterThan(1e6);
    else {
      expect(report.operations).toBeGreaterThan(0);
      expect(percentileNs(report.latency, 0.5)).toBeGreaterThan(1000);
      const counted = report.latency.reduce((sum, [, count]) => sum + count, 0);
      expect(counted).toBe(report.operations);
    }
    if (mode.load === "idle") expect(report.held).toBe(100);
  }

  test.for(MODES)("$name, without a relay", async (mode) => {
    expectGood(mode, await load(mode, backendPort, BACKENDS));
  });

  test.for(MODES)("$name, through the least possible relay", async (mode) => {
    const port = await unusedPorts(1);
    const relay = new RunningProcess({
      program: program("limit"),
      args: [`${port}`, `${backendPort}`],
    });
    try {
      await relay.untilListens(port);
      expectGood(mode, await load(mode, port, 1));
    } finally {
      await relay.stop();
    }
  });

  test.for(MODES.filter(({ load: kind }) => kind !== "idle"))(
    "$name: what is counted, and the CPU, is of the time that was asked for, without the warm-up",
    async (mode) => {
      const report = await load(mode, backendPort, BACKENDS, { pids: [backends.pid] });
      // It ends with the first look at the clock behind it.
      expect(report.seconds).toBeGreaterThanOrEqual(RUN_MS / 1000);
      expect(report.seconds).toBeLessThan(RUN_MS / 100);
      expect(report.cpuNs).toHaveLength(2);
      for (const index of [0, 1]) {
        const seconds = cpuSeconds(report, index);
        expect(seconds).toBeGreaterThan(0);
        // One thread each; processor time is told to a tick.
        expect(seconds).toBeLessThan(report.seconds + 0.01);
      }
    },
  );

  test("a process that has ended has no CPU to read", async () => {
    const ended = new RunningProcess({ program: process.execPath, args: ["-e", ""] });
    await ended.untilEnd(10_000);
    const [mode] = MODES.filter(({ name }) => name === "rr1");
    if (mode === undefined) throw new Error("no mode rr1");
    const report = await load(mode, backendPort, BACKENDS, { pids: [ended.pid, backends.pid] });
    expect(report.cpuNs[1]).toBe(-1);
    expect(cpuSeconds(report, 1)).toBeUndefined();
    expect(cpuSeconds(report, 2)).toBeGreaterThan(0);
    expect(cpuSeconds(report, 3)).toBeUndefined();
  });

  const conn = MODES.filter(({ name }) => name === "conn");

  test.for(conn)("a relay that always takes the first backend misroutes", async (mode) => {
    const report = await load(mode, backendPort, 1);
    expect(report.errors.misrouted).toBeGreaterThan(0);
    expect(report.operations).toBeGreaterThan(0);
  });

  test.for(conn)("at a rate: no more than that, until what it is for is done", async (mode) => {
    const run = { ...mode, rate: 1000 };
    const target = { port: backendPort, ports: BACKENDS };
    const whole = await generate(program("generate"), run, target, {
      warmUpMs: 0,
      milliseconds: RUN_MS,
    });
    const cut = await generate(program("generate"), run, target, {
      warmUpMs: 0,
      milliseconds: 60_000,
      meanwhile: async () => {
        await load(mode, backendPort, BACKENDS);
      },
    });
    expect(cut.seconds).toBeLessThan(30);
    for (const report of [whole, cut]) {
      expect(report.begun).toBeGreaterThan(0);
      expect(report.begun).toBeLessThanOrEqual(Math.ceil(1000 * report.seconds));
      expect(report.answered).toBe(report.begun);
      expect(errorCount(report)).toBe(0);
    }
  });

  test.for(conn)("nobody listens: every connect is an error, and it ends", async (mode) => {
    const report = await load(mode, await unusedPorts(1), 1);
    expect(report.operations).toBe(0);
    expect(report.errors.connect).toBeGreaterThan(0);
    expect(errorCount(report)).toBe(report.errors.connect);
  });

  test.for(MODES.filter(({ name }) => name === "rr64" || name === "down"))(
    "$name: a byte that was changed on the way is seen",
    async (mode) => {
      const server = createServer((client) => falsify(client, backendPort));
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve);
      });
      const address = server.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      try {
        const report = await load({ ...mode, connections: 1 }, port, 1);
        expect(report.errors).toMatchObject({ corrupt: 1, misrouted: 0 });
      } finally {
        server.close();
      }
    },
  );

  test("arguments that are none end with status 2's message", async () => {
    const args = ["conn", "0", "1", "1", "0", "1", "1", "0"];
    const generator = new RunningProcess({ program: program("generate"), args });
    await expect(generator.untilEnd(5_000)).rejects.toThrow("0 is not a number from 1 to");
  });
});

/** Relays to the first backend; of what comes back, the byte behind the answer to the frame is another one. */
function falsify(client: Socket, backendPort: number): void {
  const backend = connect(backendPort, "127.0.0.1");
  let seen = 0;
  client.pipe(backend);
  backend.on("data", (chunk) => {
    const at = 16 - seen;
    if (at >= 0 && at < chunk.length) chunk.writeUInt8(chunk.readUInt8(at) ^ 1, at);
    seen += chunk.length;
    client.write(chunk);
  });
  for (const socket of [client, backend]) {
    socket.on("error", () => undefined);
    socket.on("close", () => {
      client.destroy();
      backend.destroy();
    });
  }
}
