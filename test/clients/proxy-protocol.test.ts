// Senders of the PROXY protocol in front of waybill: curl (version 1) and haproxy (versions 1 and 2). The address that
// they name, not the one they connect from, is what a rule on `client` sees.
import { afterAll, beforeAll, expect, test } from "vitest";
import { unusedPort } from "../support/port.ts";
import { debianProgram, describeWith, programPath } from "../support/prerequisites.ts";
import { runSuccessfully, runToEnd } from "../support/program.ts";
import { Stage } from "../support/stage.ts";
import { type Routing, startWaybill, type Waybill } from "../support/waybill.ts";
import { startNginx } from "./nginx.ts";

const programs = [
  debianProgram("nginx", "nginx-light"),
  debianProgram("curl", "curl"),
  debianProgram("haproxy", "haproxy"),
];

const rules = `
  when host == "held.example" and client in "127.0.0.2/32" -> reject "held";
  when client in "127.0.0.2/32" -> north;
  otherwise -> south;
`;

/** The two places that can ask for the header: the listener in waybill.yaml, and the protocol in the `.frame` file. */
const variants = {
  listener: {
    frame: `import "http1";\nrouter clients on HTTP1 {${rules}}\n`,
    listener: { "proxy-protocol": { version: "any", from: ["127.0.0.0/8"] } },
  },
  description: {
    frame: `import "proxy";
protocol Web {
  prefix ProxyV1 | ProxyV2 required;
  frame { text head until "\\r\\n\\r\\n" max 8KiB; }
  key host = headers(head) take only "host" lower;
}
router clients on Web {${rules}}
`,
    listener: {},
  },
} as const;

describeWith("the PROXY protocol asked for by the listener", programs, () =>
  suite(variants.listener),
);
describeWith("the PROXY protocol asked for by the description", programs, () =>
  suite(variants.description),
);

function suite(variant: Pick<Routing, "frame" | "listener">): void {
  let stage: Stage;
  let waybill: Waybill;
  const senders = { v1: 0, v2: 0 };

  beforeAll(async () => {
    stage = await Stage.open();
    const pools = {
      north: await startNginx(stage, "north"),
      south: await startNginx(stage, "south"),
    };
    waybill = await startWaybill(stage, { ...variant, pools });
    senders.v1 = await startHaproxy(stage, "v1", waybill.port, "send-proxy");
    senders.v2 = await startHaproxy(stage, "v2", waybill.port, "send-proxy-v2");
  });
  afterAll(() => stage.close());

  test.for([
    ["v1", "127.0.0.2", "north"],
    ["v1", "127.0.0.3", "south"],
    ["v2", "127.0.0.2", "north"],
    ["v2", "127.0.0.3", "south"],
  ] as const)(
    "haproxy %s for %s reaches %s, without the header",
    async ([version, from, server]) => {
      const answer = await curl(senders[version], ["--interface", from]);
      expect(answer).toBe(`${server} GET 127.0.0.1 /`);
    },
  );

  test.for([
    ["127.0.0.2", "north"],
    ["127.0.0.3", "south"],
  ] as const)("curl's header for %s reaches %s", async ([from, server]) => {
    const answer = await curl(waybill.port, ["--haproxy-protocol", "--interface", from]);
    expect(answer).toBe(`${server} GET 127.0.0.1 /`);
  });

  test("rules on the bytes behind the header see the named address too", async () => {
    const { stdout } = await runToEnd({
      program: programPath("curl"),
      args: ["-s", "--interface", "127.0.0.2", "-H", "Host: held.example", url(senders.v2)],
    });
    expect(stdout).toBe("");
    await waybill.program.waitForOutput(/"client":"127\.0\.0\.2".*"explanation":"held"/);
  });

  test("a client without the header is refused", async () => {
    const { stdout } = await runToEnd({
      program: programPath("curl"),
      args: ["-s", url(waybill.port)],
    });
    expect(stdout).toBe("");
    await waybill.program.waitForOutput(/"reason":"prefix-missing".*"msg":"refused"/);
  });
}

/** An haproxy on the stage that forwards to waybill with a header. Gives its port. */
async function startHaproxy(
  stage: Stage,
  name: string,
  target: number,
  header: "send-proxy" | "send-proxy-v2",
): Promise<number> {
  const port = await unusedPort();
  const config = `
defaults
  mode tcp
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen through
  bind 127.0.0.1:${port}
  server waybill 127.0.0.1:${target} ${header}
`;
  const file = await stage.write(`haproxy-${name}.cfg`, config);
  await stage.startServer(`haproxy ${name}`, port, {
    program: programPath("haproxy"),
    args: ["-db", "-f", file],
  });
  return port;
}

function url(port: number): string {
  return `http://127.0.0.1:${port}/`;
}

async function curl(port: number, options: readonly string[]): Promise<string> {
  const args = ["-sS", "--max-time", "10", ...options, url(port)];
  return (await runSuccessfully({ program: programPath("curl"), args })).trim();
}
