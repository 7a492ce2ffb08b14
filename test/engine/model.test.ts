// Any interleaving of what clients and backends can do, against a simple model of a correct relay: two queues a connection. The
// seed of a failure is printed; WAYBILL_MODEL_SEED and WAYBILL_MODEL_PATH play it again, WAYBILL_MODEL_RUNS asks for more.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { engineKinds } from "./support/engines.ts";
import { play } from "./support/model-run.ts";
import { scripts } from "./support/model-script.ts";
import { openPipes, openSockets, startWorld, type Way, type World } from "./support/model-world.ts";

const { env } = process;
const RUNS = Number(env["WAYBILL_MODEL_RUNS"] ?? 80);
const STEPS = 60;
/** From so many runs on it is certain that some have spliced. */
const RUNS_THAT_SPLICE = 60;
const SHRINK_MS = Number(env["WAYBILL_MODEL_LIMIT_MS"] ?? 60_000);

/** Two workers share all that is shared on either driver: one of them does. */
const kinds = engineKinds.filter(({ title }) => title !== "epoll, two workers");

const ways: readonly { readonly way: Way; readonly runs: number }[] = [
  { way: "tcp", runs: RUNS },
  { way: "deferred", runs: Math.ceil(RUNS / 4) },
  { way: "unix", runs: Math.ceil(RUNS / 4) },
];

describe.for(kinds)("$title", (kind) => {
  test.for(ways)(
    "$runs runs of a model: $way",
    { timeout: SHRINK_MS + 30_000 },
    async ({ way, runs }) => {
      const socketsBefore = openSockets();
      let world: World | undefined;
      const property = fc.asyncProperty(scripts(STEPS), async (script) => {
        world ??= await startWorld(kind, way);
        try {
          await play(world, script);
        } catch (error) {
          await world.close();
          world = undefined;
          throw error;
        }
      });
      const seed = env["WAYBILL_MODEL_SEED"];
      const path = env["WAYBILL_MODEL_PATH"];
      await fc.assert(property, {
        numRuns: runs,
        interruptAfterTimeLimit: SHRINK_MS,
        markInterruptAsFailure: true,
        endOnFailure: env["WAYBILL_MODEL_SHRINK"] !== "1",
        ...(seed === undefined ? {} : { seed: Number(seed) }),
        ...(path === undefined ? {} : { path }),
      });
      if (kind.name !== "portable" && runs >= RUNS_THAT_SPLICE)
        expect(openPipes()).toBeGreaterThan(0);
      await world?.close();
      expect(openSockets()).toBeLessThanOrEqual(socketsBefore);
    },
  );
});
