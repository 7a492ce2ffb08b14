import { once } from "node:events";
import { existsSync, linkSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { PortableEngine } from "../../src/runtime/engine/portable/engine.ts";
import { WATCH_SETTLE_MS } from "../../src/runtime/reload/watch.ts";
import { startRouter } from "../../src/runtime/router.ts";
import { withDeadline } from "../support/deadline.ts";
import { unusedPort } from "../support/port.ts";
import { starFrame } from "./support/modules.ts";
import {
  configuration,
  Folder,
  lineLoader,
  reportText,
  startTestRouter,
} from "./support/router.ts";
import { exchange, openClient, outcome, readExactly, startEcho } from "./support/sockets.ts";

async function echoes(...prefixes: string[]) {
  const backends = await Promise.all(prefixes.map((prefix) => startEcho(prefix)));
  onTestFinished(async () => {
    for (const backend of backends) await backend.close();
  });
  return backends.map(({ port }) => port);
}

/** The first bytes a backend answers a frame with: its prefix. */
async function answer(port: number, length = 1): Promise<string> {
  const client = await openClient(port);
  client.write(starFrame("A01"));
  const bytes = await readExactly(client, length);
  client.destroy();
  return bytes.toString();
}

describe("a router", () => {
  test("routes, writes one line a connection and counts", async () => {
    const [a = 0] = await echoes("");
    const { router, line, port } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a] }),
      "r.frame": "stations -> main by station\n",
    });
    expect(await exchange(port(), starFrame("A01"))).toEqual(starFrame("A01"));
    expect(await line("connection")).toMatchObject({
      level: "info",
      listener: "devices",
      router: "stations",
      protocol: "Star",
      client: "127.0.0.1",
      key: "A01".padEnd(16),
      rule: "stations -> main by station",
      rule_line: 1,
      pool: "main",
      backend: `127.0.0.1:${a}`,
      bytes_to_backend: 40,
      bytes_to_client: 40,
      ended_by: "client",
      tries: 1,
    });
    expect(router.counters.get("accepted", { listener: "devices" })).toBe(1);
    expect(router.counters.get("ended", { reason: "client" })).toBe(1);
    expect(router.counters.get("bytes_to_backend")).toBe(40);
  });

  test("refuses under a reason, with a line and a counter", async () => {
    const { router, line, port } = await startTestRouter({
      "waybill.yaml": configuration({ main: [await unusedPort()] }),
      "r.frame": "stations -> main\n",
    });
    const client = await openClient(port());
    client.write(starFrame("A01"));
    await outcome(client);
    expect(await line("refused")).toMatchObject({
      level: "warn",
      reason: "connect-failed",
      key: "A01".padEnd(16),
    });
    expect(await line("connect failed")).toMatchObject({ code: "ECONNREFUSED", pool: "main" });
    expect(router.counters.get("refused", { reason: "connect-failed" })).toBe(1);
  });

  test("keeps a key on its backend", async () => {
    const ports = await echoes("0", "1", "2");
    const { port } = await startTestRouter({
      "waybill.yaml": configuration({ main: ports }),
      "r.frame": "stations -> main by station\n",
    });
    const answers = new Set<string>();
    for (let index = 0; index < 10; index++) answers.add(await answer(port()));
    expect(answers.size).toBe(1);
  });

  test("a unix socket: served, its stale file replaced, removed at the end", async () => {
    const [a = 0] = await echoes("");
    const folder = new Folder();
    const path = folder.file("w.sock");
    const stale = createServer().listen(path);
    await once(stale, "listening");
    // Closing would remove the file: what a killed process leaves behind is made by a link taken before.
    linkSync(path, `${path}.kept`);
    stale.close();
    await once(stale, "close");
    linkSync(`${path}.kept`, path);
    const { router, line } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a] }).replace("127.0.0.1:0", `"unix:${path}"`),
      "r.frame": "stations -> main\n",
    });
    expect(await exchange(path, starFrame("A01"))).toEqual(starFrame("A01"));
    expect(await line("connection")).toMatchObject({ client: "unix" });
    await router.close();
    expect(existsSync(path)).toBe(false);
  });

  test("a unix socket where somebody listens is not taken", async () => {
    const folder = new Folder();
    const path = folder.file("w.sock");
    const other = createServer().listen(path);
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const files = {
      "waybill.yaml": configuration({ main: [1] }).replace("127.0.0.1:0", `"unix:${path}"`),
      "r.frame": "stations -> main\n",
    };
    await expect(startTestRouter(files)).rejects.toThrow(
      `the listener 'devices' cannot take unix:${path}: the address is in use (EADDRINUSE)`,
    );
    expect(existsSync(path)).toBe(true);
  });

  test("a file that is no socket is left alone", async () => {
    const folder = new Folder();
    const path = folder.file("w.sock");
    writeFileSync(path, "precious");
    const files = {
      "waybill.yaml": configuration({ main: [1] }).replace("127.0.0.1:0", `"unix:${path}"`),
      "r.frame": "stations -> main\n",
    };
    await expect(startTestRouter(files)).rejects.toThrow(/EADDRINUSE/);
    expect(existsSync(path)).toBe(true);
  });

  test("a port in use: the line says which listener", async () => {
    const [taken = 0] = await echoes("");
    const files = {
      "waybill.yaml": configuration({ main: [1] }).replace("127.0.0.1:0", `127.0.0.1:${taken}`),
      "r.frame": "stations -> main\n",
    };
    await expect(startTestRouter(files)).rejects.toThrow(
      new RegExp(
        `the listener 'devices' cannot take 127.0.0.1:${taken}: the address is in use(?:, held by this process)? \\(EADDRINUSE\\)`,
      ),
    );
  });

  test("a hand-written unpack routes, and is loaded anew after a change", async () => {
    const [a = 0, b = 0] = await echoes("a", "b");
    const unpack = (length: number) =>
      `export function unpack(buffer) {
         return buffer.length < ${length} ? { need: ${length} - buffer.length } : { frame: ${length}, key: buffer.subarray(0, 3) };
       }`;
    const text = configuration(
      { main: [a], spare: [b] },
      { router: "./unpack.js", listener: ", pool: main" },
    );
    const { router, folder, port, line } = await startTestRouter({
      "waybill.yaml": text,
      "unpack.js": unpack(40),
    });
    expect(await answer(port())).toBe("a");
    expect(await line("connection")).toMatchObject({ key: "*\\x00\\x00" });
    folder.write("waybill.yaml", text.replace("pool: main", "pool: spare"));
    folder.write("unpack.js", unpack(39));
    expect(await router.reload()).toMatchObject({ kind: "swapped" });
    expect(await answer(port())).toBe("b");
  });

  test("PROXY protocol by the listener's configuration", async () => {
    const [a = 0] = await echoes("");
    const { port, line } = await startTestRouter({
      "waybill.yaml": configuration(
        { main: [a] },
        { listener: ", proxy-protocol: { from: [127.0.0.0/8] }" },
      ),
      "r.frame": "stations -> main\n",
    });
    const header = Buffer.from("PROXY TCP4 192.0.2.9 10.0.0.1 5 6\r\n");
    const bytes = await exchange(port(), Buffer.concat([header, starFrame("A01")]));
    expect(bytes).toEqual(starFrame("A01"));
    expect(await line("connection")).toMatchObject({
      client: "192.0.2.9",
      consumed: header.length,
    });
  });
});

