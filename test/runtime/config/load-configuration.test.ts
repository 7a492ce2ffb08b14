import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createCollector,
  createSourceFile,
  renderText,
  sortedDiagnostics,
} from "../../../src/compiler/index.ts";
import type { Configuration } from "../../../src/runtime/config/configuration.ts";
import { loadConfiguration } from "../../../src/runtime/config/load-configuration.ts";
import { YAML_LENGTH_MAX } from "../../../src/runtime/config/yaml-tree.ts";

const machine = { localAddresses: ["192.0.2.1", "2001:db8::1"] };

function load(text: string) {
  const source = createSourceFile(0, "etc/waybill.yaml", text);
  const collector = createCollector();
  const loaded = loadConfiguration(source, machine, collector);
  const diagnostics = sortedDiagnostics(collector);
  return {
    configuration: loaded?.configuration,
    diagnostics,
    shown: renderText(diagnostics, [source]),
  };
}

/** `CODE underlined text | help`, one a finding. */
function findings(text: string): string[] {
  return load(text).diagnostics.map(({ code, span, help }) => {
    return `${code} ${text.slice(span.start, span.end).split("\n")[0]} | ${help}`;
  });
}

function configurationOf(text: string): Configuration {
  const { configuration, shown } = load(text);
  if (configuration === undefined) throw new Error(shown);
  return configuration;
}

const minimal = `listeners:
  - { name: devices, bind: 0.0.0.0:2048, router: devices.frame#stations }
pools:
  main: { backends: [10.0.0.1:9000] }
`;

