// The reference on whole protocols: what every split of an input comes to, and what NEED promises. The same statements
// hold for every target.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asModule } from "../../../src/compiler/ir/interpret/module.ts";
import { interpretStream } from "../../../src/compiler/ir/interpret/stream.ts";
import { interpret } from "../../../src/compiler/ir/interpret.ts";
import type { Program } from "../../../src/compiler/ir/ir.ts";
import { cutAt, eventsOf, singleBytes } from "../../support/event-log.ts";
import { samplePrograms } from "../../support/ir-samples.ts";

describe.for(samplePrograms)("$name", ({ program, frames }) => {
  const module = asModule(program);
  const stream = Buffer.concat(frames);

  test("its frames follow one another, up to the one that decides", () => {
    const events = interpretStream(program, stream);
    const kind = verdictOf(program);
    const isDecided = kind === "key";
    const expected = frames.map(() => kind);
    expect(events.map((event) => event.kind)).toEqual(isDecided ? ["key"] : [...expected, "need"]);
    expect(events.map(({ at }) => at)).toEqual(isDecided ? [0] : startsOf(frames));
  });

  test("every two chunks and single bytes give the events of the whole", () => {
    const whole = interpretStream(program, stream);
    expect(eventsOf(module, singleBytes(stream))).toEqual(whole);
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(eventsOf(module, cutAt(stream, [cut])), `cut at ${cut}`).toEqual(whole);
    }
  });

  test("need is at least 1, shrinks by what arrives and is never more than what the frame has left", () => {
    for (const frame of frames) {
      for (let present = 0; present < frame.length; present++) {
        const outcome = interpret(program, frame.subarray(0, present));
        if (outcome.kind !== "need") expect.unreachable(`${outcome.kind} at ${present}`);
        expect(outcome.missing).toBeGreaterThan(0);
        expect(outcome.missing, `with ${present} present`).toBeLessThanOrEqual(
          frame.length - present,
        );
      }
      expect(interpret(program, frame).kind).toBe(verdictOf(program));
    }
  });

  test("no continuation shorter than what is needed gives a verdict that accepts", () => {
    const prefix = fc
      .constantFrom(...frames)
      .chain((frame) => fc.nat(frame.length - 1).map((present) => frame.subarray(0, present)));
    const parts = frames.flatMap((frame) => [frame, frame.subarray(1), frame.subarray(-4)]);
    const more = fc.oneof(fc.constantFrom(...parts), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(prefix, more, fc.nat(), (before, tail, share) => {
        const outcome = interpret(program, before);
        if (outcome.kind !== "need") expect.unreachable(outcome.kind);
        const shorter = tail.subarray(0, share % outcome.missing);
        const later = interpret(program, Buffer.concat([before, shorter])).kind;
        expect(["frame", "consume", "key"]).not.toContain(later);
      }),
      { numRuns: 400 },
    );
  });

  test("the first need is needMin", () => {
    expect(interpret(program, new Uint8Array())).toEqual({
      kind: "need",
      missing: program.needMin,
    });
  });

  test("mutated and random input, in any chunks: no exception, one log", () => {
    const mutated = fc
      .tuple(fc.nat(stream.length), fc.uint8Array({ maxLength: 4 }))
      .map(([at, bytes]) =>
        Buffer.concat([stream.subarray(0, at), bytes, stream.subarray(at + bytes.length)]),
      );
    const input = fc.oneof(mutated, fc.uint8Array({ maxLength: 80 }));
    const cuts = fc.array(fc.nat(stream.length), { maxLength: 6 });
    fc.assert(
      fc.property(input, cuts, (bytes, places) => {
        const whole = interpretStream(program, bytes);
        expect(eventsOf(module, cutAt(bytes, places))).toEqual(whole);
        expect(eventsOf(module, singleBytes(bytes))).toEqual(whole);
      }),
    );
  });
});

function verdictOf(program: Program): "frame" | "consume" | "key" {
  const last = program.body.at(-1);
  return last?.kind === "verdict" ? last.verdict.kind : expect.unreachable("no verdict");
}

function startsOf(frames: readonly Uint8Array[]): readonly number[] {
  let at = 0;
  return [0, ...frames.map((frame) => (at += frame.length))];
}