describe("a configuration that does not fit", () => {
  test.for<[what: string, files: Record<string, string>, finding: RegExp]>([
    ["no file", {}, /error WB0928: the configuration .* no such file/],
    [
      "a broken router",
      { "waybill.yaml": configuration({ main: [1] }), "r.frame": "oops\n" },
      /r\.frame:1:1: error WB0101: broken/,
    ],
    [
      "a missing file",
      { "waybill.yaml": configuration({ main: [1] }) },
      /waybill\.yaml:2:\d+: error WB0929: the router's file .*r\.frame/,
    ],
    [
      "an unknown router",
      { "waybill.yaml": configuration({ main: [1] }), "r.frame": "station -> main\n" },
      /WB0916: .* has no router 'stations'[\s\S]*did you mean 'station'/,
    ],
    [
      "an unknown pool",
      { "waybill.yaml": configuration({ main: [1] }), "r.frame": "x -> main\nstations -> mian\n" },
      /waybill\.yaml:2:\d+: error WB0915: the router 'stations' sends to the pool 'mian'[\s\S]*r\.frame:2:1: this rule names it[\s\S]*did you mean 'main'/,
    ],
    [
      "no unpack in the module",
      {
        "waybill.yaml": configuration(
          { main: [1] },
          { router: "./u.js", listener: ", pool: main" },
        ),
        "u.js": "export const a = 1;",
      },
      /WB0923: .*u\.js cannot be used: it exports no function unpack/,
    ],
    [
      "a module that throws",
      {
        "waybill.yaml": configuration(
          { main: [1] },
          { router: "./u.js", listener: ", pool: main" },
        ),
        "u.js": "throw new Error('at load');",
      },
      /WB0923: .*cannot be used: at load/,
    ],
  ])("%s", async ([, files, finding]) => {
    const folder = new Folder();
    for (const [name, text] of Object.entries(files)) folder.write(name, text);
    const configPath = folder.file("waybill.yaml");
    const logStream = { write: () => undefined };
    const started = await startRouter({ configPath, loader: lineLoader, logStream });
    expect(started.kind).toBe("refused");
    if (started.kind === "refused") expect(reportText(started.report)).toMatch(finding);
  });

  test("a warning does not keep it from starting", async () => {
    const folder = new Folder();
    folder.write("waybill.yaml", configuration({ main: [1], spare: [2] }));
    folder.write("r.frame", "stations -> main by station\n");
    const logStream = { write: () => undefined };
    const started = await startRouter({
      configPath: folder.file("waybill.yaml"),
      loader: lineLoader,
      logStream,
    });
    if (started.kind !== "running") throw new Error(started.kind);
    await started.router.close();
    expect(reportText(started.report)).toMatch(
      /warning WB0920: no rule sends anything to the pool 'spare'/,
    );
  });

  test("the proxy description is missing", async () => {
    const folder = new Folder();
    folder.write(
      "waybill.yaml",
      configuration({ main: [1] }, { listener: ", proxy-protocol: { from: [10.0.0.0/8] }" }),
    );
    folder.write("r.frame", "stations -> main\n");
    const loader = {
      ...lineLoader,
      loadProxyProtocol: async () => ({ kind: "failed", reason: "no such file" }) as const,
    };
    const logStream = { write: () => undefined };
    const started = await startRouter({
      configPath: folder.file("waybill.yaml"),
      loader,
      logStream,
    });
    expect(started.kind === "refused" && reportText(started.report)).toMatch(
      /WB0924: .*no such file/,
    );
  });
});

