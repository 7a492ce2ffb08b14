// redis-cli through waybill to two redis servers, chosen by the key of the first command.
import { afterAll, beforeAll, expect, test } from "vitest";
import { unusedPort } from "../support/port.ts";
import { debianProgram, describeWith, programPath } from "../support/prerequisites.ts";
import { runSuccessfully } from "../support/program.ts";
import { Stage } from "../support/stage.ts";
import { startWaybill, type Waybill } from "../support/waybill.ts";

const programs = [
  debianProgram("redis-server", "redis-server"),
  debianProgram("redis-cli", "redis-tools"),
];

const routes = `import "resp";
router clients on RESP {
  when key prefix "north:" -> north;
  when key in ("atlas", "globe") -> north;
  otherwise -> south;
}
`;

describeWith("redis-cli, by the key of the first command", programs, () => {
  let stage: Stage;
  let waybill: Waybill;
  const servers = { north: 0, south: 0 };

  beforeAll(async () => {
    stage = await Stage.open();
    servers.north = await startRedis(stage, "north");
    servers.south = await startRedis(stage, "south");
    waybill = await startWaybill(stage, { frame: routes, pools: servers });
  });
  afterAll(() => stage.close());

  test("each server stores what it is given directly", async () => {
    expect(await redis(servers.north, ["SET", "direct", "n"])).toBe("OK");
    expect(await redis(servers.north, ["GET", "direct"])).toBe("n");
    expect(await redis(servers.south, ["GET", "direct"])).toBe("");
  });

  test.for([
    ["north:1", "north"],
    ["atlas", "north"],
    ["globe", "north"],
    ["Atlas", "south"],
    ["atlas2", "south"],
    ["south:1", "south"],
    ["nor", "south"],
    ["ключ:1", "south"],
  ] as const)("%s is stored by %s alone", async ([key, owner]) => {
    expect(await redis(waybill.port, ["SET", key, owner])).toBe("OK");
    const other = owner === "north" ? "south" : "north";
    expect(await redis(servers[owner], ["GET", key])).toBe(owner);
    expect(await redis(servers[other], ["GET", key])).toBe("");
    expect(await redis(waybill.port, ["GET", key])).toBe(owner);
  });

  test("a value of several segments arrives whole", async () => {
    const value = "waybill ".repeat(20_000);
    expect(await redis(waybill.port, ["-x", "SET", "north:large"], value)).toBe("OK");
    expect(await redis(servers.north, ["GET", "north:large"])).toBe(value.trim());
  });

  test("the first of several pipelined commands chooses for the connection", async () => {
    const stream = command("SET", "north:first", "1") + command("SET", "anything", "2");
    expect(await redis(waybill.port, ["--pipe"], stream)).toMatch(/errors: 0, replies: 2$/);
    expect(await redis(servers.north, ["GET", "anything"])).toBe("2");
    expect(await redis(servers.south, ["GET", "anything"])).toBe("");
  });

  test("a session is served by the fallback: redis-cli asks COMMAND DOCS before the first key", async () => {
    expect(await redis(waybill.port, [], "SET north:session 1\n")).toBe("OK");
    expect(await redis(servers.south, ["GET", "north:session"])).toBe("1");
  });
});

function command(...words: readonly string[]): string {
  const strings = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${strings.join("")}`;
}

async function startRedis(stage: Stage, name: string): Promise<number> {
  const port = await unusedPort();
  const options = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
  ];
  await stage.startServer(name, port, { program: programPath("redis-server"), args: options });
  return port;
}

async function redis(port: number, args: readonly string[], input?: string): Promise<string> {
  const output = await runSuccessfully({
    program: programPath("redis-cli"),
    args: ["-h", "127.0.0.1", "-p", String(port), ...args],
    ...(input === undefined ? {} : { input }),
  });
  return output.trim();
}
