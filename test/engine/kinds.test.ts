// Which engines the scenarios of this folder run on here. One that does not work on this machine is skipped and says why; where
// everything has to run it is a failure.
import { describe, expect, test } from "vitest";
import { allKinds } from "./support/engines.ts";

const isRequired = process.env["WAYBILL_REQUIRE_CLIENTS"] === "1";

describe("the scenarios run on", () => {
  test.for(allKinds)("$title", ({ title, fault }, { skip }) => {
    if (fault !== undefined && !isRequired) {
      process.stderr.write(`SKIPPED every scenario on ${title}: ${fault}\n`);
      skip(fault);
    }
    expect(fault).toBe(undefined);
  });
});
