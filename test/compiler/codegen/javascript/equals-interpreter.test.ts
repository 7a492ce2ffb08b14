// Generated modules against the reference interpreter, on whole programs: the same events and the same verdict of each
// call, whatever comes and however it is cut.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateJavaScript } from "../../../../src/compiler/codegen/javascript/generate.ts";
import { loadUnpackModule } from "../../../../src/compiler/codegen/javascript/load.ts";
import { interpretStream } from "../../../../src/compiler/ir/interpret/stream.ts";
import { interpret } from "../../../../src/compiler/ir/interpret.ts";
import { cutAt, eventsOf, outcomeOf, singleBytes } from "../../../support/event-log.ts";
import { samplePrograms } from "../../../support/ir-samples.ts";

describe.for(samplePrograms)("$name", ({ name, program, frames }) => {
  const module = loadUnpackModule(generateJavaScript(program), `${name}.mjs`);
  const stream = Buffer.concat(frames);

  test("every prefix of a frame has the interpreter's verdict, need and all", () => {
    for (const frame of frames) {
      for (let present = 0; present <= frame.length; present++) {
        const bytes = frame.subarray(0, present);
        expect(outcomeOf(module, bytes), `with ${present} present`).toEqual(
          interpret(program, bytes),
        );
      }
    }
  });

  test("every two chunks and single bytes give the interpreter's events", () => {
    const events = interpretStream(program, stream);
    expect(eventsOf(module, singleBytes(stream))).toEqual(events);
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(eventsOf(module, cutAt(stream, [cut])), `cut at ${cut}`).toEqual(events);
    }
  });

  test("on mutated and random input too, in any chunks", () => {
    const mutated = fc
      .tuple(fc.nat(stream.length), fc.uint8Array({ maxLength: 4 }))
      .map(([at, bytes]) =>
        Buffer.concat([stream.subarray(0, at), bytes, stream.subarray(at + bytes.length)]),
      );
    const input = fc.oneof(mutated, fc.uint8Array({ maxLength: 80 }));
    const cuts = fc.array(fc.nat(stream.length), { maxLength: 6 });
    fc.assert(
      fc.property(input, cuts, (bytes, places) => {
        const events = interpretStream(program, bytes);
        expect(eventsOf(module, cutAt(bytes, places))).toEqual(events);
        expect(eventsOf(module, singleBytes(bytes))).toEqual(events);
        expect(outcomeOf(module, bytes)).toEqual(interpret(program, bytes));
      }),
    );
  });
});
