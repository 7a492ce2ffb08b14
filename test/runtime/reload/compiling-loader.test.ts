import { describe, expect, onTestFinished, test } from "vitest";
import { createLoader } from "../../../src/runtime/reload/compiling-loader.ts";
import { starFrame } from "../support/modules.ts";
import { configuration, startTestRouter } from "../support/router.ts";
import { openClient, outcome, readExactly, startEcho } from "../support/sockets.ts";

const stations = `/// Stations by their number.
protocol Star {
  frame {
    start "*";
    u32 length;
    size = length + 7;
    max 4KiB;
    text[16] station @19;
  }
  key station = station trim right " ";
}

router stations on Star {
  when station in "A0001".."A4999" -> north;
  when station in file "vip.txt"   -> vip;
  when station == "banned"         -> reject "no such station";
  otherwise                        -> main by station;
}
`;

async function startStations(files: Record<string, string> = {}) {
  const backends = await Promise.all(["north ", "vip   ", "main  "].map((name) => startEcho(name)));
  onTestFinished(async () => {
    for (const backend of backends) await backend.close();
  });
  const [north = 0, vip = 0, main = 0] = backends.map(({ port }) => port);
  const running = await startTestRouter(
    {
      "waybill.yaml": configuration({ north: [north], vip: [vip], main: [main] }),
      "r.frame": stations,
      "vip.txt": "V1\nV2\n",
      ...files,
    },
    { loader: createLoader() },
  );
  const answer = async (station: string) => {
    const client = await openClient(running.port());
    client.write(starFrame(station));
    const bytes = await readExactly(client, 46);
    client.destroy();
    expect(bytes.subarray(6)).toEqual(starFrame(station));
    return bytes.toString("latin1", 0, 6).trim();
  };
  return { ...running, answer };
}

describe("a described protocol, compiled and run", () => {
  test("routes by its rules, and logs the rule", async () => {
    const { answer, line } = await startStations();
    expect(await answer("A0007")).toBe("north");
    expect(await answer("V2")).toBe("vip");
    expect(await answer("B0001")).toBe("main");
    expect(await line("connection")).toMatchObject({
      router: "stations",
      protocol: "Star",
      key: "A0007",
      rule_line: 14,
      rule: expect.stringContaining("-> north"),
    });
  });

  test("a rule that refuses, and a frame too long", async () => {
    const { router, port, line } = await startStations();
    const banned = await openClient(port());
    banned.write(starFrame("banned"));
    await outcome(banned);
    expect(await line("refused")).toMatchObject({
      reason: "rule-reject",
      explanation: "no such station",
    });
    const long = await openClient(port());
    long.end(Buffer.concat([starFrame("A0001", 5000)]));
    await outcome(long);
    expect(router.counters.get("refused", { reason: "rule-reject" })).toBe(1);
  });

  test("a rule or a list that changes is taken up by a reload", async () => {
    const { router, folder, answer } = await startStations();
    expect(await answer("X9")).toBe("main");
    folder.write("vip.txt", "X9\n");
    expect(await router.reload()).toMatchObject({ kind: "swapped" });
    expect(await answer("X9")).toBe("vip");
    folder.write("r.frame", stations.replace("-> north", "-> vip"));
    expect(await router.reload()).toMatchObject({ kind: "swapped" });
    expect(await answer("A0001")).toBe("vip");
  });

  test("an error in a description keeps what is there", async () => {
    const { router, folder, answer } = await startStations();
    folder.write("r.frame", stations.replace("u32 length;", "u32 lenght;"));
    expect(await router.reload()).toMatchObject({ kind: "refused" });
    expect(await answer("A0001")).toBe("north");
  });
});

test("what a reload reads is all that is watched", async () => {
  const { folder } = await startStations();
  const load = await createLoader().loadFrame(folder.file("r.frame"));
  expect(load.files).toEqual([folder.file("r.frame"), folder.file("vip.txt")]);
  expect([...load.routers.keys()]).toEqual(["stations"]);
});

describe("the library's PROXY protocol", () => {
  const header = (hex: string) => Buffer.from(`0d0a0d0a000d0a515549540a${hex}`, "hex");
  const v2 = header("2111000cc00002090a00000100050006");
  const v2long = header(`21210024${"20010db8".padEnd(32, "0")}${"0".repeat(32)}00050006`);
  const local = header("20000000");

  test.for<[version: string, what: string, bytes: Buffer, client: string]>([
    ["any", "version 1", Buffer.from("PROXY TCP4 192.0.2.9 10.0.0.1 5 6\r\n"), "192.0.2.9"],
    ["v1", "version 1, IPv6", Buffer.from("PROXY TCP6 2001:db8::9 ::1 5 6\r\n"), "2001:db8::9"],
    ["any", "version 2", v2, "192.0.2.9"],
    ["v2", "version 2, IPv6", v2long, "2001:db8::"],
    ["v2", "version 2, local", local, "127.0.0.1"],
  ])("%s: %s", async ([version, , bytes, client]) => {
    const backend = await startEcho("");
    onTestFinished(() => backend.close());
    const proxied = `, proxy-protocol: { version: ${version}, from: [127.0.0.1] }`;
    const { port, line } = await startTestRouter(
      {
        "waybill.yaml": configuration({ main: [backend.port] }, { listener: proxied }),
        "r.frame": stations.replace(/ {2}when [\s\S]*?otherwise/, "  otherwise"),
      },
      { loader: createLoader() },
    );
    const socket = await openClient(port());
    socket.write(Buffer.concat([bytes, starFrame("A0001")]));
    expect(await readExactly(socket, 40)).toEqual(starFrame("A0001"));
    socket.destroy();
    expect(await line("connection")).toMatchObject({ client, consumed: bytes.length });
  });

  test("a version that is not accepted is refused", async () => {
    const proxied = ", proxy-protocol: { version: v1, from: [127.0.0.1] }";
    const { port, line } = await startTestRouter(
      {
        "waybill.yaml": configuration({ main: [9] }, { listener: proxied }),
        "r.frame": stations.replace(/ {2}when [\s\S]*?otherwise/, "  otherwise"),
      },
      { loader: createLoader() },
    );
    const socket = await openClient(port());
    socket.write(Buffer.concat([v2, starFrame("A0001")]));
    await outcome(socket);
    expect(await line("refused")).toMatchObject({ reason: "prefix-missing" });
  });
});
