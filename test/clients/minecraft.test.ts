// A Minecraft client through waybill to two servers, chosen by the address it names in its handshake.
// The package is not the project's own dependency (its data is large): `npm ci --prefix test/clients/minecraft`.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { unusedPort } from "../support/port.ts";
import { describeWith } from "../support/prerequisites.ts";
import { runSuccessfully } from "../support/program.ts";
import { Stage } from "../support/stage.ts";
import { startWaybill, type Waybill } from "../support/waybill.ts";

const folder = fileURLToPath(new URL("minecraft", import.meta.url));
const clientPackage = {
  name: "minecraft-protocol",
  isPresent: existsSync(`${folder}/node_modules/minecraft-protocol`),
  mend: "npm ci --prefix test/clients/minecraft",
  requiredBy: "WAYBILL_REQUIRE_CLIENTS",
};

const routes = `import "minecraft";
router clients on Minecraft {
  when address in ("north.example", "play.north.example") -> north;
  otherwise -> south;
}
`;

describeWith("minecraft-protocol, by the address in the handshake", [clientPackage], () => {
  let stage: Stage;
  let waybill: Waybill;
  const servers = { north: 0, south: 0 };

  beforeAll(async () => {
    stage = await Stage.open();
    servers.north = await startServer(stage, "north");
    servers.south = await startServer(stage, "south");
    waybill = await startWaybill(stage, { frame: routes, pools: servers });
  });
  afterAll(() => stage.close());

  test.for(["north", "south"] as const)("%s answers directly", async (server) => {
    expect(await visit("status", servers[server], "any.example")).toContain(server);
  });

  test.for([
    ["status", "north.example", "north"],
    ["status", "play.north.example", "north"],
    ["status", "south.example", "south"],
    ["login", "north.example", "waybill met north"],
    ["login", "elsewhere.example", "waybill met south"],
  ] as const)("%s for %s: %s", async ([mode, address, answer]) => {
    expect(await visit(mode, waybill.port, address)).toContain(answer);
  });
});

async function startServer(stage: Stage, name: string): Promise<number> {
  const port = await unusedPort();
  const args = [`${folder}/server.mjs`, String(port), name];
  await stage.startServer(name, port, { program: process.execPath, args });
  return port;
}

function visit(mode: "status" | "login", port: number, address: string): Promise<string> {
  const args = [`${folder}/client.mjs`, mode, String(port), address];
  return runSuccessfully({ program: process.execPath, args });
}
