// A key that is longer than what engines keep of it for the log is shown as cut.
import { expect, test } from "vitest";
import { createLoader } from "../../src/runtime/reload/compiling-loader.ts";
import { poolSpec } from "../runtime/support/engine.ts";
import { exchange, startEcho } from "../runtime/support/sockets.ts";
import { backendOf, engineKinds, startEngine } from "./support/engines.ts";

const LENGTH = 100;

const description = `protocol Long {
  frame { start "*"; text[${LENGTH}] name; }
  key name = name trim right " ";
}
router main on Long { otherwise -> main by name; }
`;

const loader = createLoader({
  read: (path) =>
    path === "long.frame"
      ? { kind: "text", text: description }
      : { kind: "error", code: "missing", message: "no such file" },
  readList: (path) => ({ kind: "error", path, reason: "no such file" }),
});

test.for(engineKinds.filter(({ workers }) => workers === 1))("$title", async (kind) => {
  const loaded = await loader.loadFrame("long.frame");
  const program = loaded.routers.get("main")?.program;
  if (program === undefined) throw new Error("the description does not compile");
  const backend = await backendOf(startEcho());
  const { port, journal } = await startEngine(kind, {
    pools: [poolSpec("main", [backend.port])],
    program,
  });
  const whole = "0123456789".repeat(LENGTH / 10);
  const keys = [whole, whole.slice(0, 65), whole.slice(0, 64), "short"];
  for (const [index, key] of keys.entries()) {
    const frame = Buffer.from(`*${key.padEnd(LENGTH)}`);
    expect(await exchange(port, frame)).toEqual(frame);
    const shown = (await journal.ends(index + 1))[index]?.record.key ?? "";
    const isCut = shown.endsWith("…");
    expect(key.startsWith(isCut ? shown.slice(0, -1) : shown)).toBe(true);
    expect(isCut || shown === key).toBe(true);
    if (key.length <= 64) expect(shown).toBe(key);
  }
});
