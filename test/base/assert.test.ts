import { expect, test } from "vitest";
import { assert, assertNever } from "../../src/base/assert.ts";

test("assert throws on false only, and says that the fault is ours", () => {
  expect(() => assert(true, "fine")).not.toThrow();
  expect(() => assert(false, "depth is 3")).toThrow("internal error: depth is 3");
});

test("assertNever names what should not be", () => {
  expect(() => assertNever("tail" as never)).toThrow('internal error: unexpected "tail"');
});
