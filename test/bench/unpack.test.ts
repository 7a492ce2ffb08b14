// What the benchmark compares must do the same: by hand as generated, verdict, words and keys, on anything; parser packages
// the keys of valid frames.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unpackSubjects } from "../../bench/unpack/subjects.ts";
import { DROP_CAUSE, KEYS_AT, MISSING, VERDICT, WORDS_PER_KEY } from "../../src/compiler/abi.ts";

const subjects = unpackSubjects();

describe.for(subjects)(
  "$protocol",
  ({ module, handWritten, handWrittenReasons, rivals, frame }) => {
    const { meta } = module;
    const frames = Array.from({ length: 8 }, (_, index) => frame(index));

    const reasons = meta.reasons.map(({ kind, field }) => `${kind}:${field}`);
    const generated = (bytes: Uint8Array) => answer(module.unpack, reasons, bytes);
    const byHand = (bytes: Uint8Array) => answer(handWritten, handWrittenReasons, bytes);

    function answer(unpack: typeof handWritten, names: readonly string[], bytes: Uint8Array) {
      const words = new Int32Array(meta.words).fill(-9);
      const verdict = unpack(Buffer.from(bytes), 0, bytes.length, words);
      const [first = 0, second = 0, third = 0] = words;
      if (verdict === VERDICT.need) return { verdict, missing: first };
      if (verdict === VERDICT.reject) return { verdict, second, reason: names[first] };
      if (verdict === VERDICT.drop) {
        const reason = second === DROP_CAUSE.falseStart ? names[third] : "";
        return { verdict, first, second, reason };
      }
      const keys = [...words.subarray(KEYS_AT, KEYS_AT + WORDS_PER_KEY * meta.keys.length)];
      return { verdict, keys };
    }

    test("by hand gives the generated verdicts", () => {
      const input = fc
        .tuple(fc.constantFrom(...frames), fc.nat(60), fc.uint8Array({ maxLength: 3 }), fc.nat(130))
        .map(([whole, place, bytes, end]) =>
          Buffer.concat([
            whole.subarray(0, place),
            bytes,
            whole.subarray(place + bytes.length),
          ]).subarray(0, end),
        );
      for (const whole of frames) {
        for (let end = 0; end <= whole.length; end++) {
          const bytes = whole.subarray(0, end);
          expect(byHand(bytes)).toEqual(generated(bytes));
        }
      }
      fc.assert(
        fc.property(fc.oneof(input, fc.uint8Array({ maxLength: 40 })), (bytes) => {
          expect(byHand(bytes)).toEqual(generated(bytes));
        }),
        { numRuns: 2000 },
      );
    });

    test.for(rivals)("$name reads the same keys", ({ parse }) => {
      for (const whole of frames) {
        const words = new Int32Array(meta.words);
        expect(module.unpack(whole, 0, whole.length, words)).toBe(whole.length);
        const keys = meta.keys.map((_, index) => {
          const [offset = 0, length = 0] = words.subarray(KEYS_AT + WORDS_PER_KEY * index);
          return offset === MISSING ? "" : whole.toString("latin1", offset, offset + length);
        });
        expect([parse(whole)].flat()).toEqual(keys);
      }
    });
  },
);
