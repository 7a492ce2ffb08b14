// The demo's cast: three backends and a router in front of them, from files that exist in memory only.

import { createFileReader, type ReadSource } from "../../compiler/index.ts";
import { createLoader, type RunningRouter, startRouter, thisMachine } from "../../runtime/index.ts";
import { inputFailure } from "../failure.ts";
import { type Backends, startBackends } from "./backends.ts";
import {
  BACKENDS,
  type BackendName,
  CONFIGURATION_PATH,
  configurationText,
  DESCRIPTION_PATH,
  descriptionText,
  type ListenerName,
} from "./files.ts";
import { type ConnectionLine, readLogLine } from "./records.ts";

export interface Stage {
  /** Port of a listener on 127.0.0.1. */
  readonly portOf: (listener: ListenerName) => number;
  /** Edits the rule for stations of series B and has the router read its files again. */
  readonly editRule: (pool: BackendName) => Promise<void>;
  /** Ends every connection, then the router and the backends. */
  readonly close: () => Promise<void>;
}

/**
 * Starts everything on free ports of 127.0.0.1.
 * @param onConnection hears of each connection when it has ended
 */
export async function openStage(onConnection: (line: ConnectionLine) => void): Promise<Stage> {
  const backends = await startBackends(BACKENDS);
  const files = new Map([
    [CONFIGURATION_PATH, configurationText(backends.ports)],
    [DESCRIPTION_PATH, descriptionText("south")],
  ]);
  const started = await startRouter({
    configPath: CONFIGURATION_PATH,
    loader: createLoader({ ...createFileReader(), read: readFrom(files) }),
    machine: () => ({ ...thisMachine(), descriptors: undefined, memoryBytes: undefined }),
    logStream: {
      write: (line) => {
        const connection = readLogLine(line);
        if (connection !== undefined) onConnection(connection);
      },
    },
  });
  if (started.kind !== "running") {
    backends.close();
    throw inputFailure("the demo cannot start: it needs three free ports of 127.0.0.1");
  }
  return stageOf(started.router, backends, files);
}

function stageOf(router: RunningRouter, backends: Backends, files: Map<string, string>): Stage {
  const ports = new Map(
    router.addresses.map(({ listener, address }) => [
      listener,
      Number(address.slice(address.lastIndexOf(":") + 1)),
    ]),
  );
  return {
    portOf: (listener) => ports.get(listener) ?? 0,
    editRule: async (pool) => {
      files.set(DESCRIPTION_PATH, descriptionText(pool));
      await router.reload();
    },
    close: async () => {
      await router.drain({ graceMs: 0 });
      backends.close();
    },
  };
}

/** The demo's files, and the library from disk. */
function readFrom(files: ReadonlyMap<string, string>): ReadSource {
  const { read } = createFileReader();
  return (path) => {
    const text = files.get(path);
    return text === undefined ? read(path) : { kind: "text", text };
  };
}
