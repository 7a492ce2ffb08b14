// Holds a generated module to the interpreter: every call of a frame's arrival, its state kept, must answer alike, in
// verdict and words.
import fc from "fast-check";
import { expect } from "vitest";
import { KEYS_AT, type UnpackModule, WORDS_PER_KEY } from "../../src/compiler/abi.ts";
import { generateJavaScript } from "../../src/compiler/codegen/javascript/generate.ts";
import { loadUnpackModule } from "../../src/compiler/codegen/javascript/load.ts";
import { asModule } from "../../src/compiler/ir/interpret/module.ts";
import type { Program } from "../../src/compiler/ir/ir.ts";
import { verifyProgram } from "../../src/compiler/ir/verify.ts";

/** Inputs tried for one program; `WAYBILL_RUNS` sets it. */
const runs = Number(process.env["WAYBILL_RUNS"] ?? 25);

/** The verdicts of both over every input, whole and byte by byte, are the same. */
export function expectSameVerdicts(
  program: Program,
  inputs: fc.Arbitrary<Uint8Array>,
  { numRuns = runs, isVerified = true }: { numRuns?: number; isVerified?: boolean } = {},
): void {
  if (isVerified) expect(verifyProgram(program)).toEqual([]);
  const generated = loadUnpackModule(generateJavaScript(program), "generated.mjs");
  const reference = asModule(program);
  fc.assert(
    fc.property(inputs, (bytes) => {
      const all = bytes.length;
      expect(answersOf(generated, bytes, [all])).toEqual(answersOf(reference, bytes, [all]));
      const ends = Array.from({ length: all + 1 }, (_, end) => end);
      expect(answersOf(generated, bytes, ends)).toEqual(answersOf(reference, bytes, ends));
    }),
    { numRuns },
  );
}

/** What each call says, with more and more bytes, up to the first that is not NEED. */
function answersOf(
  module: UnpackModule,
  bytes: Uint8Array,
  ends: readonly number[],
): readonly unknown[] {
  const { meta } = module;
  const answers: unknown[] = [];
  let state = new Int32Array(meta.stateWords);
  for (const end of ends) {
    const words = new Int32Array(meta.words).fill(-77);
    words.set(state, meta.stateAt);
    const before = (end * 7) % 13;
    const buffer = Buffer.alloc(before + bytes.length + 5, 0xa5);
    buffer.set(bytes.subarray(0, end), before);
    const verdict = module.unpack(buffer, before, before + end, words);
    state = words.slice(meta.stateAt, meta.stateAt + meta.stateWords);
    answers.push(answerOf(module, verdict, words));
    if (verdict !== -1) break;
  }
  return answers;
}

function answerOf({ meta, scratch }: UnpackModule, verdict: number, words: Int32Array): unknown {
  const counts = { "-1": 1, "-2": 3, "-3": 3, "-5": 2, "-6": 1 }[String(verdict)] ?? 0;
  const own = [...words.subarray(0, counts)];
  if (verdict === -1 || verdict === -2 || verdict === -3) return { verdict, own };
  const keys = meta.keys.map((_, index) => {
    const key = [...words.subarray(KEYS_AT + WORDS_PER_KEY * index).subarray(0, WORDS_PER_KEY)];
    const [offset = 0, length = 0, source] = key;
    return source === 1 ? [...key, ...scratch.subarray(offset, offset + length)] : key;
  });
  return { verdict, own, keys };
}
