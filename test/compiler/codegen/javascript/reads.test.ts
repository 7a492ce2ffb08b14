// What generated code looks at: nothing outside of the bytes it was given, and no byte over and over.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { UnpackModule } from "../../../../src/compiler/abi.ts";
import { VERDICT } from "../../../../src/compiler/abi.ts";
import { generateJavaScript } from "../../../../src/compiler/codegen/javascript/generate.ts";
import { loadUnpackModule } from "../../../../src/compiler/codegen/javascript/load.ts";
import { ascii, at, reject, rest } from "../../../support/ir-build.ts";
import { starFrame, starProgram } from "../../../support/ir-programs.ts";
import { samplePrograms } from "../../../support/ir-samples.ts";
import { openProgram } from "../../../support/op-programs.ts";
import { watchBuffer } from "../../../support/watched-buffer.ts";

/** Feeds `bytes` in chunks of `step`, up to the first verdict; the bytes read by all calls. */
function readsOf(module: UnpackModule, bytes: Uint8Array, step: number, behind: number): number {
  const { meta, unpack } = module;
  const before = 5;
  const target = Buffer.alloc(before + bytes.length + behind, 0x2a);
  target.set(bytes, before);
  const words = new Int32Array(meta.words);
  let reads = 0;
  for (let present = 0; ; present = Math.min(present + step, bytes.length)) {
    const end = before + present;
    const part = behind === 0 ? target.subarray(0, end) : target;
    const watched = watchBuffer(part, before, end);
    const verdict = unpack(watched.buffer, before, end, words);
    reads += watched.reads();
    if (verdict !== VERDICT.need || present === bytes.length) return reads;
  }
}

describe.for(samplePrograms)("$name", ({ name, program, frames }) => {
  const module = loadUnpackModule(generateJavaScript(program), `${name}.mjs`);

  test("reads only its bytes, of frames and of anything else", () => {
    for (const frame of frames) {
      for (const behind of [0, 9]) expect(readsOf(module, frame, 1, behind)).toBeGreaterThan(0);
    }
    const mutated = fc
      .tuple(fc.constantFrom(...frames), fc.nat(200), fc.uint8Array({ maxLength: 3 }))
      .map(([frame, place, bytes]) =>
        Buffer.concat([frame.subarray(0, place), bytes, frame.subarray(place + bytes.length)]),
      );
    const input = fc.oneof(mutated, fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(input, fc.nat(8), fc.nat(9), (bytes, step, behind) => {
        expect(readsOf(module, bytes, step + 1, behind)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("byte by byte", () => {
  const line = openProgram(
    (slots) => {
      const found = slots.position("found", 70_000);
      const next = slots.position("next", 70_004);
      return {
        ops: [
          {
            kind: "scan",
            marks: [ascii("\r\n\r\n")],
            from: at(0),
            max: 65_536,
            found,
            next,
            fail: reject(0),
            extent: { kind: "suspend", need: rest(0) },
          },
        ],
        shown: [],
        end: next,
      };
    },
    { resume: "state" },
  );

  test.for([0, 16])("a search goes on where it stopped, %i bytes behind it", (behind) => {
    const module = loadUnpackModule(generateJavaScript(line), "line.mjs");
    const perByte = [1024, 65_536].map((size) => {
      const bytes = Buffer.concat([Buffer.alloc(size - 4, "\r\nab"), ascii("\r\n\r\n")]);
      return readsOf(module, bytes, 1, behind) / bytes.length;
    });
    expect(perByte[1]).toBeLessThan(16);
    expect((perByte[1] ?? 0) / (perByte[0] ?? 1)).toBeLessThan(1.05);
  });

  test("an affine frame's header is all that is read again", () => {
    const module = loadUnpackModule(generateJavaScript(starProgram()), "star.mjs");
    const perCall = [1_000, 60_000].map((padding) => {
      const frame = starFrame("A000000000000001", padding);
      return readsOf(module, frame, 1, 3) / frame.length;
    });
    expect(perCall[1]).toBeLessThanOrEqual(5);
    expect(perCall[0]).toBeLessThanOrEqual(5);
  });
});
