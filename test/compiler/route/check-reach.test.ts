import fc from "fast-check";
import { expect, test } from "vitest";
import { routersCatalog } from "../../../src/compiler/diagnostics/catalog/routers.ts";
import { createCollector } from "../../../src/compiler/diagnostics/collector.ts";
import { checkReach } from "../../../src/compiler/route/check-reach.ts";
import type { CheckedRouter } from "../../../src/compiler/route/checked-router.ts";
import { evaluateNaively } from "../../../src/compiler/route/evaluate-naive.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import { checkedRouter, routeInput } from "./arbitrary-router.ts";

/** Ranks of the rules that are reported as never deciding. */
function unreachableRanks(router: CheckedRouter): readonly number[] {
  const collector = createCollector();
  const check = {
    keys: router.keys,
    constantOf: () => undefined,
    readFile: (path: string) => ({ kind: "error", path, reason: "no files" }) as const,
    source: createSourceFile(0, "none", ""),
    collector,
    protocol: router.protocol,
    outcomes: [...router.outcomes],
    pools: new Map(),
    files: new Set<string>(),
    lists: { keys: new Map(), addresses: new Map(), maps: new Map() },
  };
  checkReach(check, router.rules);
  // Rules stand one a character in these routers.
  return collector.found
    .filter(({ code }) => code === routersCatalog.routeUnreachable.code)
    .map(({ span }) => span.start);
}

test("a rule that is reported as never deciding never decides", () => {
  let reported = 0;
  fc.assert(
    fc.property(
      checkedRouter,
      fc.array(routeInput, { minLength: 60, maxLength: 60 }),
      (router, inputs) => {
        const ranks = unreachableRanks(router);
        reported += ranks.length;
        for (const input of inputs) {
          const outcome = router.outcomes[evaluateNaively(router, input)];
          if (outcome !== undefined) expect(ranks).not.toContain(outcome.rule.rank);
        }
      },
    ),
    { numRuns: 800 },
  );
  expect(reported).toBeGreaterThan(100);
});
