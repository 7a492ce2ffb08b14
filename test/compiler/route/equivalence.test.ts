import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildRoutePlan } from "../../../src/compiler/route/build-plan.ts";
import { LIST_MAX } from "../../../src/compiler/route/candidate-lists.ts";
import type { CheckedRouter, CheckedRule } from "../../../src/compiler/route/checked-router.ts";
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

  test("many rules behind one entry, beyond what a list holds", () => {
    fc.assert(
      fc.property(
        fc.array(checkedRouter, { minLength: 2, maxLength: 4 }),
        fc.array(routeInput, { minLength: 20, maxLength: 20 }),
        (routers, inputs) => {
          const router = crowded(routers);
          const plan = buildRoutePlan(router);
          for (const input of inputs) {
            expect(decideRoute(plan, input)).toBe(evaluateNaively(router, input));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** The rules of all routers, each many times and each with a doubt that no table resolves. */
function crowded(routers: readonly CheckedRouter[]): CheckedRouter {
  const [first] = routers;
  if (first === undefined) throw new Error("no router");
  const rules: CheckedRule[] = [];
  const outcomes: CheckedRouter["outcomes"][number][] = [];
  for (let round = 0; rules.length < 3 * LIST_MAX; round++) {
    for (const rule of routers.flatMap((router) => router.rules)) {
      const info = { ...rule.info, rank: rules.length };
      const outcome = outcomes.push({ kind: "pool", rule: info, pool: "p", by: -1 }) - 1;
      if (rule.kind === "map" || rule.condition.kind === "always") continue;
      const doubt = {
        kind: "like",
        key: 1,
        pattern: Uint8Array.of(0x2a, 0x61 + (round % 2), 0x2a),
      } as const;
      rules.push({
        ...rule,
        info,
        condition: { kind: "and", left: rule.condition, right: doubt },
        action: { kind: "outcome", outcome },
      });
    }
    if (round > 4 * LIST_MAX) break;
  }
  return { ...first, rules, outcomes };
}
