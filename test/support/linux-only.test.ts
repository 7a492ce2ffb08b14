// What is left out elsewhere is what calls Linux itself, and no scenario that the portable engine has to pass.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { linuxOnlyTests } from "./linux-only.ts";

const root = join(import.meta.dirname, "../..");
const found = linuxOnlyTests(root);

describe("test files that only Linux can load", () => {
  test.for(["backend-count", "few-buffers", "model", "pipe-quota", "ring", "shared-memory"])(
    "%s is one",
    (name) => {
      expect(found).toContain(`test/engine/${name}.test.ts`);
    },
  );

  test.for([
    ...["bulk", "connecting", "fragments", "half-close", "kinds", "listening", "many"],
    ...["programs", "refusals", "reset", "signals", "slow-reader", "unix"],
    // These have no scenario for the portable engine, and say so themselves.
    ...["crash", "crash-moments", "heartbeat", "memory", "whole-buffers", "workers"],
  ])("%s is none", (name) => {
    const file = `test/engine/${name}.test.ts`;
    expect(existsSync(join(root, file))).toBe(true);
    expect(found).not.toContain(file);
  });
});
