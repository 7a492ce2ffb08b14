import { expect, test } from "vitest";
import { AcceptRate } from "../../../../src/runtime/engine/portable/accept-rate.ts";
import { ManualClock } from "../../support/manual-clock.ts";

/** How many of fifty are admitted at once. */
function admitted(rate: AcceptRate, perSecond: number): number {
  return Array.from({ length: 50 }, () => rate.admit(perSecond)).filter(Boolean).length;
}

test("a second's worth at once, then as time passes; quiet times save no more than a second's worth", () => {
  const clock = new ManualClock();
  const rate = new AcceptRate(clock);
  expect(admitted(rate, 10)).toBe(10);
  clock.advance(300);
  expect(admitted(rate, 10)).toBe(3);
  clock.advance(60_000);
  expect(admitted(rate, 10)).toBe(10);
  expect(admitted(rate, 0)).toBe(50);
});
