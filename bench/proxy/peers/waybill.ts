// Ours: the built command line with one listener, on one engine. The backend by a map of the keys, as HAProxy does it.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { repository } from "../build-native.ts";
import type { RunningProcess } from "../process.ts";
import { backendNumbers, keysWithBackends, type Peer, type Place } from "./peer.ts";

const FRAME = `import "star";

router stations on Star {
  map station file "keys.csv" -> pool;
  otherwise -> reject "not a key of the benchmark";
}
`;

/** Of the log line with which it begins. */
const ENGINE_SAID = /"engine":"([^"]+)"/;

/** As `engine:` in waybill.yaml names it. */
export type Engine = "portable" | "epoll" | "io_uring";

export function waybill(engine: Engine, workers = 1): Peer {
  const name = engine === "io_uring" ? "uring" : engine;
  return {
    name: workers === 1 ? name : `${name}-${workers}`,
    title: `Waybill, ${engine}${workers === 1 ? "" : `, ${workers} workers`}`,
    isOurs: true,
    async prepare(place) {
      const keys = keysWithBackends().map(([key, backend]) => `${key},b${backend}\n`);
      await writeFile(join(place.folder, "keys.csv"), keys.join(""));
      await writeFile(join(place.folder, "star-router.frame"), FRAME);
      const file = join(place.folder, "waybill.yaml");
      await writeFile(file, stringify(configuration(place, engine, workers)));
      const program = join(repository, "dist", "cli", "main.js");
      return { program: process.execPath, args: [program, "run", "--config", file] };
    },
    disowns: (program) => otherEngine(program, engine),
  };
}

/** A router that fell back is measured under its own name only. */
async function otherEngine(program: RunningProcess, wanted: Engine): Promise<string | undefined> {
  await program.untilOutput(ENGINE_SAID);
  const running = ENGINE_SAID.exec(program.output)?.[1];
  return running === wanted ? undefined : `fell back to ${running}`;
}

function configuration(
  { port, backendPort, connections }: Place,
  engine: Engine,
  workers: number,
): unknown {
  const pools = backendNumbers.map((n) => [
    `b${n}`,
    { backends: [`127.0.0.1:${backendPort + n}`] },
  ]);
  return {
    listeners: [
      {
        name: "clients",
        bind: `127.0.0.1:${port}`,
        router: "star-router.frame#stations",
        limits: { connections: connections + 100 },
      },
    ],
    pools: Object.fromEntries(pools),
    log: { connections: "off" },
    engine,
    workers,
  };
}
