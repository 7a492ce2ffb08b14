import fc from "fast-check";
import { expect, test } from "vitest";
import { HeldBytes } from "../../../../src/runtime/engine/portable/held-bytes.ts";

test("what is appended stands behind what is held, whatever was passed over; the first chunk is not written into", () => {
  const piece = fc.record({ bytes: fc.uint8Array({ maxLength: 700 }), passed: fc.nat(400) });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.array(piece, { maxLength: 12 }),
      (first, pieces) => {
        const chunk = Buffer.from(first);
        const held = new HeldBytes(chunk, 0, chunk.length);
        let expected = Buffer.from(first);
        for (const { bytes, passed } of pieces) {
          const skipped = Math.min(passed, held.end - held.start);
          held.start += skipped;
          held.append(Buffer.from(bytes));
          expected = Buffer.concat([expected.subarray(skipped), bytes]);
          expect(held.buf.subarray(held.start, held.end).equals(expected)).toBe(true);
        }
        expect(chunk.equals(first)).toBe(true);
      },
    ),
  );
});