describe("a right configuration", () => {
  test.for([
    ["[::1]:2048", "0.0.0.0 takes no IPv6"],
    ["127.0.0.1:2049", "another port"],
    ["192.0.2.2:2048", "another machine"],
  ])("may have a backend at %s: %s", ([backend]) => {
    const text = minimal.replace("[10.0.0.1:9000]", `["${backend}"]`);
    expect(configurationOf(text).pools[0]?.backends).toHaveLength(1);
  });

  test("may bind a port of both kinds of addresses, each for itself", () => {
    const entry = '  - { name: b, bind: "[2001:db8::1]:2048", router: a.frame#b }\npools:';
    expect(configurationOf(minimal.replace("pools:", entry)).listeners).toHaveLength(2);
  });

  test("has every default filled in", () => {
    const { listeners, pools, log, isWatched } = configurationOf(minimal);
    expect(listeners).toEqual([
      {
        name: "devices",
        bind: { kind: "tcp", host: "0.0.0.0", port: 2048 },
        router: { kind: "frame", path: "etc/devices.frame", router: "stations" },
        pool: undefined,
        limits: {
          inspectMs: 5000,
          idleMs: 3_600_000,
          connections: 50_000,
          inspecting: 10_000,
          perClient: 0,
          acceptRate: 0,
        },
        keepaliveIdleMs: 60_000,
        proxyProtocol: undefined,
      },
    ]);
    const [backend] = pools[0]?.backends ?? [];
    expect(backend).toEqual({
      identity: "10.0.0.1:9000",
      host: "10.0.0.1",
      port: 9000,
      address: "10.0.0.1:9000",
      weight: 1,
    });
    expect(pools[0]).toMatchObject({
      name: "main",
      balance: "ring",
      connect: { timeoutMs: 3000, tries: 3 },
      connectionsMax: 0,
    });
    expect({ log, isWatched }).toEqual({
      log: { level: "info", connections: "end" },
      isWatched: false,
    });
  });

  test("says all that this release runs", () => {
    const { listeners, pools, log, isWatched } = configurationOf(`
listeners:
  - name: devices
    bind: "[::]:2048"
    router: ../r.frame#stations
    limits: &limits { inspect: 250ms, idle: 2d, connections: 5, inspecting: 4, per-client: 3, accept-rate: 2 }
    keepalive: { idle: 5m, every: 15s, count: 4 }
    proxy-protocol: { version: v2, from: [10.0.0.0/8, "2001:db8::/32", 192.0.2.7] }
  - { name: by-hand, bind: "unix:/run/w.sock", router: ./unpack.js, pool: main, limits: *limits }
  - { name: elsewhere, bind: 127.0.0.1:0, router: /opt/frames/r.frame#stations }
pools:
  main:
    balance: round-robin
    backends:
      - 10.0.0.1:9000
      - { address: 10.0.0.2:9000, weight: 2, id: north-2 }
      - "[2001:DB8:0::5]:9000"
    connect: { timeout: 1s, tries: 0 }
    limits: { connections: 7 }
    fallback: spare
  spare: { backends: [10.0.0.9:9000] }
log: { level: warn, connections: both }
engine: portable
workers: auto
watch: true
`);
    expect(listeners[0]?.limits).toEqual({
      inspectMs: 250,
      idleMs: 172_800_000,
      connections: 5,
      inspecting: 4,
      perClient: 3,
      acceptRate: 2,
    });
    expect(listeners[1]).toMatchObject({
      bind: { kind: "unix", path: "/run/w.sock" },
      router: { kind: "module", path: "etc/unpack.js" },
      pool: "main",
      limits: { inspectMs: 250 },
    });
    expect(listeners[0]?.router).toMatchObject({ path: "r.frame" });
    expect(listeners[2]?.router).toMatchObject({ path: "/opt/frames/r.frame" });
    expect(listeners[0]?.proxyProtocol?.from).toHaveLength(3);
    expect(pools[0]?.backends.map(({ identity, address }) => [identity, address])).toEqual([
      ["10.0.0.1:9000", "10.0.0.1:9000"],
      ["north-2", "10.0.0.2:9000"],
      ["[2001:db8::5]:9000", "[2001:db8::5]:9000"],
    ]);
    expect(pools[0]).toMatchObject({
      balance: "round-robin",
      fallback: "spare",
      connectionsMax: 7,
    });
    expect({ log, isWatched }).toEqual({
      log: { level: "warn", connections: "both" },
      isWatched: true,
    });
  });

  test("two binds may share a port where their addresses differ", () => {
    const text = minimal.replace(
      "pools:",
      `  - { name: b, bind: 127.0.0.1:2049, router: d.frame#s }
  - { name: c, bind: 127.0.0.2:2049, router: d.frame#s }
  - { name: d, bind: 127.0.0.1:0, router: d.frame#s }
  - { name: e, bind: 127.0.0.1:0, router: d.frame#s }
pools:`,
    );
    expect(configurationOf(text).listeners).toHaveLength(5);
  });
});

const swap = (from: string, to: string) => minimal.replace(from, to);
const withPool = (lines: string) => `${minimal}${lines}\n`;
const withListener = (entry: string) => minimal.replace("pools:", `  - { ${entry} }\npools:`);

