// `waybill validate`: formats, several files at once, statuses. What it says of each fault is held by test/diagnostics.
import { describe, expect, test } from "vitest";
import { runWaybill } from "./run-waybill.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const GOOD = "test/cli/files/meters.frame";
const UNKNOWN = "test/diagnostics/wb0201-unknown-name.frame";
const WEAK = "test/diagnostics/wb0317-weak-start.frame";
const POOL = "test/diagnostics/wb0915-routed-pool-unknown.yaml";
const folder = temporaryFolder();

test("a description and its configuration, both right: the worst case and a summary", async () => {
  const { status, out, err } = await runWaybill(["validate", GOOD, "test/cli/files/waybill.yaml"]);
  await expect(out).toMatchFileSnapshot("../golden/cli/validate-right.txt");
  expect(err).toBe("");
  expect(status).toBe(0);
});

test("a warning alone is no reason to stop", async () => {
  const { status, out } = await runWaybill(["validate", WEAK]);
  expect(out).toMatch(/warning WB0317/);
  expect(out).toMatch(/^1 file: 0 errors, 1 warning$/m);
  expect(status).toBe(0);
});

test("a vector that does not do what it says is an error", async () => {
  const { status, out } = await runWaybill([
    "validate",
    "test/diagnostics/wb0601-expectation-failed.frame",
  ]);
  expect(out).toMatch(/^1 file: 2 errors, 0 warnings, 2 tests run$/m);
  expect(status).toBe(1);
});

test("several files: each is a compilation of its own, findings in the order of the files", async () => {
  const first = folder.write("first.frame", "protocol P {\n  frame { u8 a = 300; }\n}\n");
  const second = folder.write("second.frame", "protocol P {\n  frame { u8 b = 400; }\n}\n");
  const { status, out } = await runWaybill(["validate", second, first]);
  expect(out.match(/^.* error WB.*$/gm)).toEqual([
    `${second}:2:16: error WB0306: no value that b can have satisfies this rule`,
    `${first}:2:16: error WB0306: no value that a can have satisfies this rule`,
  ]);
  expect(status).toBe(1);
});

test("a file that two files import is found fault with once", async () => {
  const shared = folder.write("shared.frame", "protocol Shared {\n  frame { u8 a = 300; }\n}\n");
  const users = ["one", "two"].map((name) =>
    folder.write(`${name}.frame`, `import "./shared.frame";\n`),
  );
  const { out } = await runWaybill(["validate", ...users, shared, shared]);
  expect(out.match(/error WB/g)).toHaveLength(1);
  expect(out).toMatch(/^3 files: 1 error, 0 warnings$/m);
});

test("a configuration brings the findings of its descriptions, and runs their tests", async () => {
  folder.write(
    "wrong.frame",
    `protocol P { frame { text[4] id; } key id = id; }
router r on P { otherwise -> main by id; }
test P "wrong" { bytes "ABCD"; expect id == "ABCE"; }
`,
  );
  const yaml = folder.write(
    "waybill.yaml",
    `listeners: [{ name: a, bind: 127.0.0.1:1, router: wrong.frame#r }]
pools: { main: { backends: [127.0.0.1:2] } }
`,
  );
  const { status, out } = await runWaybill(["validate", yaml]);
  expect(out).toMatch(/wrong.frame:3:32: error WB0601: expected id == "ABCE", found id == "ABCD"/);
  expect(out).toMatch(/^1 file: 1 error, 0 warnings, 1 test run$/m);
  expect(status).toBe(1);
});

describe("--format json", () => {
  test("everything a program needs", async () => {
    const { status, out } = await runWaybill(["validate", "--format", "json", POOL, WEAK]);
    const { diagnostics, errors, warnings } = JSON.parse(out);
    expect({ errors, warnings }).toEqual({ errors: 1, warnings: 2 });
    expect(diagnostics[0]).toEqual({
      file: POOL,
      line: 2,
      column: 51,
      endLine: 2,
      endColumn: 76,
      severity: "error",
      code: "WB0915",
      message: "the router 'meters' sends to the pool 'main', which is not declared",
      help: expect.stringContaining("declare it under pools"),
      related: [
        expect.objectContaining({
          file: "test/diagnostics/parts/meters.frame",
          line: 7,
          column: 1,
        }),
      ],
    });
    expect(status).toBe(1);
  });

  test("nothing found is a whole object too", async () => {
    const { status, out } = await runWaybill(["validate", "--format", "json", GOOD]);
    expect(JSON.parse(out)).toEqual({ diagnostics: [], errors: 0, warnings: 0 });
    expect(status).toBe(0);
  });
});

test("--format github: one annotation a finding, nothing else", async () => {
  const { status, out } = await runWaybill(["validate", "--format", "github", UNKNOWN, WEAK]);
  expect(out).toBe(
    `::error file=${UNKNOWN},line=4,col=10,endLine=4,endColumn=16,title=WB0201::there is no field 'lenght' here%0Ahelp: did you mean 'length'?
::warning file=${WEAK},line=3,col=5,endLine=3,endColumn=15,title=WB0317::a one-byte start mark may be found in junk%0Ahelp: add 'at connection' where the client never sends junk, or 'confirm check' where the frame has a check
`,
  );
  expect(status).toBe(1);
});

test("the library is right", async () => {
  const { status, out } = await runWaybill(["validate", "library:star", "library:mqtt"]);
  expect(out).toMatch(/^2 files: 0 errors/m);
  expect(status).toBe(0);
});
