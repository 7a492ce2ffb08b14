// Reload after reload with other backends: what main keeps of them does not grow with how many there have been.
import { expect, test } from "vitest";
import { KeptPlans } from "../../src/runtime/engine/linux/main/kept-plans.ts";
import { poolSpec } from "../runtime/support/engine.ts";
import { makePlan, starProgram } from "./support/engines.ts";

const program = await starProgram();
const planTo = (port: number) => makePlan({ pools: [poolSpec("main", [port])] }, program);

function wordsOf(plans: KeptPlans): ReadonlyMap<string, number> {
  const words = new Map<string, number>();
  plans.usageWords((_, identity, word) => words.set(identity, word));
  return words;
}

test("backends that no plan names any more leave their words to others", () => {
  const plans = new KeptPlans(() => true);
  const used = new Set<number>();
  for (let port = 1; port <= 500; port++) {
    plans.ship([planTo(port)], () => false);
    const words = wordsOf(plans);
    for (const word of words.values()) used.add(word);
    expect(new Set(words.values()).size).toBe(words.size);
    expect(words.size).toBeLessThanOrEqual(3);
  }
  expect(used.size).toBeLessThanOrEqual(3);
});

test("one whose plan is named by connections keeps its word", () => {
  const plans = new KeptPlans(() => true);
  const first = planTo(1);
  plans.ship([first], () => false);
  const slot = plans.slotOf(first);
  const [[identity, word] = []] = wordsOf(plans);
  for (let port = 2; port <= 50; port++) plans.ship([planTo(port)], (one) => one === slot);
  expect(wordsOf(plans).get(identity ?? "")).toBe(word);
});

test("one that still counts somebody keeps its word, and has it where it comes back", () => {
  const busy = new Set<number>();
  const plans = new KeptPlans((word) => !busy.has(word));
  plans.ship([planTo(1)], () => false);
  const [[identity = "", word = -1] = []] = wordsOf(plans);
  busy.add(word);
  for (let port = 2; port <= 50; port++) plans.ship([planTo(port)], () => false);
  plans.ship([planTo(1)], () => false);
  expect(wordsOf(plans).get(identity)).toBe(word);
  busy.clear();
  for (let port = 2; port <= 6; port++) plans.ship([planTo(port)], () => false);
  expect(wordsOf(plans).has(identity)).toBe(false);
});
