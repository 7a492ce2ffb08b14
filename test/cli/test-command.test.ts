// `waybill test`: a line a test, a summary, status 1 where one fails.
import { expect, test } from "vitest";
import { runWaybill } from "./run-waybill.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const GOOD = "test/cli/files/meters.frame";
const FAILING = "test/diagnostics/wb0601-expectation-failed.frame";
const folder = temporaryFolder();

test("all pass", async () => {
  expect(await runWaybill(["test", GOOD])).toEqual({
    status: 0,
    out: `ok    ${GOOD}  Meter  a report with one reading
ok    ${GOOD}  Meter  too short to be one
ok    ${GOOD}  meters  an important meter

1 file: 3 passed, 0 failed
`,
    err: "",
  });
});

test("what fails is shown, and why", async () => {
  const { status, out, err } = await runWaybill(["test", GOOD, FAILING]);
  await expect(out).toMatchFileSnapshot("../golden/cli/test-failing.txt");
  expect(err).toBe("");
  expect(status).toBe(1);
});

test("a test of what does not compile is not run, and said so", async () => {
  const file = folder.write(
    "wrong.frame",
    'protocol P { frame { u8 a = 300; } key a = a; }\ntest P "x" { bytes x"01"; expect frame; }\n',
  );
  const { status, out } = await runWaybill(["test", file]);
  expect(out).toMatch(/error WB0306/);
  expect(out).toMatch(/^1 file: 0 passed, 0 failed, 1 not run: what they test has errors$/m);
  expect(status).toBe(1);
});

test("warnings are not the tests' business", async () => {
  const file = folder.write(
    "warned.frame",
    'protocol P { frame { start "*"; u8 a; } key a = a; }\ntest P "x" { bytes "*" x"01"; expect a == 1; }\n',
  );
  const { status, out } = await runWaybill(["test", file]);
  expect(out).toBe(`ok    ${file}  P  x\n\n1 file: 1 passed, 0 failed\n`);
  expect(status).toBe(0);
});

test("a title cannot move the cursor", async () => {
  const file = folder.write(
    "title.frame",
    'protocol P { frame { u8 a; } key a = a; }\ntest P "\\x1B[2J\\r" { bytes x"01"; expect a == 1; }\n',
  );
  const { out } = await runWaybill(["test", file]);
  expect(out).toContain(`ok    ${file}  P  \\x1b[2J\\x0d\n`);
});

test("no tests at all", async () => {
  const { status, out } = await runWaybill(["test", "test/cli/files/two.frame"]);
  expect(out).toBe("1 file: 0 passed, 0 failed\n");
  expect(status).toBe(0);
});
