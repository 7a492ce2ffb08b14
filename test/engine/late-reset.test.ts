// A backend that has answered and closed resets whoever still sends to it. What it had answered before arrives all the same, also where
// its client is slow to read.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { poolSpec } from "../runtime/support/engine.ts";
import { starFrame } from "../runtime/support/modules.ts";
import { readAll, readExactly, startBackend } from "../runtime/support/sockets.ts";
import { untilTrue } from "../support/deadline.ts";
import { backendOf, engineKinds, startEngine } from "./support/engines.ts";
import { connectFrom } from "./support/model-sockets.ts";
import { difference, pattern } from "./support/pattern.ts";

/** More than a client takes that does not read, and no more than we and the kernel hold for it. */
const ANSWER_BYTES = 150_000;
/** All that it sent was acknowledged, its end included (include/net/tcp_states.h). */
const FIN_WAIT_2 = "05";

/** The kernel's state of a connection of 127.0.0.1, by its two ports. */
function stateOf(port: number, peer: number): string | undefined {
  const at = (number: number) => `0100007F:${number.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/ +/))
    .find(([, own, other]) => own === at(port) && other === at(peer))?.[3];
}

async function finishAndClose(server: Socket, bytes: Buffer): Promise<void> {
  server.end(bytes);
  await once(server, "finish");
  server.destroy();
}

describe.for(engineKinds)("$title", (kind) => {
  test("the whole answer arrives", async () => {
    const backend = await backendOf(startBackend());
    const { port, journal } = await startEngine(kind, {
      pools: [poolSpec("main", [backend.port])],
    });
    const client = connectFrom("127.0.0.1", port, true);
    client.on("error", () => undefined);
    onTestFinished(() => void client.destroy());
    client.write(starFrame("A01"));
    const server = await backend.connection(0);
    const own = server.remotePort ?? 0;
    await readExactly(server, 40);
    const answer = pattern(ANSWER_BYTES);
    await finishAndClose(server, answer);
    const is = (state: string | undefined) => () =>
      Promise.resolve(stateOf(backend.port, own) === state);
    await untilTrue(is(FIN_WAIT_2), "the backend's bytes to be acknowledged");
    client.write("x");
    await untilTrue(is(undefined), "the backend to have sent its reset");
    expect(difference(await readAll(client), answer)).toBe("equal");
    client.end();
    await journal.ends(1);
  });
});