describe("reload", () => {
  test("under traffic: no connection is lost, new ones take the new route", async () => {
    const [a = 0, b = 0] = await echoes("a", "b");
    const { router, folder, port } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a], other: [b] }),
      "r.frame": "stations -> main\n",
    });
    const at = port();
    const long = await openClient(at);
    long.write(starFrame("A01"));
    expect((await readExactly(long, 41)).toString().slice(0, 1)).toBe("a");
    const undecided = await openClient(at);
    undecided.write(starFrame("A01").subarray(0, 20));
    let isRunning = true;
    const seen: string[] = [];
    const traffic = Array.from({ length: 8 }, async () => {
      while (isRunning) seen.push((await exchange(at, starFrame("A01"))).toString("latin1"));
    });
    for (let round = 0; round < 10; round++) {
      folder.write("r.frame", round % 2 === 0 ? "stations -> other\n" : "stations -> main\n");
      expect(await router.reload()).toMatchObject({ kind: "swapped" });
      const count = seen.length;
      while (seen.length < count + 10) await new Promise(setImmediate);
    }
    folder.write("r.frame", "stations -> other\n");
    await router.reload();
    isRunning = false;
    await Promise.all(traffic);
    const frame = starFrame("A01").toString("latin1");
    expect(seen.filter((text) => text !== `a${frame}` && text !== `b${frame}`)).toEqual([]);
    expect(new Set(seen.map((text) => text[0]))).toEqual(new Set(["a", "b"]));
    expect(await answer(at)).toBe("b");
    long.write("still ");
    expect((await readExactly(long, 6)).toString()).toBe("still ");
    undecided.write(starFrame("A01").subarray(20));
    expect((await readExactly(undecided, 1)).toString()).toBe("a");
    expect(port()).toBe(at);
    expect(router.epoch).toBe(12);
    for (const client of [long, undecided]) client.destroy();
  });

  test("anything wrong keeps what is there, and says what is wrong", async () => {
    const [a = 0, b = 0] = await echoes("a", "b");
    const { router, folder, port, line, lines } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a], other: [b] }),
      "r.frame": "stations -> main\n",
    });
    folder.write("r.frame", "stations -> nowhere\n");
    expect(await router.reload()).toMatchObject({ kind: "refused" });
    expect(await answer(port())).toBe("a");
    expect(router.epoch).toBe(1);
    expect(await line("reload refused: the present configuration stays")).toMatchObject({
      epoch: 1,
    });
    expect(lines.find(({ code }) => code === "WB0915")).toMatchObject({
      level: "error",
      place: expect.stringMatching(/waybill\.yaml:2:\d+$/),
    });
    expect(router.counters.get("reloads", { result: "refused" })).toBe(1);
    folder.write("r.frame", "stations -> other\n");
    expect(await router.reload()).toMatchObject({ kind: "swapped", epoch: 2 });
    expect(await answer(port())).toBe("b");
  });

  test("a port that cannot be taken keeps what is there", async () => {
    const [a = 0, taken = 0] = await echoes("a", "");
    const text = configuration({ main: [a] });
    const { router, folder, port } = await startTestRouter({
      "waybill.yaml": text,
      "r.frame": "stations -> main\n",
    });
    const more = (bind: string) =>
      `  - { name: more, bind: "${bind}", router: r.frame#stations, limits: { connections: 9 } }\npools:`;
    const free = `unix:${folder.file("free.sock")}`;
    const third = `  - { name: third, bind: "${free}", router: r.frame#stations, limits: { connections: 9 } }\n`;
    folder.write("waybill.yaml", text.replace("pools:", third + more(`127.0.0.1:${taken}`)));
    const result = await router.reload();
    expect(result).toMatchObject({
      kind: "cannot-listen",
      failures: [{ listener: "more", code: "EADDRINUSE" }],
    });
    expect(await answer(port())).toBe("a");
    expect(existsSync(folder.file("free.sock"))).toBe(false);
  });

  test("what was bound for a reload that fails afterwards is let go of", async () => {
    const [a = 0] = await echoes("a");
    const [extra, another] = [await unusedPort(), await unusedPort()];
    const text = configuration({ main: [a] });
    const { router, folder, port } = await startTestRouter({
      "waybill.yaml": text,
      "r.frame": "stations -> main\n",
    });
    const more = (name: string, bind: number) =>
      `  - { name: ${name}, bind: "127.0.0.1:${bind}", router: r.frame#stations, limits: { connections: 9 } }\n`;
    folder.write("waybill.yaml", text.replace("pools:", `${more("more", extra)}pools:`));
    const failing = vi.spyOn(PortableEngine.prototype, "prepare");
    failing.mockRejectedValueOnce(new Error("no worker"));
    onTestFinished(() => failing.mockRestore());
    const failures = [{ code: "ENGINE", message: "no worker" }];
    expect(await router.reload()).toMatchObject({ kind: "cannot-listen", failures });
    await expect(openClient(extra)).rejects.toThrow("ECONNREFUSED");
    // The second one cannot be bound, for a reason that has no place in the table of them.
    const two = `${more("more", extra)}${more("most", another)}pools:`;
    folder.write("waybill.yaml", text.replace("pools:", two));
    const { bind } = PortableEngine.prototype;
    const second = vi.spyOn(PortableEngine.prototype, "bind").mockImplementation(function (
      this: PortableEngine,
      address,
    ) {
      const isSecond = address.kind === "tcp" && address.port === another;
      return isSecond ? Promise.reject(new Error("no more listeners")) : bind.call(this, address);
    });
    onTestFinished(() => second.mockRestore());
    expect(await router.reload()).toMatchObject({ failures: [{ message: "no more listeners" }] });
    await expect(openClient(extra)).rejects.toThrow("ECONNREFUSED");
    second.mockRestore();
    expect(await router.reload()).toMatchObject({ kind: "swapped" });
    expect(await answer(extra)).toBe("a");
    expect(await answer(port())).toBe("a");
  });

  test("listeners come, change and go; those that stay keep their socket", async () => {
    const [a = 0, b = 0] = await echoes("a", "b");
    const text = configuration({ main: [a], other: [b] });
    const { router, folder, port } = await startTestRouter({
      "waybill.yaml": text,
      "r.frame": "stations -> main\nothers -> other\n",
    });
    const at = port();
    const open = await openClient(at);
    open.write(starFrame("A01"));
    await readExactly(open, 41);
    const second =
      "  - { name: second, bind: 127.0.0.1:0, router: r.frame#others, limits: { connections: 9 } }\npools:";
    folder.write("waybill.yaml", text.replace("pools:", second));
    await router.reload();
    const added = port(1);
    expect([await answer(at), await answer(added)]).toEqual(["a", "b"]);
    folder.write(
      "waybill.yaml",
      text.replace("pools:", second).replace(/ {2}- \{ name: devices.*\n/, ""),
    );
    await router.reload();
    expect(router.addresses).toEqual([{ listener: "second", address: `127.0.0.1:${added}` }]);
    await expect(openClient(at)).rejects.toThrow(/ECONNREFUSED/);
    expect(await answer(added)).toBe("b");
    open.write("on ");
    expect((await readExactly(open, 3)).toString()).toBe("on ");
    open.destroy();
  });

  test("round-robin goes on where it was", async () => {
    const [a = 0, b = 0, c = 0] = await echoes("a", "b", "c");
    const { router, port } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a, b, c] }).replace(
        "{ backends",
        "{ balance: round-robin, backends",
      ),
      "r.frame": "stations -> main\n",
    });
    expect(await answer(port())).toBe("a");
    await router.reload();
    expect([await answer(port()), await answer(port())]).toEqual(["b", "c"]);
  });

  test("those asked for while one is under way are one", async () => {
    const [a = 0, b = 0] = await echoes("a", "b");
    const { router, folder, port } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a], other: [b] }),
      "r.frame": "stations -> main\n",
    });
    const first = router.reload();
    await new Promise(setImmediate);
    folder.write("r.frame", "stations -> other\n");
    const more = await Promise.all(Array.from({ length: 20 }, () => router.reload()));
    expect(await first).toMatchObject({ epoch: 2 });
    expect(new Set(more.map((result) => result.kind === "swapped" && result.epoch))).toEqual(
      new Set([3]),
    );
    expect(await answer(port())).toBe("b");
    expect(await router.reload()).toMatchObject({ epoch: 4 });
  });

  test("limits and log change", async () => {
    const [a = 0] = await echoes("a");
    const text = configuration({ main: [a] });
    const { router, folder, port, lines, line } = await startTestRouter({
      "waybill.yaml": text,
      "r.frame": "stations -> main\n",
    });
    folder.write(
      "waybill.yaml",
      `${text.replace("connections: 1000", "connections: 1")}log: { connections: both }\n`,
    );
    await router.reload();
    const client = await openClient(port());
    client.write(starFrame("A01"));
    await line("connected");
    await outcome(await openClient(port()));
    expect(await line("refused")).toMatchObject({ reason: "connections" });
    client.destroy();
    await line("connection");
    expect(lines.map(({ msg }) => msg)).toEqual([
      "configured",
      "configured",
      "connected",
      "refused",
      "connection",
    ]);
  });

  test("watch: a change is taken up by itself, a mistake and its mend too", async () => {
    const [a = 0, b = 0] = await echoes("a", "b");
    const { router, folder, port, line } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a], other: [b] }, { end: "watch: true" }),
      "r.frame": "stations -> main\n",
    });
    folder.write("r.frame", "oops\n");
    await line("reload refused: the present configuration stays");
    expect(await answer(port())).toBe("a");
    folder.write("r.frame", "stations -> other\n");
    while (router.epoch < 2)
      await new Promise((resolve) => setTimeout(resolve, WATCH_SETTLE_MS / 10));
    expect(await answer(port())).toBe("b");
  });
});