describe("one finding each", () => {
  test.for<[what: string, text: string, finding: string]>([
    ["empty", "", "WB0904  | it needs listeners and pools, see docs/configuration.md"],
    [
      "comments only",
      "# nothing\n",
      "WB0904  | it needs listeners and pools, see docs/configuration.md",
    ],
    ["no YAML", "listeners: [", "WB0901 "],
    ["a tab", "\tlisteners: 1\n", "WB0901 \t"],
    [
      "an unknown alias",
      swap("10.0.0.1:9000", "*nope"),
      "WB0901 *nope | check the indentation and the quotes",
    ],
    ["an alias to what holds it", "listeners: &a [*a]\n", "WB0901 *a"],
    ["two documents", `${minimal}---\n${minimal}`, "WB0903 -"],
    ["a scalar", "listeners\n", "WB0908 listeners | "],
    ["a repeated key", `${minimal}log: {}\nlog: {}\n`, "WB0905 log | keep one of the two"],
    ["an unknown key", `${minimal}poools: {}\n`, "WB0906 poools | did you mean 'pools'?"],
    [
      "an unknown key of a listener",
      swap("bind:", "biind: 1, bind:"),
      "WB0906 biind | did you mean 'bind'?",
    ],
    [
      "an unknown key of limits",
      swap("#stations", "#stations, limits: { idel: 1s }"),
      "WB0906 idel | did you mean 'idle'?",
    ],
    [
      "an unknown key of a backend",
      swap("10.0.0.1:9000", "{ address: 10.0.0.1:9000, wieght: 2 }"),
      "WB0906 wieght | did you mean 'weight'?",
    ],
    [
      "an unknown key of a pool",
      withPool("  b: { backends: [10.0.0.1:1], fallbak: main }"),
      "WB0906 fallbak | did you mean 'fallback'?",
    ],
    ["a key unlike any", `${minimal}zzz: 1\n`, "WB0906 zzz | its keys are: listeners, pools"],
    [
      "a missing key",
      swap(", router: devices.frame#stations", ""),
      "WB0907 name | add a line: router: …",
    ],
    ["no pools", minimal.split("pools:")[0] ?? "", "WB0907 listeners | add a line: pools: …"],
    [
      "pools without a value",
      `${minimal.split("pools:")[0]}pools:\n`,
      "WB0908 pools | for example: main: { backends: [10.0.0.1:9000] }",
    ],
    [
      "no duration",
      swap("#stations", "#stations, limits: { idle: 5 sec }"),
      "WB0908 5 sec | did you mean 5s?",
    ],
    [
      "a number as duration",
      swap("#stations", "#stations, limits: { idle: 30 }"),
      "WB0908 30 | did you mean 30s?",
    ],
    ["a duration too long", swap("#stations", "#stations, limits: { idle: 900d }"), "WB0908 900d"],
    ["no whole number", swap("#stations", "#stations, limits: { connections: 1.5 }"), "WB0908 1.5"],
    ["a number too small", swap("#stations", "#stations, limits: { connections: 0 }"), "WB0908 0"],
    [
      "a host name",
      swap("10.0.0.1:9000", "localhost:9000"),
      "WB0908 localhost:9000 | did you mean 127.0.0.1:9000?",
    ],
    ["no port", swap("10.0.0.1:9000", "10.0.0.1"), "WB0908 10.0.0.1 | for example 10.0.0.1:9000"],
    ["a port too high", swap("10.0.0.1:9000", "10.0.0.1:65536"), "WB0908 10.0.0.1:65536"],
    [
      "IPv6 without brackets",
      swap("10.0.0.1:9000", '"2001:db8::1:9000"'),
      'WB0908 "2001:db8::1:9000" | did you mean "[2001:db8::1]:9000"?',
    ],
    [
      "IPv6 without quotes",
      swap("0.0.0.0:2048", "[2001]"),
      "WB0908 [2001] | an IPv6 address stands between quotes",
    ],
    [
      "a weight that is a text",
      swap("10.0.0.1:9000", "{ address: 10.0.0.1:9000, weight: heavy }"),
      "WB0908 heavy",
    ],
    [
      "a network with host bits",
      swap("#stations", "#stations, proxy-protocol: { from: [10.0.0.1/8] }"),
      "WB0908 10.0.0.1/8 | did you mean 10.0.0.0/8?",
    ],
    ["no networks", swap("#stations", "#stations, proxy-protocol: { from: [] }"), "WB0908 []"],
    ["a name with a blank", swap("main:", '"m n":'), 'WB0908 "m n" | '],
    ["an unknown word", `${minimal}log: { level: inof }\n`, "WB0909 inof | did you mean 'info'?"],
    [
      "an unknown policy",
      swap("backends:", "balance: rnig, backends:"),
      "WB0909 rnig | did you mean 'ring'?",
    ],
    [
      "a router without its name",
      swap("#stations", ""),
      "WB0908 devices.frame | did you mean devices.frame#ROUTER",
    ],
    [
      "a name twice",
      withListener("name: devices, bind: 127.0.0.1:1, router: a.frame#b"),
      "WB0911 devices | give each a name of its own",
    ],
    [
      "a bind twice",
      withListener("name: b, bind: 127.0.0.1:2048, router: a.frame#b"),
      "WB0912 127.0.0.1:2048 | give one of them another port",
    ],
    [
      "a bind on all of both kinds",
      withListener('name: b, bind: "[::]:2048", router: a.frame#b'),
      'WB0912 "[::]:2048" | ',
    ],
    [
      "an address twice",
      swap("[10.0.0.1:9000]", "[10.0.0.1:9000, { address: 10.0.0.1:9000, id: b }]"),
      "WB0913 { address: 10.0.0.1:9000, id: b } | write it once",
    ],
    [
      "an id twice",
      swap("[10.0.0.1:9000]", "[{ address: 10.0.0.1:1, id: b }, { address: 10.0.0.1:2, id: b }]"),
      "WB0911 { address: 10.0.0.1:2, id: b } | ",
    ],
    [
      "an unknown fallback",
      swap("backends:", "fallback: mian, backends:"),
      "WB0914 mian | did you mean 'main'?",
    ],
    [
      "a fallback to itself",
      swap("backends:", "fallback: main, backends:"),
      "WB0917 main | let the last pool",
    ],
    [
      "a circle of fallbacks",
      withPool("  a: { fallback: b }\n  b: { fallback: a }"),
      "WB0917 a | let the last pool",
    ],
    ["nobody in the pool", withPool("  a: {}"), "WB0919 a | add backends"],
    [
      "our own listener",
      swap("10.0.0.1:9000", "127.0.0.1:2048"),
      "WB0918 127.0.0.1:2048 | name the address of the server",
    ],
    [
      "our own listener by an interface",
      swap("10.0.0.1:9000", "192.0.2.1:2048"),
      "WB0918 192.0.2.1:2048 | ",
    ],
    [
      "a module without pool",
      swap("devices.frame#stations", "./unpack.js"),
      "WB0922 router | add a line: pool: …",
    ],
    [
      "a pool with rules",
      swap("#stations", "#stations, pool: main"),
      "WB0922 pool | remove the line",
    ],
    [
      "an unknown pool of a module",
      swap("devices.frame#stations", "./unpack.js, pool: mian"),
      "WB0914 mian | did you mean 'main'?",
    ],
    ["nested too deep", `a: ${"[".repeat(200)}`, "WB0902 ["],
    ["too long", `#${"x".repeat(YAML_LENGTH_MAX)}`, "WB0902 "],
    ["too many words", "a: 1\n".repeat(120_000), "WB0902 "],
    [
      "aliases of aliases",
      Array.from(
        { length: 12 },
        (_, i) => `k${i}: &a${i} [${i === 0 ? "1" : `*a${i - 1},`.repeat(10)}]`,
      ).join("\n"),
      "WB0902 1",
    ],
  ])("%s", ([, text, finding]) => {
    const found = findings(text);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(finding), `${found[0]}`).toBe(true);
  });
});

