// An engine whose workers break when a frame asks them to, in front of a light echo.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { onTestFinished } from "vitest";
import type { LinuxEngineOptions } from "../../../src/runtime/engine/linux/main/linux-engine-options.ts";
import { exportedUnpack, handWrittenProgram } from "../../../src/runtime/routing/hand-written.ts";
import { poolSpec } from "../../runtime/support/engine.ts";
import { type EngineKind, engineKinds, linuxEngineOf, startEngine } from "./engines.ts";

const HEAP_MB = 48;
const unpackUrl = new URL("./faulty-unpack.js", import.meta.url);

/** Kinds that have workers. */
export const linuxKinds = engineKinds.filter(({ name }) => name !== "portable");

export type Faulty = Awaited<ReturnType<typeof startFaulty>>;

async function faultyProgram() {
  const unpack = exportedUnpack(await import(unpackUrl.href));
  if (unpack === undefined) throw new Error("it exports no unpack");
  return handWrittenProgram(unpack, "faulty-unpack.js", "main", unpackUrl.href);
}

/** A backend that sends everything back, with a queue as long as the kernel allows. */
async function startLightEcho(): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => socket.write(bytes));
  });
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** It keeps what it is told of its workers. */
export async function startFaulty(kind: EngineKind, options: Partial<LinuxEngineOptions> = {}) {
  const program = await faultyProgram();
  const echo = await startLightEcho();
  const crashes: (Error | undefined)[] = [];
  const stalls: number[] = [];
  const running = await startEngine(kind, {
    pools: [poolSpec("main", [echo])],
    program,
    linux: {
      workerHeapMb: HEAP_MB,
      onCrash: (error) => crashes.push(error),
      onStale: (worker) => stalls.push(worker),
      ...options,
    },
  });
  const engine = linuxEngineOf(running.engine);
  return { ...running, engine, crashes, stalls };
}
