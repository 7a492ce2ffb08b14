import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildRoutePlan } from "../../../src/compiler/route/build-plan.ts";
import { LIST_MAX } from "../../../src/compiler/route/candidate-lists.ts";
import type {
  CheckedCondition,
  CheckedRouter,
  CheckedRule,
} from "../../../src/compiler/route/checked-router.ts";
import { evaluateNaively } from "../../../src/compiler/route/evaluate-naive.ts";
import { decideRoute, NO_ROUTE } from "../../../src/compiler/route/match.ts";
import { checkedRouter, routeInput } from "./arbitrary-router.ts";

describe("a plan decides as its rules say", () => {
  test("any rules, any keys, any client", () => {
    let decided = 0;
    let undecided = 0;
    fc.assert(
      fc.property(
        checkedRouter,
        fc.array(routeInput, { minLength: 20, maxLength: 40 }),
        (router, inputs) => {
          const plan = buildRoutePlan(router);
          for (const input of inputs) {
            const expected = evaluateNaively(router, input);
            if (expected === NO_ROUTE) undecided++;
            else decided++;
            expect(decideRoute(plan, input)).toBe(expected);
          }
        },
      ),
      { numRuns: 1500 },
    );
    expect(Math.min(decided, undecided)).toBeGreaterThan(1000);
  });

  test("more rules behind one entry than a list holds", () => {
    let overflowing = 0;
    fc.assert(
      fc.property(
        checkedRouter,
        fc.array(routeInput, { minLength: 20, maxLength: 20 }),
        (few, inputs) => {
          const router = crowded(few);
          const plan = buildRoutePlan(router);
          if (plan.residuals.length > LIST_MAX) overflowing++;
          for (const input of inputs) {
            expect(decideRoute(plan, input)).toBe(evaluateNaively(router, input));
          }
        },
      ),
      { numRuns: 100 },
    );
    expect(overflowing).toBeGreaterThan(10);
  });
});

/** The first rules again and again, each with a doubt that no table resolves and that differs from time to time. */
function crowded(few: CheckedRouter): CheckedRouter {
  const rules: CheckedRule[] = [];
  const outcomes: CheckedRouter["outcomes"][number][] = [];
  for (let round = 0; round < 3 * LIST_MAX; round++) {
    for (const rule of few.rules.slice(0, 2)) {
      if (rule.kind === "map" || rule.condition.kind === "always") continue;
      const info = { ...rule.info, rank: rules.length };
      const outcome = outcomes.push({ kind: "pool", rule: info, pool: "p", by: -1 }) - 1;
      rules.push({
        ...rule,
        info,
        condition: { kind: "and", left: rule.condition, right: doubt(round) },
        action: { kind: "outcome", outcome },
      });
    }
  }
  return { ...few, rules, outcomes };
}

/** Rarely true, the later rounds now and then. */
function doubt(round: number): CheckedCondition {
  const wanted = round < LIST_MAX ? [0x7a] : [0x61 + (round % 2)];
  return { kind: "like", key: 1, pattern: Uint8Array.of(0x2a, ...wanted, 0x2a) };
}
