import { expect, test } from "vitest";
import { verifyProgram } from "../../../src/compiler/ir/verify.ts";
import { samplePrograms } from "../../support/ir-samples.ts";

test.for(samplePrograms)("$name holds", ({ program }) => {
  expect(verifyProgram(program)).toEqual([]);
});
