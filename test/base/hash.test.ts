import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mix32, murmur3, murmur3Integer } from "../../src/base/hash.ts";

const text = (value: string) => new TextEncoder().encode(value);

function hash(bytes: Uint8Array, seed: number): number {
  return murmur3(bytes, 0, bytes.length, seed) >>> 0;
}

describe("MurmurHash3 x86_32", () => {
  test("the verification value of SMHasher", () => {
    // SMHasher's VerificationTest: keys {0}, {0,1}, … hashed with seeds 256, 255, …; then the hash of the hashes.
    const hashes = Buffer.alloc(256 * 4);
    const key = Uint8Array.from({ length: 256 }, (_, index) => index);
    for (let length = 0; length < 256; length++) {
      hashes.writeUInt32LE(murmur3(key, 0, length, 256 - length) >>> 0, length * 4);
    }
    expect(hash(hashes, 0)).toBe(0xb0f57ee3);
  });

  test.for<[string, Uint8Array, number, number]>([
    ["nothing", text(""), 0, 0],
    ["nothing, seed 1", text(""), 1, 0x514e28b7],
    ["nothing, all bits of the seed", text(""), 0xffffffff, 0x81f16f39],
    ["a word without sign", Uint8Array.of(0xff, 0xff, 0xff, 0xff), 0, 0x76293b50],
    ["a word", Uint8Array.of(0x21, 0x43, 0x65, 0x87), 0, 0xf55b516b],
    ["a tail of three", Uint8Array.of(0x21, 0x43, 0x65), 0, 0x7e4a8634],
    ["a tail of two", Uint8Array.of(0x21, 0x43), 0, 0xa0f7b07a],
    ["a tail of one", Uint8Array.of(0x21), 0, 0x72661cf4],
    ["zeros", Uint8Array.of(0, 0, 0, 0), 0, 0x2362f9de],
    ["text", text("Hello, world!"), 0x9747b28c, 0x24884cba],
    ["a sentence", text("The quick brown fox jumps over the lazy dog"), 0x9747b28c, 0x2fa826cd],
  ])("published vector: %s", ([, bytes, seed, expected]) => {
    expect(hash(bytes, seed)).toBe(expected);
  });

  test("depends on nothing around the range", () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        fc.uint8Array(),
        fc.nat(),
        (before, bytes, after, seed) => {
          const framed = Uint8Array.from([...before, ...bytes, ...after]);
          expect(murmur3(framed, before.length, bytes.length, seed)).toBe(
            murmur3(bytes, 0, bytes.length, seed),
          );
        },
      ),
    );
  });

  test("an integer hashes as its eight little-endian bytes", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (low, high, seed) => {
        const bytes = Buffer.alloc(8);
        bytes.writeInt32LE(low, 0);
        bytes.writeInt32LE(high, 4);
        expect(murmur3Integer(low, high, seed)).toBe(murmur3(bytes, 0, 8, seed));
      }),
    );
  });

  test("one input bit changes about half of the output bits", () => {
    let changed = 0;
    for (let bit = 0; bit < 32; bit++) {
      let difference = mix32(0x12345678) ^ mix32(0x12345678 ^ (1 << bit));
      for (; difference !== 0; difference &= difference - 1) changed++;
    }
    expect(changed / 32).toBeGreaterThan(13);
    expect(changed / 32).toBeLessThan(19);
  });
});
