// `waybill compile`: what it writes is a module that works, where it was asked for.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { runWaybill } from "./run-waybill.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const FRAME = "test/cli/files/meters.frame";
const TWO = "test/cli/files/two.frame";
const folder = temporaryFolder();

test("the module goes to standard output, the source's lines in it", async () => {
  const { status, out, err } = await runWaybill(["compile", FRAME]);
  expect(out).toMatch(/^export const meta = /m);
  expect(out).toMatch(/^export function unpack\(/m);
  expect(out).toContain(`${FRAME}:5`);
  expect(err).toBe("");
  expect(status).toBe(0);
});

test("-o: the module works", async () => {
  const path = join(folder.path, "meter.mjs");
  expect(await runWaybill(["compile", FRAME, "-o", path])).toEqual({ status: 0, out: "", err: "" });
  const { unpack, meta } = await import(pathToFileURL(path).href);
  expect(meta).toMatchObject({ protocol: "Meter", keys: ["serial", "alarm"], needMin: 14 });
  const frame = Buffer.concat([Buffer.from("2323000e9000", "hex"), Buffer.from("A0000001")]);
  const s = new Int32Array(meta.words);
  expect(unpack(frame, 0, frame.length, s)).toBe(14);
  expect(unpack(frame, 0, 5, s)).toBe(-1);
  expect(s[0]).toBe(9);
});

describe("several protocols", () => {
  test("a folder gets one file each", async () => {
    const out = join(folder.path, "modules");
    mkdirSync(out);
    expect(await runWaybill(["compile", TWO, "-o", out])).toMatchObject({ status: 0 });
    expect(readdirSync(out).sort()).toEqual(["Left.mjs", "Right.mjs"]);
    expect(readFileSync(join(out, "Left.mjs"), "utf8")).toContain("Left");
  });

  test("--protocol names one", async () => {
    const { out } = await runWaybill(["compile", TWO, "--protocol", "Right"]);
    expect(out).toMatch(/protocol: "Right"/);
    expect(out).not.toContain("Left");
  });

  test("--print ir prints them all", async () => {
    const { status, out } = await runWaybill(["compile", TWO, "--print", "ir"]);
    expect(out.match(/^protocol \w+/gm)).toEqual(["protocol Left", "protocol Right"]);
    expect(status).toBe(0);
  });
});

test("--print ir to a file", async () => {
  const path = join(folder.path, "meter.txt");
  await runWaybill(["compile", FRAME, "--print", "ir", "-o", path]);
  expect(readFileSync(path, "utf8")).toMatch(
    /^protocol Meter from test\/cli\/files\/meters.frame$/m,
  );
});

test("a file that is replaced keeps its mode, a link what it points to, and nothing is left over", async () => {
  const inner = join(folder.path, "replaced");
  mkdirSync(inner);
  const path = join(inner, "real.mjs");
  const link = join(inner, "link.mjs");
  await runWaybill(["compile", FRAME, "-o", path]);
  chmodSync(path, 0o640);
  symlinkSync(path, link);
  await runWaybill(["compile", TWO, "-p", "Left", "-o", link]);
  expect(readFileSync(path, "utf8")).toContain("Left");
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(inner).sort()).toEqual(["link.mjs", "real.mjs"]);
});

test.for<readonly [what: string, path: string, says: RegExp]>([
  [
    "a folder that is not there",
    "absent/x.mjs",
    /cannot write .*absent\/x.mjs: its folder does not exist/,
  ],
  ["a file as a folder", "plain/x.mjs", /cannot write .*plain\/x.mjs: its folder is a file/],
])("-o into %s: one line, status 1", async ([, path, says]) => {
  folder.write("plain", "");
  const { status, out, err } = await runWaybill(["compile", FRAME, "-o", join(folder.path, path)]);
  expect(err).toMatch(says);
  expect(err.match(/\n/g)).toHaveLength(1);
  expect(out).toBe("");
  expect(status).toBe(1);
});

test("errors: said on standard error, and nothing is written", async () => {
  const path = join(folder.path, "none.mjs");
  const wrong = "test/diagnostics/wb0201-unknown-name.frame";
  const { status, out, err } = await runWaybill(["compile", wrong, "-o", path]);
  expect(err).toMatch(/error WB0201: there is no field 'lenght' here/);
  expect(out).toBe("");
  expect(existsSync(path)).toBe(false);
  expect(status).toBe(1);
});

test("warnings go beside the module, not into it", async () => {
  const { status, out, err } = await runWaybill([
    "compile",
    "test/diagnostics/wb0317-weak-start.frame",
  ]);
  expect(err).toMatch(/warning WB0317/);
  expect(out).not.toContain("WB0317");
  expect(status).toBe(0);
});
