import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { routersCatalog } from "../../../src/compiler/diagnostics/catalog/routers.ts";
import { createCollector } from "../../../src/compiler/diagnostics/collector.ts";
import { checkReach, OVERLAPS_MAX } from "../../../src/compiler/route/check-reach.ts";
import type { CheckedRouter } from "../../../src/compiler/route/checked-router.ts";
import { evaluateNaively } from "../../../src/compiler/route/evaluate-naive.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import { checkedRouter, routeInput } from "./arbitrary-router.ts";
import { checkRules } from "./router-source.ts";

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

/** Rules, and the lines of the earlier rules that hide the marked one. */
const UNREACHABLE: readonly [string, readonly number[]][] = [
  ['when user == "a" -> x;\n«when user == "a" -> y;»', [2]],
  ['when user in ("a", "b") -> x;\n«when user == "b" -> y;»', [2]],
  ['when user == "a" -> x;\nwhen user == "b" -> y;\n«when user in ("a", "b") -> z;»', [2, 3]],
  ['when user in "A00".."A99" -> x;\n«when user in ("A10", "A20") -> y;»', [2]],
  ['when user in "A00".."A99" -> x;\n«when user in "A10".."A19" -> y;»', [2]],
  [
    'when user in "AA".."AM" -> x;\nwhen user in "AN".."AZ" -> y;\n«when user in "AL".."AO" -> z;»',
    [2, 3],
  ],
  ['when user prefix "A" -> x;\n«when user in "A10".."A19" -> y;»', [2]],
  ['when user like "A*" -> x;\n«when user prefix "AB" -> y;»', [2]],
  ['when user suffix "-eu" -> x;\n«when user like "*west-eu" -> y;»', [2]],
  ['when user like "A*Z" -> x;\n«when user == "ABZ" -> y;»', [2]],
  ['when user like "A*" -> x;\n«when user like "A?C*" -> y;»', [2]],
  ['when user suffix "Z" -> x;\n«when user like "?*YZ" -> y;»', [2]],
  ['when number(user) in 1..100 -> x;\n«when user in ("7", "042") -> y;»', [2]],
  ["when device in 1..100 -> x;\n«when device in (1, 50..60) -> y;»", [2]],
  ["when device < 50 -> x;\nwhen device >= 50 -> y;\n«when device != 7 -> z;»", [2, 3]],
  ['when not missing station -> x;\n«when station == "a" -> y;»', [2]],
  ["when missing station -> x;\n«when missing station and device == 1 -> y;»", [2]],
  ['when client in "10.0.0.0/8" -> x;\n«when client in ("10.1.0.0/16", "10.2.2.2") -> y;»', [2]],
  [
    'when client in "10.0.0.0/9" -> x;\nwhen client in "10.128.0.0/9" -> y;\n«when client in "10.0.0.0/8" -> z;»',
    [2, 3],
  ],
  ['when user == "a" -> x;\n«when user == "a" and device == 1 -> y;»', [2]],
  ['when user == "a" or device == 1 -> x;\n«when device == 1 and user == "b" -> y;»', [2]],
  ['when not user == "a" -> x;\n«when user != "a" and device == 1 -> y;»', [2]],
  [
    'when user == "a" and device == 1 -> x;\n«when device == 1 and mark == x"01" and user == "a" -> y;»',
    [2],
  ],
  [
    'when user == "a" -> x;\n«when user == "a" and device == 1 or user == "a" and device == 2 -> y;»',
    [2],
  ],
  ['when user in file "f" -> x;\n«when user == "two" -> y;»', [2]],
  ['map user file "m" -> pool;\n«when user == "one" -> y;»', [2]],
  ['when user prefix "o" -> x;\n«map user file "m" -> pool;»', [2]],
  ['when user == "a" -> split user { 50% -> x; 50% -> z; }\n«when user == "a" -> y;»', [2]],
];

const FILES = { f: "one\ntwo\n", m: "one,north\n", n: "one,north\nten,south\n" };

