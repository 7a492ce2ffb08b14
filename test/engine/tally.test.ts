// Counts of ends in shared memory: each reason has a place of its own, however many reasons there are.
import { expect, test } from "vitest";
import { REASONS } from "../../src/runtime/engine/linux/relay/reasons.ts";
import { Tally, tallyBytes, WANTS } from "../../src/runtime/engine/linux/relay/tally.ts";

test.for([1, 2, REASONS.length, 64, 65, 130])("%i reasons", (reasons) => {
  const tally = new Tally(new SharedArrayBuffer(tallyBytes(reasons)), reasons);
  const codes = Array.from({ length: reasons }, (_, code) => code);
  tally.setWants(WANTS.connected | WANTS.ended);
  // Of each as many as its code says, and one more.
  for (const code of codes) {
    for (let each = 0; each <= code; each++) tally.add(code, 2 ** 40, 1, 3, 5);
  }
  expect(codes.map((code) => tally.count(code))).toEqual(codes.map((code) => code + 1));
  const ends = (reasons * (reasons + 1)) / 2;
  const bytes = { toBackend: 0, toClient: 0, dropped: 0, consumed: 0 };
  tally.bytes(bytes);
  expect(bytes).toEqual({
    toBackend: ends * 2 ** 40,
    toClient: ends,
    dropped: 3 * ends,
    consumed: 5 * ends,
  });
  expect(tally.wants).toBe(WANTS.connected | WANTS.ended);
});
