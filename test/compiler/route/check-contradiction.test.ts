import fc from "fast-check";
import { expect, test } from "vitest";
import { routersCatalog } from "../../../src/compiler/diagnostics/catalog/routers.ts";
import { createCollector } from "../../../src/compiler/diagnostics/collector.ts";
import { checkContradictions } from "../../../src/compiler/route/check-contradiction.ts";
import type { CheckedRouter, RouteKey } from "../../../src/compiler/route/checked-router.ts";
import { evaluateNaively } from "../../../src/compiler/route/evaluate-naive.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import { checkedRouter, routeInput } from "./arbitrary-router.ts";
import { checkRules, KEYS } from "./router-source.ts";

const { code } = routersCatalog.routeNeverMatches;

/** Ranks of the rules that are reported as never matching. */
function contradictoryRanks(router: CheckedRouter): readonly number[] {
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
  checkContradictions(check, router.rules);
  // Rules stand one a character in these routers.
  return collector.found.map(({ span }) => span.start);
}

test("a rule that is reported as never matching never matches", () => {
  let reported = 0;
  fc.assert(
    fc.property(
      checkedRouter,
      fc.array(routeInput, { minLength: 60, maxLength: 60 }),
      (router, inputs) => {
        const ranks = contradictoryRanks(router);
        reported += ranks.length;
        // Each rule by itself, so that none before it hides what it matches.
        for (const rank of ranks) {
          const rules = router.rules.filter(({ info }) => info.rank === rank);
          for (const input of inputs) {
            const outcome = router.outcomes[evaluateNaively({ ...router, rules }, input)];
            expect(outcome?.rule.rank).not.toBe(rank);
          }
        }
      },
    ),
    { numRuns: 800 },
  );
  expect(reported).toBeGreaterThan(50);
});

test.for([
  'user == "a" and user == "b"',
  'user == "a" and not user == "a"',
  'user != "a" and user == "a"',
  'user in ("a", "b") and user in ("c", "d")',
  'user == "a" and user prefix "b"',
  'user suffix "ab" and user == "b"',
  'user == "B5" and user in "A0".."A9"',
  'user in "A0".."A4" and user in "A5".."A9"',
  'user prefix "A" and user prefix "B"',
  'user suffix "A" and user suffix "BA0"',
  "device == 1 and device == 2",
  "device < 5 and device > 7",
  "device in (1, 2) and device in 3..9",
  "device in 1..9 and device != 3 and device == 3",
  'missing station and station == "a"',
  "missing station and not missing station",
  'client in "10.0.0.0/8" and client in "11.0.0.0/8"',
  '(user == "a" or user == "b") and user == "c"',
  'user == "c" and (user == "a" or device == 1 and user == "b")',
])("when %s never matches", (condition) => {
  const { found, marked } = checkRules(`«when ${condition} -> x;»`);
  expect(found.map((each) => each.code)).toEqual([code]);
  expect(found[0]?.span).toMatchObject(marked ?? {});
});

test.for([
  'user == "ab" and user prefix "a"',
  'user prefix "a" and user prefix "ab"',
  'user prefix "a" and user suffix "b"',
  'user like "a*c" and user == "b"',
  'number(user) == 7 and user == "007"',
  "device > 5 and device < 7",
  "device == 1 or device == 2",
  'user == "a" and station == "b"',
  'not user == "a" and not user == "b"',
  'client in "10.0.0.0/8" and client in "10.1.0.0/16"',
  'client in "10.0.0.0/8" and client in "2001:db8::/32" or device == 1',
  '(user == "a" or user == "b") and user == "b"',
])("when %s may match", (condition) => {
  expect(checkRules(`when ${condition} -> x;`).found).toEqual([]);
});

const BOUNDED: readonly RouteKey[] = KEYS.map((key) =>
  key.type === "integer" ? { ...key, maxNumber: 255 } : { ...key, minBytes: 4 },
);

test.for([
  ['user == «"ABC"»', "WB0536", "this is 3 bytes long, and 'user' has at least 4"],
  ['user in (A, «"B"»)', "WB0536", "this is 1 byte long, and 'user' has at least 4"],
  ['user in «"A0".."A9"»', "WB0536", "this is 2 bytes long, and 'user' has at least 4"],
  ["«device == 256»", "WB0537", "'device' is never so large: at most 255"],
  ["«device > 255»", "WB0537", "'device' is never so large: at most 255"],
  ["device in (1, «256..300»)", "WB0537", "'device' is never so large: at most 255"],
  ["device in (1, «256»)", "WB0537", "'device' is never so large: at most 255"],
  ["«number(user) >= 100_000_000»", "WB0537", "'number(user)' is never so large: at most 99999999"],
] as const)("when %s", ([condition, expected, message]) => {
  const rules = `when ${condition.replace("A,", '"ABCD",')} -> x;`;
  const { found, marked } = checkRules(rules, {}, BOUNDED);
  expect(found).toMatchObject([{ code: expected, message, span: marked }]);
});

test.for([
  'user == "ABCD"',
  'user prefix "A"',
  "device <= 300",
  "device in 1..300",
  "device == 255",
])("when %s is possible", (condition) => {
  expect(checkRules(`when ${condition} -> x;`, {}, BOUNDED).found).toEqual([]);
});