describe("rules that never decide", () => {
  test.for(UNREACHABLE)("%s", ([rules, lines]) => {
    const { found, marked } = checkRules(rules, FILES);
    const args = { lines };
    expect(found).toMatchObject([
      {
        code: routersCatalog.routeUnreachable.code,
        message: routersCatalog.routeUnreachable.message(args),
        span: marked,
      },
    ]);
    expect(found[0]?.related).toHaveLength(lines.length);
  });

  test.for([
    'when user == "a" and device == 1 -> x;\nwhen user == "a" -> y;',
    'when user in ("a", "b") -> x;\nwhen user in ("a", "b", "c") -> y;',
    'when user == "A10" -> x;\nwhen user in "A00".."A99" -> y;',
    'when user in "A10".."A19" -> x;\nwhen user in "A00".."A99" -> y;',
    'when user in "A00".."A99" -> x;\nwhen user == "A1" -> y;',
    'when user in ("A10", "B") -> x;\nwhen user in "A00".."A99" -> y;',
    'when user prefix "AB" -> x;\nwhen user prefix "A" -> y;',
    'when user prefix "A" -> x;\nwhen user suffix "A" -> y;',
    'when user == "7" -> x;\nwhen number(user) == 7 -> y;',
    'when station == "a" -> x;\nwhen not station == "a" -> y;\nwhen missing station -> z;',
    'when client in "10.1.0.0/16" -> x;\nwhen client in "10.0.0.0/8" -> y;',
    'when client in "10.0.0.0/9" -> x;\nwhen client in "10.0.0.0/8" -> y;',
    'when client in "0.0.0.0/0" -> x;\nwhen client in "::/0" -> y;',
    'when user == "a" -> split station { 50% -> x; 50% -> z; }\nwhen user == "a" -> y;',
    'when user in "A00".."A49" -> x;\nwhen user in "A40".."A59" -> x;',
    'when user like "*x*" -> x;\nwhen user like "*xx*" -> y;',
    'when user == "a" and device == 1 -> x;\nwhen user == "a" and device == 2 -> y;',
    'when user in file "f" -> x;\nwhen user == "three" -> y;',
    'when device == 1 -> x;\nmap user file "m" -> pool by user;',
  ])("silent: %s", (rules) => {
    expect(checkRules(rules, FILES).found.map(({ message }) => message)).toEqual([]);
  });
});

/** Rules; what is taken by the rule in line 2 first. */
const OVERLAPPING: readonly [string, string][] = [
  ['when user in "A00".."A49" -> x;\n«when user in "A49".."A99" -> y;»', '"A49"'],
  ['when user in "A40".."A49" -> x;\n«when user in "A00".."A45" -> y;»', '"A40"'],
  ["when device in 1..100 -> x;\n«when device in 100..199 -> y;»", "100"],
  ["when device in (1, 2) -> x;\n«when device in (2, 3) -> y;»", "2"],
  ['when user in ("a", "b") -> x;\n«when user in ("b", "c") -> y;»', '"b"'],
  ['when user in "A00".."A99" -> x;\n«when user in ("A10", "B10") -> y;»', '"A10"'],
  ['when user in file "f" -> x;\n«when user in ("two", "three") -> y;»', '"two"'],
  ['when user in ("two", "one") -> x;\n«map user file "n" -> pool;»', '"one"'],
  [
    'when client in ("10.0.0.0/8", "192.168.0.0/16") -> x;\n«when client in ("10.1.0.0/16", "172.16.0.0/12") -> y;»',
    "10.1.0.0",
  ],
  ['when mark in x"00"..x"80" -> x;\n«when mark in x"80"..x"FF" -> y;»', 'x"80"'],
];

describe("rules that take part of each other's keys", () => {
  test.for(OVERLAPPING)("%s", ([rules, example]) => {
    const { found, marked } = checkRules(rules, FILES);
    expect(found).toMatchObject([
      {
        code: routersCatalog.routeOverlap.code,
        message: `the rule in line 2 takes ${example} first`,
        span: marked,
        related: [{ message: "this rule comes first" }],
      },
    ]);
  });

  test("only so many are shown, and the last says so", () => {
    const rules = Array.from(
      { length: 2 * OVERLAPS_MAX },
      (_, index) => `when device in ${10 * index}..${10 * index + 10} -> p${index};`,
    );
    const { found } = checkRules(rules.join("\n"));
    expect(found).toHaveLength(OVERLAPS_MAX);
    expect(found.at(-1)?.message).toContain("further overlaps are not shown");
    expect(found.at(-2)?.message).not.toContain("further");
  });
});
