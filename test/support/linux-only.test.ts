// What is left out elsewhere is what calls Linux itself, and no scenario that the portable engine has to pass.
import { join } from "node:path";
import { expect, test } from "vitest";
import { linuxOnlyTests } from "./linux-only.ts";

test("test files that only Linux can load", () => {
  expect(linuxOnlyTests(join(import.meta.dirname, "../.."))).toEqual([
    "test/engine/backend-count.test.ts",
    "test/engine/few-buffers.test.ts",
    "test/engine/generations.test.ts",
    "test/engine/model.test.ts",
    "test/engine/pipe-quota.test.ts",
    "test/engine/ring.test.ts",
    "test/engine/shared-memory.test.ts",
  ]);
});