describe("what comes later", () => {
  const example = `
listeners:
  - name: devices
    bind: 0.0.0.0:2048
    router: devices.frame#stations
    limits: { inspect: 5s, idle: 1h, connections: 50000, inspecting: 10000, per-client: 0, accept-rate: 0 }
    keepalive: { idle: 60s, every: 15s, count: 4 }
    proxy-protocol: { version: any, from: [10.0.0.0/8] }
pools:
  main:
    balance: ring
    backends:
      - 10.0.0.1:9000
      - { address: 10.0.0.2:9000, weight: 2, id: north-2 }
    connect: { timeout: 3s, tries: 3 }
    limits: { connections: 0, connecting: 256, connect-rate: 0, queue: 0 }
    health: { every: 2s, timeout: 1s, rise: 2, fall: 3, probe: tcp }
    fallback: spare
    source: []
    send-proxy-protocol: off
  spare: { backends: [10.0.0.9:9000] }
discovery: {}
admin: 127.0.0.1:7070
log: { level: info, connections: end }
engine: auto
workers: auto
`;

  test("the whole file of the design is accepted, but for two parts that would be ignored", () => {
    expect(findings(example)).toEqual([
      "WB0910 health | remove it until a later release has it",
      "WB0910 admin | remove it until a later release has it",
    ]);
  });

  test.for([
    ["engine: auto\nworkers: auto", "engine: portable\nworkers: 4", "workers"],
    ["balance: ring", "balance: maglev", "balance"],
    ["queue: 0", "queue: 5", "queue"],
    ["connecting: 256", "connecting: 9", "connecting"],
    ["every: 15s", "every: 5s", "every"],
    ["source: []", "source: [10.0.0.5]", "source"],
    ["send-proxy-protocol: off", "send-proxy-protocol: v2", "send-proxy-protocol"],
    ["discovery: {}", "discovery: { dns: {} }", "discovery"],
    ["per-client: 0,", "per-client: 0, per-key: 1,", "per-key"],
    ["    router:", "    pin: { from: [10.0.0.0/8] }\n    router:", "pin"],
    ["    router:", "    tls: { cert: a }\n    router:", "tls"],
  ] as const)("%s → %s", ([from, to, key]) => {
    const text = example
      .replace(from, to)
      .replace(/ {4}health.*\n/, "")
      .replace(/admin.*\n/, "");
    const found = findings(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^WB0910 ${key} \\| `));
  });
});

describe("several findings", () => {
  test("are told in one run, in order, with their lines", () => {
    const { shown } = load(`listeners:
  - name: devices
    bind: localhost:2048
    router: devices.frame
    limits: { idel: 1h }
pools:
  main: { balance: rnig, backends: [10.0.0.1] }
`);
    expect(shown.match(/^etc.*|^ +help.*/gm)).toEqual([
      "etc/waybill.yaml:3:11: error WB0908: 'bind' must be an address with a port, or unix:PATH, not 'localhost:2048'",
      "  help: did you mean 127.0.0.1:2048?",
      "etc/waybill.yaml:4:13: error WB0908: 'router' must be FILE.frame#ROUTER or a module FILE.js, not 'devices.frame'",
      "  help: did you mean devices.frame#ROUTER, with the name of a router in that file?",
      "etc/waybill.yaml:5:15: error WB0906: 'limits' has no key 'idel'",
      "  help: did you mean 'idle'?",
      "etc/waybill.yaml:7:20: error WB0909: 'balance' cannot be 'rnig'",
      "  help: did you mean 'ring'?",
      "etc/waybill.yaml:7:37: error WB0908: 'backends' must be an IP address with a port, not '10.0.0.1'",
      '  help: for example 10.0.0.1:9000 or "[2001:db8::1]:9000"; names are not looked up yet',
    ]);
  });
});

describe("any text", () => {
  const words = fc.constantFrom(
    ..."listeners pools main name bind router backends limits idle 5s 0.0.0.0:1 10.0.0.1:9 a.frame#b __proto__ constructor toString null ~ true 1 -1 1e9 .nan &a *a !!binary !x | > ' \" [ ] { } : - ? , # % @ ` << --- ... \t \n".split(
      " ",
    ),
    "\n",
    "\n  ",
    "\n  - ",
    ": ",
    " ",
    "\0",
    "\uFEFF",
    "\u2028",
    "\ud800",
  );
  test("gives findings or a configuration, never an exception", () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
        const { configuration, diagnostics } = load(parts.join(""));
        expect(configuration !== undefined || diagnostics.length > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("a right file with any part changed, too", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: minimal.length }),
        fc.nat({ max: 12 }),
        words,
        (at, length, word) => {
          const { configuration, diagnostics } = load(
            minimal.slice(0, at) + word + minimal.slice(at + length),
          );
          expect(configuration !== undefined || diagnostics.length > 0).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
