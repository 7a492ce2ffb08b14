import { expect, test } from "vitest";
import {
  createCollector,
  hasErrors,
  MAX_DIAGNOSTICS,
  report,
  sortedDiagnostics,
} from "../../../src/compiler/diagnostics/collector.ts";

const at = (file: number, start: number) => ({ file, start, end: start + 1 });

test("findings come by file and place, at one place in order of reporting", () => {
  const collector = createCollector();
  report(collector, "expected", at(1, 5), { expected: "a name", found: "';'", help: "" });
  report(collector, "emptyList", at(0, 9), { what: "set" });
  report(collector, "emptyList", at(0, 2), { what: "enum" });
  report(collector, "emptyList", at(0, 2), { what: "split" });
  expect(sortedDiagnostics(collector).map(({ message }) => message)).toEqual([
    "this enum is empty",
    "this split is empty",
    "this set is empty",
    "expected a name, found ';'",
  ]);
});

test("a finding carries what the catalogue says", () => {
  const collector = createCollector();
  const related = [{ message: "opened here", span: at(0, 0) }];
  report(collector, "unknownUnit", at(0, 3), { unit: "KB", nearest: "KiB" }, related);
  expect(sortedDiagnostics(collector)).toEqual([
    {
      code: "WB0108",
      severity: "error",
      message: "'KB' is not a unit",
      span: at(0, 3),
      help: "did you mean 'KiB'? Sizes count in KiB, MiB and GiB: 1KiB is 1024 bytes",
      related,
    },
  ]);
});

test("only so many are kept, and a last line says how many were not", () => {
  const collector = createCollector();
  expect(hasErrors(collector)).toBe(false);
  for (let index = 0; index < MAX_DIAGNOSTICS + 7; index += 1) {
    report(collector, "emptyList", at(0, index), { what: "set" });
  }
  const sorted = sortedDiagnostics(collector);
  expect(hasErrors(collector)).toBe(true);
  expect(sorted.length).toBe(MAX_DIAGNOSTICS + 1);
  expect(sorted.at(-1)).toMatchObject({
    code: "WB0001",
    message: "and 7 more errors and 0 more warnings, which are not shown",
  });
});

test("exactly as many as are kept need no last line", () => {
  const collector = createCollector();
  for (let index = 0; index < MAX_DIAGNOSTICS; index += 1) {
    report(collector, "emptyList", at(0, index), { what: "set" });
  }
  expect(sortedDiagnostics(collector).map(({ code }) => code)).not.toContain("WB0001");
});
