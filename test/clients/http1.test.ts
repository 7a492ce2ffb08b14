// curl through waybill to two nginx servers, chosen by the Host header.
import { afterAll, beforeAll, expect, test } from "vitest";
import { debianProgram, describeWith, programPath } from "../support/prerequisites.ts";
import { runSuccessfully, runToEnd } from "../support/program.ts";
import { Stage } from "../support/stage.ts";
import { startWaybill, type Waybill } from "../support/waybill.ts";
import { startNginx } from "./nginx.ts";

const programs = [debianProgram("nginx", "nginx-light"), debianProgram("curl", "curl")];

const routes = `import "http1";
router clients on HTTP1 {
  when host in ("north.example", "www.north.example") -> north;
  when host like "*.banned.example" -> reject "banned";
  otherwise -> south;
}
`;

describeWith("curl, by Host", programs, () => {
  let stage: Stage;
  let waybill: Waybill;
  const servers = { north: 0, south: 0 };

  beforeAll(async () => {
    stage = await Stage.open();
    servers.north = await startNginx(stage, "north");
    servers.south = await startNginx(stage, "south");
    waybill = await startWaybill(stage, { frame: routes, pools: servers });
  });
  afterAll(() => stage.close());

  test.for(["north", "south"] as const)("%s answers directly", async (server) => {
    expect(await curl([`http://127.0.0.1:${servers[server]}/`])).toBe(`${server} GET 127.0.0.1 /`);
  });

  test.for([
    ["north.example", "north"],
    ["www.north.example", "north"],
    ["NORTH.example", "north"],
    ["x.north.example", "south"],
    ["south.example", "south"],
  ] as const)("%s is served by %s", async ([host, server]) => {
    const answer = await curl(named(waybill.port, host, "/page"));
    expect(answer).toBe(`${server} GET ${host.toLowerCase()} /page`);
  });

  test("a body and many headers pass whole", async () => {
    const headers = Array.from({ length: 40 }, (_, at) => [
      "-H",
      `X-Filler-${at}: ${"y".repeat(100)}`,
    ]).flat();
    const body = ["--data-binary", "@-", "-H", "Expect:", ...headers];
    const answer = await curl(
      [...body, ...named(waybill.port, "north.example", "/up")],
      "z".repeat(500_000),
    );
    expect(answer).toBe("north POST north.example /up");
  });

  test("requests on one connection stay with the first one's server", async () => {
    const first = named(waybill.port, "north.example", "/1");
    const second = [`http://north.example:${waybill.port}/2`];
    const answer = await curl(["-w", " %{num_connects}\\n", ...first, ...second]);
    expect(answer).toBe("north GET north.example /1 1\nnorth GET north.example /2 0");
  });

  test("a refused host gets no answer", async () => {
    const { status, stdout } = await runToEnd({
      program: programPath("curl"),
      args: ["-sS", ...named(waybill.port, "a.banned.example", "/")],
    });
    const gotNothing = 52; // curl's own number for a connection closed without a byte
    expect({ status, stdout }).toEqual({ status: gotNothing, stdout: "" });
    await waybill.program.waitForOutput(/"explanation":"banned".*"msg":"refused"/);
  });
});

/** Arguments for a URL whose host is looked up here instead of by DNS. */
function named(port: number, host: string, path: string): readonly string[] {
  return ["--resolve", `${host.toLowerCase()}:${port}:127.0.0.1`, `http://${host}:${port}${path}`];
}

async function curl(args: readonly string[], input?: string): Promise<string> {
  const output = await runSuccessfully({
    program: programPath("curl"),
    args: ["-sS", "--max-time", "10", ...args],
    ...(input === undefined ? {} : { input }),
  });
  return output.trim();
}
