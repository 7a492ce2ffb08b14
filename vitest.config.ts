// How the tests run. CI names a file in WAYBILL_TEST_REPORT and counts from what is written there.
import { configDefaults, defineConfig } from "vitest/config";
import { linuxOnlyTests } from "./test/support/linux-only.ts";

const reportFile = process.env["WAYBILL_TEST_REPORT"];

const skipped = process.platform === "linux" ? [] : linuxOnlyTests(import.meta.dirname);
for (const file of skipped) process.stderr.write(`SKIPPED ${file}: this is ${process.platform}\n`);

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...skipped],
    // Scenarios of the engines meet real time on a machine that others use too. None is known that needs it; the reporter marks
    // who did ("retry x1").
    retry: process.env["CI"] === undefined ? 0 : 1,
    testTimeout: 20_000,
    hookTimeout: 60_000, // the first hook of a suite of real clients starts five programs
    reporters:
      reportFile === undefined ? ["default"] : ["default", ["json", { outputFile: reportFile }]],
  },
});
