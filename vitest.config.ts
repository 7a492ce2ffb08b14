// How the tests run. CI names a file in WAYBILL_TEST_REPORT and counts from what is written there.
import { defineConfig } from "vitest/config";

const reportFile = process.env["WAYBILL_TEST_REPORT"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000, // the first hook of a suite of real clients starts five programs
    reporters:
      reportFile === undefined ? ["default"] : ["default", ["json", { outputFile: reportFile }]],
  },
});