describe("drain", () => {
  test("accepts no more, ends connections evenly, and then is done", async () => {
    const [a = 0] = await echoes("");
    const { router, port, lines } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a] }),
      "r.frame": "stations -> main\n",
    });
    const clients: Socket[] = [];
    for (let index = 0; index < 8; index++) {
      const client = await openClient(port());
      client.write(starFrame("A01"));
      await readExactly(client, 40);
      clients.push(client);
    }
    const undecided = await openClient(port());
    const start = performance.now();
    const ends = clients.map((client) => outcome(client).then(() => performance.now() - start));
    const at = port();
    const drained = router.drain({ graceMs: 400 });
    await new Promise(setImmediate);
    await expect(openClient(at)).rejects.toThrow(/ECONNREFUSED/);
    const times = await Promise.all(ends);
    await outcome(undecided);
    await drained;
    expect(Math.max(...times)).toBeLessThan(1500);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(200);
    expect(router.openConnections).toBe(0);
    expect(router.counters.get("refused", { reason: "draining" })).toBe(1);
    expect(lines.filter(({ ended_by }) => ended_by === "drained").length).toBe(8);
  });

  test("a connection that ends by itself is left alone", async () => {
    const [a = 0] = await echoes("");
    const { router, port, line } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a] }),
      "r.frame": "stations -> main\n",
    });
    const client = await openClient(port());
    client.write(starFrame("A01"));
    await readExactly(client, 40);
    const drained = router.drain({ graceMs: 5000 });
    client.write("last");
    expect((await readExactly(client, 4)).toString()).toBe("last");
    client.end();
    await drained;
    expect(await line("connection")).toMatchObject({ ended_by: "client" });
  });

  test("a reload that is still reading is not waited for", async () => {
    let isSlow = false;
    const loader = {
      ...lineLoader,
      loadFrame: (path: string) =>
        isSlow ? new Promise<never>(() => undefined) : lineLoader.loadFrame(path),
    };
    const { router } = await startTestRouter(
      { "waybill.yaml": configuration({ main: [9] }), "r.frame": "stations -> main\n" },
      { loader },
    );
    isSlow = true;
    const reloads = [router.reload()];
    await new Promise(setImmediate);
    reloads.push(router.reload());
    await withDeadline(router.drain({ graceMs: 10 }), "the end of the drain");
    expect((await Promise.all(reloads)).map(({ kind }) => kind)).toEqual(["refused", "refused"]);
  });

  test("a client that does not read does not hold it up for ever", async () => {
    const [a = 0] = await echoes("");
    const { router, port } = await startTestRouter({
      "waybill.yaml": configuration({ main: [a] }),
      "r.frame": "stations -> main\n",
    });
    const client = await openClient(port());
    client.pause();
    client.write(starFrame("A01"));
    const block = Buffer.alloc(64 * 1024);
    for (let sent = 0; sent < 200 && client.write(block); sent++) await new Promise(setImmediate);
    await router.drain({ graceMs: 10 });
    expect(router.openConnections).toBe(0);
    client.destroy();
  });
});
