import { expect, test } from "vitest";
import { createLogger } from "../../../src/runtime/log/logger.ts";

function logged(level: string) {
  const lines: string[] = [];
  const logger = createLogger(level, { write: (line: string) => void lines.push(line) });
  return { logger, lines };
}

test("a line is an object of level, time, fields and text, in that order", () => {
  const { logger, lines } = logged("info");
  logger.info({ a: 1, absent: undefined, text: 'line\nfeed "\u0000' }, "said");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^\{"level":"info","time":"\d{4}-\d\d-\d\dT[\d:.]+Z","a":1,"text":"line\\nfeed \\"\\u0000","msg":"said"\}\n$/,
  );
});

test("a text alone", () => {
  const { logger, lines } = logged("info");
  logger.error("only this");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "error", msg: "only this" });
});

test("errors keep their type, stack and messages down to the cause", () => {
  const { logger, lines } = logged("info");
  logger.error({ err: new TypeError("bad", { cause: new Error("deeper") }) }, "failed");
  expect(JSON.parse(lines[0] ?? "").err).toEqual({
    type: "TypeError",
    message: "bad: deeper",
    stack: expect.stringContaining("logger.test.ts"),
  });
});

test.for<[string, readonly string[]]>([
  ["trace", ["debug", "info", "warn", "error", "fatal"]],
  ["debug", ["debug", "info", "warn", "error", "fatal"]],
  ["info", ["info", "warn", "error", "fatal"]],
  ["warn", ["warn", "error", "fatal"]],
  ["error", ["error", "fatal"]],
  ["fatal", ["fatal"]],
  ["silent", []],
])("at level %s", ([level, expected]) => {
  const { logger, lines } = logged("info");
  logger.level = level;
  for (const each of ["debug", "info", "warn", "error", "fatal"] as const) logger[each]({}, "x");
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
});
