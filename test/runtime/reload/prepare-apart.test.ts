// A preparation from another process is the one of this process: the same findings, and programs that decide alike.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { thisMachine } from "../../../src/runtime/config/machine.ts";
import { createLoader } from "../../../src/runtime/reload/compiling-loader.ts";
import { prepare } from "../../../src/runtime/reload/prepare.ts";
import { prepareApart } from "../../../src/runtime/reload/prepare-apart.ts";
import { inspect } from "../../../src/runtime/routing/inspect.ts";
import { createInspector, INSPECTED } from "../../../src/runtime/routing/inspector.ts";
import type { RouterProgram } from "../../../src/runtime/routing/program.ts";
import { resetRow, rowWords } from "../../../src/runtime/routing/row.ts";
import { runToEnd } from "../../support/program.ts";
import { Folder } from "../support/router.ts";

const built = new URL("../../../dist/runtime/reload/preparation-process.js", import.meta.url);
const ENTRY = fileURLToPath(built);

const FRAME = `import "star";
router stations on Star {
  map station file "keys.csv" -> pool;
  otherwise -> reject "not ours";
}
`;
const MODULE = `export const unpack = (b) =>
  b.length < 2 ? { need: 2 - b.length } : b[0] === 33 ? { reject: "no" } : { frame: 2, key: "k" };
`;
const CONFIGURATION = `listeners:
  - { name: a, bind: 127.0.0.1:0, router: r.frame#stations, proxy-protocol: { from: [127.0.0.1/32] } }
  - { name: b, bind: 127.0.0.1:0, router: own.mjs, pool: main }
pools:
  main: { backends: [10.0.0.1:1] }
  other: { backends: [10.0.0.2:1] }
`;

beforeAll(() => {
  expect(existsSync(ENTRY), "npm run build comes first").toBe(true);
});

function folderWith(changes: Readonly<Record<string, string>> = {}): Folder {
  const folder = new Folder();
  const files = {
    "waybill.yaml": CONFIGURATION,
    "r.frame": FRAME,
    "keys.csv": "key0000000000001,main\nkey0000000000002,other\n",
    "own.mjs": MODULE,
    ...changes,
  };
  for (const [name, text] of Object.entries(files)) folder.write(name, text);
  return folder;
}

/** What becomes of these bytes: the answer, and the outcome or the refusal. */
function decide(program: RouterProgram | undefined, bytes: Buffer): unknown {
  if (program === undefined) throw new Error("no program");
  const inspector = createInspector(256);
  const row = new Int32Array(rowWords(program));
  resetRow(row, 0, row.length);
  const answer = inspect(inspector, program, row, 0, bytes, 0, bytes.length);
  const { outcome, refusal } = inspector.result;
  if (answer === INSPECTED.need) return "need";
  return answer === INSPECTED.route ? program.routes.outcomes[outcome] : refusal;
}

function star(key: string): Buffer {
  const frame = Buffer.from(`*\0\0\0\x1c${"-".repeat(14)}${key}`, "latin1");
  return Buffer.concat([Buffer.from("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"), frame]);
}

test("programs of descriptions and of users' modules decide alike", async () => {
  const path = folderWith().file("waybill.yaml");
  const here = await prepare(path, createLoader(), thisMachine());
  const apart = await prepareApart(path, thisMachine(), ENTRY);
  expect(apart.report).toEqual(here.report);
  expect(apart.files).toEqual(here.files);
  expect(apart.prepared?.configuration).toEqual(here.prepared?.configuration);
  expect(apart.prepared?.estimate).toEqual(here.prepared?.estimate);
  const frames = [
    ["key0000000000001", "key0000000000002", "key0000000000003"].map(star),
    ["o", "ok", "!!"].map((text) => Buffer.from(text)),
  ];
  const decisions = (programs: readonly RouterProgram[] | undefined) =>
    frames.map((list, index) => list.map((bytes) => decide(programs?.[index], bytes)));
  expect(decisions(apart.prepared?.programs)).toEqual(decisions(here.prepared?.programs));
  expect(decisions(apart.prepared?.programs)).toEqual([
    [
      expect.objectContaining({ kind: "pool", pool: "main" }),
      expect.objectContaining({ kind: "pool", pool: "other" }),
      "rule-reject",
    ],
    ["need", expect.objectContaining({ kind: "pool", pool: "main" }), "reject"],
  ]);
});

test.for([
  ["the description", { "r.frame": "router stations on Sta {}\n" }],
  ["the configuration", { "waybill.yaml": "listeners: 7\n" }],
  ["a module", { "own.mjs": "export const other = 1;\n" }],
] as const)("what is wrong with %s is found all the same", async ([, changes]) => {
  const path = folderWith(changes).file("waybill.yaml");
  const apart = await prepareApart(path, thisMachine(), ENTRY);
  expect(apart.prepared).toBeUndefined();
  expect(apart.report.diagnostics.length).toBeGreaterThan(0);
  expect(apart.report).toEqual((await prepare(path, createLoader(), thisMachine())).report);
});

test("a process that ends without an answer is an error, and not a configuration", async () => {
  const folder = folderWith({ "dies.mjs": 'console.error("out of luck");process.exit(3);\n' });
  const apart = prepareApart(folder.file("waybill.yaml"), thisMachine(), folder.file("dies.mjs"));
  await expect(apart).rejects.toThrow("ended with 3 and no answer: out of luck");
});

/** Prepares while no descriptor is left, as it comes to be where there are too many connections. */
const STARVED = `import { closeSync, openSync } from "node:fs";
const [, , door, path] = process.argv;
const { prepareApart } = await import(door);
const held = [];
try {
  for (;;) held.push(openSync("/dev/null"));
} catch {}
const preparing = prepareApart(path, { localAddresses: [], memoryBytes: 1e9 });
for (const fd of held) closeSync(fd);
console.log((await preparing).prepared !== undefined);
process.exit();
`;

test.runIf(process.platform === "linux")("without a descriptor to spare", async () => {
  const folder = folderWith({ "starved.mjs": STARVED });
  const door = new URL("prepare-apart.js", built).href;
  const { stdout, stderr, status } = await runToEnd({
    program: "sh",
    args: [
      ...["-c", 'ulimit -n 600 && exec "$0" "$@"', process.execPath],
      ...[folder.file("starved.mjs"), door, folder.file("waybill.yaml")],
    ],
  });
  expect({ stdout, stderr, status }).toEqual({ stdout: "true\n", stderr: "", status: 0 });
});
