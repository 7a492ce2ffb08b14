// The examples are right, laid out, tested, and of use: `validate`, `fmt --check` and `test` are content with each.
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { runWaybill } from "../cli/run-waybill.ts";

const folder = "examples";
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
  (name) => `${folder}/${name}`,
);
const descriptions = files.filter((name) => name.endsWith(".frame"));
const configurations = files.filter((name) => name.endsWith(".yaml"));

test("there are some", () => {
  expect(descriptions.length).toBeGreaterThan(3);
  expect(configurations.length).toBeGreaterThan(1);
});

test.for([...descriptions, ...configurations])("%s has no findings", async (file) => {
  const { out, status } = await runWaybill(["validate", file]);
  expect(out).toContain("1 file: 0 errors, 0 warnings");
  expect(status).toBe(0);
});

test.for(descriptions)("%s is laid out and tested", async (file) => {
  expect(await runWaybill(["fmt", "--check", file])).toMatchObject({ status: 0 });
  const { out, status } = await runWaybill(["test", file]);
  expect(out).toMatch(/1 file: [1-9]\d* passed, 0 failed/);
  expect(status).toBe(0);
});
