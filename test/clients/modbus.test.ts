// jsmodbus through waybill to two Modbus servers, chosen by unit id. From npm: runs wherever Node does.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { client as modbusClient, server as modbusServer } from "jsmodbus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withDeadline } from "../support/deadline.ts";
import { Stage } from "../support/stage.ts";
import { startWaybill, type Waybill } from "../support/waybill.ts";

const routes = `import "modbus";
router clients on Modbus {
  when unit in 1..9 -> north;
  when unit in (17, 247) -> north;
  when unit == 200 -> reject "retired";
  otherwise -> south;
}
`;

/** What holding register 0 of each server holds. */
const names = { north: 0x4e4e, south: 0x5353 } as const;

describe("jsmodbus, by unit id", () => {
  let stage: Stage;
  let waybill: Waybill;
  const servers: Server[] = [];
  const ports = { north: 0, south: 0 };

  beforeAll(async () => {
    stage = await Stage.open();
    for (const name of ["north", "south"] as const) {
      const server = await startModbus(names[name]);
      servers.push(server);
      ports[name] = (server.address() as AddressInfo).port;
    }
    waybill = await startWaybill(stage, { frame: routes, pools: ports });
  });
  afterAll(async () => {
    await stage.close();
    for (const server of servers) server.close();
  });

  test.for(["north", "south"] as const)("%s answers directly", async (server) => {
    expect(await readRegister(ports[server], 1)).toBe(names[server]);
  });

  test.for([
    [1, "north"],
    [9, "north"],
    [10, "south"],
    [17, "north"],
    [247, "north"],
    [255, "south"],
    [0, "south"],
  ] as const)("unit %i is read from %s", async ([unit, server]) => {
    expect(await readRegister(waybill.port, unit)).toBe(names[server]);
  });

  test("a refused unit is cut off", async () => {
    await expect(readRegister(waybill.port, 200)).rejects.toThrow(/unit 200/);
    await waybill.program.waitForOutput(/"explanation":"retired".*"msg":"refused"/);
  });
});

async function startModbus(value: number): Promise<Server> {
  const server = createServer();
  const holding = Buffer.alloc(32);
  holding.writeUInt16BE(value, 0);
  new modbusServer.TCP(server, { holding });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function readRegister(port: number, unit: number): Promise<number | undefined> {
  const socket = connect(port, "127.0.0.1");
  const client = new modbusClient.TCP(socket, unit, 5_000);
  try {
    await withDeadline(once(socket, "connect"), "a connection");
    const { response } = await client.readHoldingRegisters(0, 1);
    return response.body.valuesAsArray[0];
  } catch (error) {
    throw new Error(`unit ${unit}: ${JSON.stringify(error)}`, { cause: error });
  } finally {
    socket.destroy();
  }
}
