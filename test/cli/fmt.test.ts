// `waybill fmt`: rewrites in place, leaves broken files alone, checks without writing.
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { runWaybill } from "./run-waybill.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const UNTIDY = 'protocol P{frame{start "*" at connection;u8 a;}key a=a;}';
const TIDY = `protocol P {
  frame { start "*" at connection; u8 a; }
  key a = a;
}
`;
const BROKEN = "protocol P { frame { u8 a } }";
const folder = temporaryFolder();

test("in place: the name of what was changed is printed, the mode kept", async () => {
  const untidy = folder.write("untidy.frame", UNTIDY);
  const tidy = folder.write("tidy.frame", TIDY);
  chmodSync(untidy, 0o600);
  expect(await runWaybill(["fmt", untidy, tidy])).toEqual({
    status: 0,
    out: `${untidy}\n`,
    err: "",
  });
  expect(readFileSync(untidy, "utf8")).toBe(TIDY);
  expect(statSync(untidy).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder.path).filter((name) => name.startsWith("."))).toEqual([]);
  expect(await runWaybill(["fmt", untidy])).toEqual({ status: 0, out: "", err: "" });
});

test("--check writes nothing and names what would change", async () => {
  const untidy = folder.write("check.frame", UNTIDY);
  const tidy = folder.write("checked.frame", TIDY);
  const ran = await runWaybill(["fmt", "--check", tidy, untidy]);
  expect(ran).toEqual({ status: 1, out: `${untidy}\n`, err: "" });
  expect(readFileSync(untidy, "utf8")).toBe(UNTIDY);
  expect(await runWaybill(["fmt", "--check", tidy])).toEqual({ status: 0, out: "", err: "" });
});

test("a file with syntax errors is left as it is; the others are done", async () => {
  const broken = folder.write("broken.frame", BROKEN);
  const untidy = folder.write("beside.frame", UNTIDY);
  const { status, out, err } = await runWaybill(["fmt", broken, untidy]);
  expect(err).toMatch(/broken.frame:1:25: error WB0114: expected ';' after the field 'a'/);
  expect(out).toBe(`${untidy}\n`);
  expect(status).toBe(1);
  expect(readFileSync(broken, "utf8")).toBe(BROKEN);
  expect(readFileSync(untidy, "utf8")).toBe(TIDY);
});

test("a file whose meaning is wrong, or whose imports are not there, is laid out all the same", async () => {
  const wrong = folder.write(
    "wrong.frame",
    'import "./absent.frame";router r on P{otherwise->main;}',
  );
  const { status } = await runWaybill(["fmt", wrong]);
  expect(readFileSync(wrong, "utf8")).toContain("router r on P { otherwise -> main; }\n");
  expect(status).toBe(0);
});

test("- reads standard input and writes standard output", async () => {
  expect(await runWaybill(["fmt", "-"], { input: UNTIDY })).toEqual({
    status: 0,
    out: TIDY,
    err: "",
  });
  const check = await runWaybill(["fmt", "--check", "-"], { input: UNTIDY });
  expect(check).toEqual({ status: 1, out: "<stdin>\n", err: "" });
  const broken = await runWaybill(["fmt", "-"], { input: BROKEN });
  expect(broken).toMatchObject({ status: 1, out: "" });
  expect(broken.err).toMatch(/^<stdin>:1:25: error WB0114/);
});

test.for<readonly [path: string, says: RegExp]>([
  ["absent.frame", /absent.frame: error WB0801: there is no file/],
  ["test/cli", /test\/cli: error WB0803: 'test\/cli' is a directory/],
])("%s: one finding, status 1", async ([path, says]) => {
  const { status, err } = await runWaybill(["fmt", path]);
  expect(err).toMatch(says);
  expect(status).toBe(1);
});
