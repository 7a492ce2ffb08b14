// dig over TCP through waybill to two dnsmasq servers, chosen by the name asked for.
import { afterAll, beforeAll, expect, test } from "vitest";
import { unusedPort } from "../support/port.ts";
import { debianProgram, describeWith, programPath } from "../support/prerequisites.ts";
import { runSuccessfully } from "../support/program.ts";
import { Stage } from "../support/stage.ts";
import { startWaybill, type Waybill } from "../support/waybill.ts";

const programs = [debianProgram("dnsmasq", "dnsmasq-base"), debianProgram("dig", "bind9-dnsutils")];

/** What each server answers to every question: from the blocks reserved for documentation (RFC 5737). */
const addresses = { north: "192.0.2.1", south: "198.51.100.1" } as const;

const routes = `import "dns";
router clients on DNS {
  when name suffix "north.example" -> north;
  when name like "*.pole.*" -> north;
  otherwise -> south;
}
`;

describeWith("dig +tcp, by the name asked for", programs, () => {
  let stage: Stage;
  let waybill: Waybill;
  const servers = { north: 0, south: 0 };

  beforeAll(async () => {
    stage = await Stage.open();
    servers.north = await startDnsmasq(stage, "north");
    servers.south = await startDnsmasq(stage, "south");
    waybill = await startWaybill(stage, { frame: routes, pools: servers });
  });
  afterAll(() => stage.close());

  test.for(["north", "south"] as const)("%s answers directly", async (server) => {
    expect(await dig(servers[server], ["any.example"])).toBe(addresses[server]);
  });

  test.for([
    ["north.example", "north"],
    ["www.north.example", "north"],
    ["WWW.North.Example", "north"],
    ["a.b.c.d.e.f.north.example", "north"],
    ["x.pole.test", "north"],
    ["north.example.org", "south"],
    ["south.example", "south"],
    [`${"a".repeat(63)}.${"b".repeat(63)}.example`, "south"],
  ] as const)("%s is asked of %s", async ([name, server]) => {
    expect(await dig(waybill.port, [name])).toBe(addresses[server]);
  });

  test("several questions on one connection stay with the first one's server", async () => {
    const answers = await dig(waybill.port, ["+keepopen", "a.north.example", "south.example"]);
    expect(answers.split("\n")).toEqual([addresses.north, addresses.north]);
  });

  test("questions with EDNS options and cookies are routed alike", async () => {
    const options = ["+dnssec", "+nsid", "+cookie=0123456789abcdef"];
    expect(await dig(waybill.port, [...options, "a.north.example"])).toBe(addresses.north);
    expect(await dig(waybill.port, ["+noedns", "a.south.example"])).toBe(addresses.south);
  });
});

async function startDnsmasq(stage: Stage, name: keyof typeof addresses): Promise<number> {
  const port = await unusedPort();
  const answer = [`--address=/#/${addresses[name]}`, "--no-resolv", "--no-hosts"];
  const place = [`--port=${port}`, "--listen-address=127.0.0.1", "--bind-interfaces"];
  await stage.startServer(name, port, {
    program: programPath("dnsmasq"),
    args: [
      "--keep-in-foreground",
      "--conf-file=/dev/null",
      "--pid-file=",
      "--user=root",
      ...place,
      ...answer,
    ],
  });
  return port;
}

async function dig(port: number, question: readonly string[]): Promise<string> {
  const args = ["@127.0.0.1", "-p", String(port), "+tcp", "+short", "+tries=1", ...question];
  return (await runSuccessfully({ program: programPath("dig"), args })).trim();
}
