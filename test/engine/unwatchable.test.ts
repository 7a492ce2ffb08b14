// The kernel refuses to watch a descriptor (ENOSPC, ENOMEM): nobody waits for what will never be heard of.
import { describe, expect, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  outcome,
  startBackend,
  startEcho,
} from "../runtime/support/sockets.ts";
import { backendOf, engineKinds, startEngine } from "./support/engines.ts";
import { unwatchableEntry } from "./support/unwatchable.ts";

const frame = starFrame("A01");

// The ring polls by itself.
const kinds = engineKinds.filter(({ name, workers }) => name === "epoll" && workers === 1);

describe.for(kinds)("$title", (kind) => {
  test("a client that has said nothing yet", async () => {
    const backend = await backendOf(startEcho());
    const { port, journal, engine } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
      isDeferred: false,
      linux: { entry: unwatchableEntry("connection", 1) },
    });
    const client = await openClient(port);
    await outcome(client);
    const [ended] = await journal.ends(1);
    expect(ended).toMatchObject({ reason: "local:ENOSPC", record: { state: "inspecting" } });
    expect(await exchange(port, frame)).toEqual(frame);
    await journal.ends(2);
    expect(engine.openConnections).toBe(0);
  });

  // One side, or both.
  test.for([1, 2])("one whose backend says nothing yet, %i refusals", async (failures) => {
    const silent = await backendOf(startBackend());
    const { port, journal, engine } = await startEngine(kind, {
      pools: [poolSpec("main", [silent.port])],
      linux: { entry: unwatchableEntry("connection", failures) },
    });
    const client = await openClient(port);
    client.write(frame);
    await outcome(client);
    const [ended] = await journal.ends(1);
    expect(ended?.reason).toBe("local:ENOSPC");
    expect(engine.openConnections).toBe(0);
    // The next one is watched.
    const next = await openClient(port);
    next.write(frame);
    const server = await silent.connection(1);
    server.end("well");
    next.end();
    await outcome(next);
    expect((await journal.ends(2))[1]?.reason).toBe("backend");
  });

  test("a socket that listens is watched once there is room", async () => {
    const backend = await backendOf(startEcho());
    const { port, journal } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
      linux: { entry: unwatchableEntry("listener", 3) },
    });
    expect(await exchange(port, frame)).toEqual(frame);
    expect(journal.acceptFailures).toEqual(["ENOSPC"]);
  });
});
