import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { renderText } from "../../../src/compiler/index.ts";
import type { Machine } from "../../../src/runtime/config/machine.ts";
import { thisMachine } from "../../../src/runtime/config/machine.ts";
import { createLoader } from "../../../src/runtime/reload/compiling-loader.ts";
import { CONNECTION_BYTES } from "../../../src/runtime/reload/estimate.ts";
import { prepare } from "../../../src/runtime/reload/prepare.ts";
import { STAR_FRAME_MAX } from "../support/modules.ts";
import { Folder, lineLoader } from "../support/router.ts";

const roomy: Machine = {
  localAddresses: [],
  memoryBytes: undefined,
  descriptors: undefined,
  waitingConnections: undefined,
  ephemeralPorts: undefined,
};

const text = `listeners:
  - { name: a, bind: 127.0.0.1:1001, router: r.frame#one, limits: { connections: 3000, inspecting: 100 } }
  - { name: b, bind: 127.0.0.1:1002, router: r.frame#two, limits: { connections: 1000, inspecting: 50 } }
pools:
  main: { backends: [10.0.0.1:1, 10.0.0.2:1, { address: 10.0.0.3:1, weight: 0 }] }
  other: { backends: [10.0.0.4:1], limits: { connections: 400 } }
`;

async function prepareText(machine: Machine, frame = "one -> main\ntwo -> main\nthree -> other\n") {
  const folder = new Folder();
  folder.write("waybill.yaml", text);
  folder.write("r.frame", frame);
  const preparation = await prepare(folder.file("waybill.yaml"), lineLoader, machine);
  const { sources, diagnostics } = preparation.report;
  return { ...preparation, folder, shown: renderText(diagnostics, sources) };
}

describe("the worst case", () => {
  test("is an estimate of memory, descriptors and ports", async () => {
    const { prepared } = await prepareText(roomy);
    expect(prepared?.estimate).toEqual({
      memoryBytes: 150 * (2 * STAR_FRAME_MAX + CONNECTION_BYTES),
      descriptors: 2 * 4000 + 2 * 96 + 1000,
      pools: [
        { pool: "main", portsPerBackend: 2000 },
        { pool: "other", portsPerBackend: 0 },
      ],
    });
  });

  test("a pool's own limit bounds its ports", async () => {
    const { prepared } = await prepareText(roomy, "one -> other\ntwo -> main\n");
    expect(prepared?.estimate.pools[1]).toEqual({ pool: "other", portsPerBackend: 400 });
  });

  test("is a warning where the machine has less", async () => {
    const small = { ...roomy, memoryBytes: 1024 * 1024, descriptors: 1024, ephemeralPorts: 1000 };
    const { prepared, shown } = await prepareText(small);
    expect(prepared).toBeDefined();
    expect(shown.match(/warning .*/g)).toEqual([
      "warning WB0925: undecided connections may hold 2.9MiB of memory, the machine has 1MiB",
      "warning WB0926: the listeners may need 9192 descriptors, the process may have 1024",
      "warning WB0927: a backend of 'main' may need 2000 ports, the machine has 1000",
      "warning WB0920: no rule sends anything to the pool 'other'",
    ]);
  });

  test("this machine can be asked", () => {
    const { localAddresses, memoryBytes } = thisMachine();
    expect(localAddresses).toContain("127.0.0.1");
    expect(memoryBytes).toBeGreaterThan(2 ** 20);
  });
});

describe("a configuration that cannot be read", () => {
  test.for<[what: string, make: (path: string) => void, finding: string]>([
    ["missing", () => undefined, "no such file"],
    ["a directory", (path) => mkdirSync(path), "it is a directory"],
    [
      "100 MB",
      (path) => {
        writeFileSync(path, "");
        truncateSync(path, 100_000_000);
      },
      "100000000 bytes, the limit is 16777216",
    ],
    [
      "no text",
      (path) => writeFileSync(path, Buffer.from("a: \xff", "latin1")),
      "the bytes are not UTF-8",
    ],
  ])("%s: one line", async ([, make, finding]) => {
    const path = new Folder().file("waybill.yaml");
    make(path);
    const { report, prepared } = await prepare(path, createLoader(), roomy);
    expect(prepared).toBeUndefined();
    const [line, help, ...rest] = renderText(report.diagnostics, report.sources)
      .trimEnd()
      .split("\n");
    expect(line).toBe(
      `${path}: error WB0928: the configuration '${path}' cannot be read: ${finding}`,
    );
    expect(help).toMatch(/help:/);
    expect(rest).toEqual([]);
  });
});

describe("files", () => {
  test("all that were read are to be watched", async () => {
    const { files, folder } = await prepareText(roomy);
    expect(files).toEqual([folder.file("waybill.yaml"), folder.file("r.frame")]);
  });

  test("a router that two listeners use is compiled once", async () => {
    const folder = new Folder();
    folder.write("waybill.yaml", text.replace("#two", "#one"));
    folder.write("r.frame", "one -> main\n");
    let loads = 0;
    const loader = {
      ...lineLoader,
      loadFrame: (path: string) => {
        loads += 1;
        return lineLoader.loadFrame(path);
      },
    };
    const { prepared } = await prepare(folder.file("waybill.yaml"), loader, roomy);
    expect(prepared?.programs).toHaveLength(2);
    expect(loads).toBe(1);
  });

  test("findings of several files are told in one run", async () => {
    const folder = new Folder();
    folder.write("waybill.yaml", text.replace("r.frame#two", "s.frame#two"));
    folder.write("r.frame", "one -> nowhere\n");
    folder.write("s.frame", "two -> main\nbroken\n");
    const { report, prepared } = await prepare(folder.file("waybill.yaml"), lineLoader, roomy);
    expect(prepared).toBeUndefined();
    const shown = renderText(report.diagnostics, report.sources).replaceAll(`${folder.path}/`, "");
    expect(shown.match(/^\S+: (error|warning) \w+/gm)).toEqual([
      "waybill.yaml:2:46: error WB0915",
      "waybill.yaml:6:3: warning WB0920",
      "s.frame:2:1: error WB0101",
    ]);
  });

  test("a pool that is sent keys and pays no attention to them", async () => {
    const folder = new Folder();
    folder.write("waybill.yaml", text.replace("main: {", "main: { balance: round-robin,"));
    folder.write("r.frame", "one -> main by station\ntwo -> other\n");
    const { report } = await prepare(folder.file("waybill.yaml"), lineLoader, roomy);
    const shown = renderText(report.diagnostics, report.sources);
    expect(shown).toMatch(
      /waybill\.yaml:5:20: warning WB0921: the router 'one' sends to 'main' by a key/,
    );
    expect(shown).toMatch(/r\.frame:1:1: the key is named here/);
  });
});
