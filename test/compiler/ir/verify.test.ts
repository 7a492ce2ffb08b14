// The verifier: good programs pass, and what it lets pass never fails an assertion of the interpreter.
import fc from "fast-check";
import { expect, test } from "vitest";
import { interpretStream } from "../../../src/compiler/ir/interpret/stream.ts";
import { verifyProgram } from "../../../src/compiler/ir/verify.ts";
import { changeNumber, countNumbers } from "../../support/ir-mutate.ts";
import { samplePrograms } from "../../support/ir-samples.ts";

test.for(samplePrograms)("$name holds", ({ program }) => {
  expect(verifyProgram(program)).toEqual([]);
});

test("whatever it lets pass never fails an assertion of the interpreter", () => {
  const places = samplePrograms.map(({ program }) => countNumbers(program));
  const damage = fc.constantFrom(
    (number: number) => number + 1,
    (number: number) => number - 1,
    (number: number) => number * 2,
    () => 0,
    () => 7,
  );
  const which = fc
    .nat(samplePrograms.length - 1)
    .chain((index) => fc.tuple(fc.constant(index), fc.nat((places[index] ?? 1) - 1), damage));
  let passed = 0;
  fc.assert(
    fc.property(which, fc.uint8Array({ maxLength: 60 }), ([index, place, change], noise) => {
      const sample = samplePrograms[index];
      if (sample === undefined) expect.unreachable("no such sample");
      const damaged = changeNumber(sample.program, place, change);
      if (verifyProgram(damaged).length > 0) return;
      passed++;
      for (const frame of [...sample.frames, noise, Buffer.concat([...sample.frames, noise])]) {
        expect(() => interpretStream(damaged, frame)).not.toThrow();
      }
    }),
    { numRuns: 600 },
  );
  // Most changes of a length or a place are caught; of reasons, limits and failures' places there is always a share left.
  expect(passed).toBeGreaterThan(60);
});
