// mosquitto's own clients through waybill to two brokers, chosen by client id; and routes changed under their traffic.
import { afterAll, beforeAll, expect, test } from "vitest";
import { unusedPort } from "../support/port.ts";
import { debianProgram, describeWith, programPath } from "../support/prerequisites.ts";
import { type RunningProgram, runSuccessfully, runToEnd } from "../support/program.ts";
import { Stage } from "../support/stage.ts";
import { startWaybill, type Waybill } from "../support/waybill.ts";

const programs = [
  debianProgram("mosquitto", "mosquitto"),
  debianProgram("mosquitto_pub", "mosquitto-clients"),
  debianProgram("mosquitto_sub", "mosquitto-clients"),
];
const versions = ["mqttv31", "mqttv311", "mqttv5"];

const routes = (otherwise: string) => `import "mqtt";
router clients on MQTT {
  when client like "north-*" -> north;
  when client like "banned-*" -> reject "banned";
  otherwise -> ${otherwise};
}
`;

describeWith("mosquitto clients, by client id", programs, () => {
  let stage: Stage;
  let waybill: Waybill;
  let brokers: Readonly<Record<"north" | "south", Broker>>;

  beforeAll(async () => {
    stage = await Stage.open();
    brokers = {
      north: await startBroker(stage, "north"),
      south: await startBroker(stage, "south"),
    };
    const pools = { north: brokers.north.port, south: brokers.south.port };
    waybill = await startWaybill(stage, { frame: routes("south"), pools });
  });
  afterAll(() => stage.close());

  test.for(["north", "south"] as const)("%s answers its own clients", async (broker) => {
    expect(await ownName(brokers[broker].port, "direct", "mqttv311")).toBe(broker);
  });

  test.for(versions)("%s: the client id chooses the broker", async (version) => {
    expect(await ownName(waybill.port, "north-17", version)).toBe("north");
    expect(await ownName(waybill.port, "south-17", version)).toBe("south");
  });

  test.for(versions)("%s: what is published arrives at that broker alone", async (version) => {
    const topic = `news/${version}`;
    const inNorth = await subscribe(
      stage,
      brokers.north.port,
      brokers.north,
      `n-${version}`,
      topic,
    );
    const inSouth = await subscribe(
      stage,
      brokers.south.port,
      brokers.south,
      `s-${version}`,
      topic,
    );
    await publish(waybill.port, "other-1", version, topic, "for the south");
    await publish(waybill.port, "north-1", version, topic, "for the north");
    expect([await onlyMessage(inNorth), await onlyMessage(inSouth)]).toEqual([
      "for the north",
      "for the south",
    ]);
  });

  test("credentials, a will and properties lie around the client id, and do not mislead", async () => {
    const more = [
      "-u",
      "north-user",
      "-P",
      "north-password",
      "--will-topic",
      "north-1",
      "--will-payload",
      "x",
    ];
    const properties = ["-D", "connect", "user-property", "north-1", "north-1"];
    expect(await ownName(waybill.port, "s", "mqttv311", more)).toBe("south");
    expect(await ownName(waybill.port, "north-9", "mqttv5", [...more, ...properties])).toBe(
      "north",
    );
    expect(await ownName(waybill.port, "s", "mqttv5", [...more, ...properties])).toBe("south");
  });

  test("a refused client is cut off before any broker sees it", async () => {
    const args = ["-p", String(waybill.port), "-i", "banned-1", "-t", "t", "-m", "m"];
    const { status } = await runToEnd({ program: programPath("mosquitto_pub"), args });
    expect(status).not.toBe(0);
    await waybill.program.waitForOutput(/"explanation":"banned".*"msg":"refused"/);
  });

  test("new routes take new clients, and no running client notices", async () => {
    const stays = await subscribe(stage, waybill.port, brokers.south, "traveller", "weather");
    let isReloading = true;
    const traffic = steadyTraffic(waybill.port, () => isReloading);
    await waybill.reload(routes("north"));
    expect(await ownName(waybill.port, "newcomer", "mqttv5")).toBe("north");
    await waybill.reload(routes("south"));
    expect(await ownName(waybill.port, "newcomer", "mqttv5")).toBe("south");
    isReloading = false;
    const served = await traffic;
    expect(served.length).toBeGreaterThan(0);
    expect(served.filter((broker) => broker !== "north")).toEqual([]);

    await publish(brokers.south.port, "direct", "mqttv5", "weather", "still there");
    expect(await onlyMessage(stays)).toBe("still there");
  });

  test("routes with a mistake change nothing", async () => {
    await expect(waybill.reload(routes("nowhere"))).rejects.toThrow(/nowhere/);
    expect(await ownName(waybill.port, "newcomer", "mqttv5")).toBe("south");
  });
});

interface Broker {
  readonly port: number;
  readonly program: RunningProgram;
}

async function startBroker(stage: Stage, name: string): Promise<Broker> {
  const port = await unusedPort();
  const config = `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`;
  const file = await stage.write(`${name}.conf`, `${config}log_dest stderr\nlog_type all\n`);
  const command = { program: programPath("mosquitto"), args: ["-c", file] };
  const program = await stage.startServer(name, port, command);
  await publish(port, "setup", "mqttv5", "name", name, ["-r"]);
  return { port, program };
}

async function publish(
  port: number,
  id: string,
  version: string,
  topic: string,
  message: string,
  more: readonly string[] = [],
): Promise<void> {
  const target = ["-h", "127.0.0.1", "-p", String(port), "-i", id, "-V", version];
  const args = [...target, "-t", topic, "-m", message, "-q", "1", ...more];
  await runSuccessfully({ program: programPath("mosquitto_pub"), args });
}

/** What the broker calls itself: the retained message that it was given at its start. */
async function ownName(
  port: number,
  id: string,
  version: string,
  more: readonly string[] = [],
): Promise<string> {
  const target = ["-h", "127.0.0.1", "-p", String(port), "-i", id, "-V", version];
  const args = [...target, "-t", "name", "-C", "1", "-W", "10", ...more];
  return (await runSuccessfully({ program: programPath("mosquitto_sub"), args })).trim();
}

/** A client that stays until it got one message; `broker` has answered its subscription when this resolves. */
async function subscribe(stage: Stage, port: number, broker: Broker, id: string, topic: string) {
  const target = ["-h", "127.0.0.1", "-p", String(port), "-i", id, "-V", "mqttv5"];
  const program = stage.start(id, {
    program: programPath("mosquitto_sub"),
    args: [...target, "-t", topic, "-C", "1"],
  });
  await broker.program.waitForOutput(new RegExp(`Sending SUBACK to ${id}\\b`));
  return program;
}

async function onlyMessage(subscriber: RunningProgram): Promise<string> {
  await subscriber.ended();
  return subscriber.output.trim();
}

/** Clients of the north, one after another, as long as wanted; any that fails rejects. */
async function steadyTraffic(port: number, isWanted: () => boolean): Promise<readonly string[]> {
  const served: string[] = [];
  for (let count = 0; isWanted(); count += 1) {
    served.push(await ownName(port, `north-${count}`, "mqttv311"));
  }
  return served;
}
