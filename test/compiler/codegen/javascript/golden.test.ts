// What generated modules look like: the text itself, for a reviewer to read, and what may not be in it.
import { describe, expect, test } from "vitest";
import { generateJavaScript } from "../../../../src/compiler/codegen/javascript/generate.ts";
import { samplePrograms } from "../../../support/ir-samples.ts";

describe.for(samplePrograms)("$name", ({ name, program }) => {
  const text = generateJavaScript(program, { version: "0.0.0" });

  test("is the golden text", async () => {
    await expect(text).toMatchFileSnapshot(`../../../golden/${name.toLowerCase()}.mjs`);
  });
});
