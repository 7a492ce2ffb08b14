// How the tests run. CI names a file in WAYBILL_TEST_REPORT and counts from what is written there.
import { defineConfig } from "vitest/config";

// Scenarios of the Linux engine alone, which is on trial.
const trials = process.env["WAYBILL_TEST_LINUX_ENGINE"] === "1" ? ["test/**/*.trial.ts"] : [];
const reportFile = process.env["WAYBILL_TEST_REPORT"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", ...trials],
    testTimeout: 20_000,
    hookTimeout: 60_000, // the first hook of a suite of real clients starts five programs
    reporters:
      reportFile === undefined ? ["default"] : ["default", ["json", { outputFile: reportFile }]],
  },
});
