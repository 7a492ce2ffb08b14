// Giving back what starting took: garbage goes at once, what is in use stays.
import { expect, test } from "vitest";
import { compactHeap } from "../../src/base/heap.ts";

test("garbage is gone when it returns, and what is in use is not", async () => {
  const kept = { text: "kept" };
  const references = [kept, { text: "dropped" }].map((one) => new WeakRef(one));
  // A reference that was made in this turn of the loop holds until its end.
  await new Promise((resolve) => setImmediate(resolve));
  compactHeap();
  expect(references.map((one) => one.deref()?.text)).toEqual([kept.text, undefined]);
});
