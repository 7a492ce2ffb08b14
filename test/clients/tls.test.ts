// openssl s_client through waybill to two s_servers, chosen by the server name of the hello. Nothing is decrypted.
import { afterAll, beforeAll, expect, test } from "vitest";
import { unusedPort } from "../support/port.ts";
import { debianProgram, describeWith, programPath } from "../support/prerequisites.ts";
import { runSuccessfully } from "../support/program.ts";
import { Stage } from "../support/stage.ts";
import { startWaybill, type Waybill } from "../support/waybill.ts";

const programs = [debianProgram("openssl", "openssl")];

const routes = `import "tls";
router clients on TLS {
  when sni in ("north.example", "www.north.example") -> north;
  when missing sni -> south;
  otherwise -> south;
}
`;

describeWith("openssl s_client, by server name", programs, () => {
  let stage: Stage;
  let waybill: Waybill;
  const servers = { north: 0, south: 0 };

  beforeAll(async () => {
    stage = await Stage.open();
    servers.north = await startTlsServer(stage, "north");
    servers.south = await startTlsServer(stage, "south");
    waybill = await startWaybill(stage, { frame: routes, pools: servers });
  });
  afterAll(() => stage.close());

  test.for(["north", "south"] as const)("%s answers directly", async (server) => {
    expect(await subjectOf(servers[server], ["-servername", "any.example"])).toBe(server);
  });

  test.for([
    [["-servername", "north.example"], "north"],
    [["-servername", "WWW.North.example"], "north"],
    [["-servername", "south.example"], "south"],
    [["-noservername"], "south"],
    [["-servername", "north.example", "-tls1_2"], "north"],
    [["-servername", "north.example", "-alpn", "h2,http/1.1"], "north"],
    [["-servername", "south.example", "-tls1_3"], "south"],
  ] as const)("%j reaches %s", async ([options, server]) => {
    expect(await subjectOf(waybill.port, options)).toBe(server);
  });
});

/** A server whose own certificate names it. Gives its port. */
async function startTlsServer(stage: Stage, name: string): Promise<number> {
  const [key, certificate] = [`${stage.folder}/${name}.key`, `${stage.folder}/${name}.pem`];
  const openssl = programPath("openssl");
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  await runSuccessfully({
    program: openssl,
    args: [...request, "-nodes", "-subj", `/CN=${name}`, "-keyout", key, "-out", certificate],
  });
  const port = await unusedPort();
  await stage.startServer(name, port, {
    program: openssl,
    args: ["s_server", "-accept", `127.0.0.1:${port}`, "-key", key, "-cert", certificate, "-www"],
  });
  return port;
}

/** The name in the certificate that the server showed. */
async function subjectOf(port: number, options: readonly string[]): Promise<string | undefined> {
  const output = await runSuccessfully({
    program: programPath("openssl"),
    args: ["s_client", "-connect", `127.0.0.1:${port}`, ...options],
  });
  return /^subject=CN = (\S+)$/m.exec(output)?.[1];
}
