// How each rule is found: which of its tests a table answers, and what is left to verify then. Decides only; the
// tables are made in build-plan.ts.

import type { CheckedAction, CheckedRule } from "./checked-router.ts";
import { shapeOfLike } from "./glob.ts";
import { joined, type NormalCondition, type NormalTest, normalise } from "./normal-form.ts";
import { namesOfEntries, type SetNumbers } from "./test-name.ts";

/** A test that a table answers by the candidates it holds for. */
export type IndexedTest = Exclude<NormalTest, { kind: "like" }>;

/** One way in which a rule matches: a rule whose condition is an `or`, or a map, has several. */
export interface Candidate {
  readonly action: CheckedAction;
  readonly condition: NormalCondition;
  readonly access: Access;
}

type Access =
  /** Where the condition holds, one of `tests` does; `rest` is what must hold besides. */
  | {
      readonly kind: "index";
      readonly tests: readonly IndexedTest[];
      readonly rest: NormalCondition;
    }
  /** No table helps: looked at for each connection that no earlier rule has decided. */
  | { readonly kind: "residual" }
  | { readonly kind: "always" };

/** What the tables of one condition answer. */
interface Cover {
  readonly tests: readonly IndexedTest[];
  /** Whether a test that holds makes the condition hold. */
  readonly isExact: boolean;
}

/** How many candidates would stand behind one entry if every rule indexed the test of that name. */
interface Popularity {
  readonly counts: Map<string, number>;
  readonly sets: SetNumbers;
}

/** So many candidates behind one entry cost less than a wider kind of table. */
const FEW = 4;

/** Lower is better: how much of all keys such a test lets through, as a rule. */
const WIDTH: Readonly<Record<IndexedTest["kind"], number>> = {
  "bytes-in": 0,
  "number-in": 0,
  "bytes-range": 1,
  "number-range": 2,
  prefix: 2,
  suffix: 2,
  "client-in": 3,
  missing: 4,
  present: 5,
};

/** The candidates of all rules, in order of rank. */
export function chooseIndexes(rules: readonly CheckedRule[]): readonly Candidate[] {
  const branches = rules.flatMap(branchesOf);
  const popularity = countTests(branches.map(({ condition }) => condition));
  return branches.map((branch) => ({ ...branch, access: accessOf(branch.condition, popularity) }));
}

function branchesOf(rule: CheckedRule): readonly Omit<Candidate, "access">[] {
  if (rule.kind === "map") {
    return rule.groups.map(({ test, outcome }) => ({
      action: { kind: "outcome", outcome },
      condition: normalise(test),
    }));
  }
  const condition = normalise(rule.condition);
  const branches = condition.kind === "or" ? condition.operands : [condition];
  return branches.map((branch) => ({ action: rule.action, condition: branch }));
}

function accessOf(condition: NormalCondition, popularity: Popularity): Access {
  if (condition.kind === "and" && condition.operands.length === 0) return { kind: "always" };
  const conjuncts = condition.kind === "and" ? condition.operands : [condition];
  const best = cheapest(conjuncts, popularity);
  if (best === undefined) return { kind: "residual" };
  const rest = conjuncts.filter((conjunct) => conjunct !== best.conjunct || !best.cover.isExact);
  return { kind: "index", tests: best.cover.tests, rest: joined("and", rest) };
}

function cheapest(
  conjuncts: readonly NormalCondition[],
  popularity: Popularity,
): { conjunct: NormalCondition; cover: Cover } | undefined {
  let best: { conjunct: NormalCondition; cover: Cover } | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const conjunct of conjuncts) {
    const cover = coverOf(conjunct, popularity);
    if (cover === undefined) continue;
    const cost = costOf(cover, popularity);
    if (cost >= bestCost) continue;
    best = { conjunct, cover };
    bestCost = cost;
  }
  return best;
}

/** The tests of which one holds wherever the condition does; `undefined` where tables cannot tell. */
function coverOf(condition: NormalCondition, popularity: Popularity): Cover | undefined {
  switch (condition.kind) {
    case "not":
      return undefined;
    case "test":
      return coverOfTest(condition.test);
    case "and": {
      const best = cheapest(condition.operands, popularity);
      return best && { tests: best.cover.tests, isExact: false };
    }
    case "or": {
      const tests: IndexedTest[] = [];
      let isExact = true;
      for (const operand of condition.operands) {
        const cover = coverOf(operand, popularity);
        if (cover === undefined) return undefined;
        for (const test of cover.tests) tests.push(test);
        isExact &&= cover.isExact;
      }
      return { tests, isExact };
    }
  }
}

function coverOfTest(test: NormalTest): Cover | undefined {
  if (test.kind !== "like") return { tests: [test], isExact: true };
  const shape = shapeOfLike(test.pattern);
  if (shape.kind !== "glob") return undefined;
  const { head, tail } = shape;
  if (head.length > 0) return inexact({ kind: "prefix", key: test.key, pattern: head });
  if (tail.length > 0) return inexact({ kind: "suffix", key: test.key, pattern: tail });
  return undefined;
}

function inexact(test: IndexedTest): Cover {
  return { tests: [test], isExact: false };
}

/** Wide tests cost most; a narrow one that many rules share costs as much as they are. */
function costOf(cover: Cover, popularity: Popularity): number {
  let cost = 0;
  for (const test of cover.tests) {
    const counts = namesOfEntries(test, popularity.sets).map((name) => popularity.counts.get(name));
    const shared = Math.max(...counts.map((count) => count ?? 1));
    cost = Math.max(cost, shared <= FEW ? WIDTH[test.kind] : shared + WIDTH[test.kind]);
  }
  return cost;
}

function countTests(branches: readonly NormalCondition[]): Popularity {
  const popularity: Popularity = { counts: new Map(), sets: new Map() };
  for (const branch of branches) {
    const conjuncts = branch.kind === "and" ? branch.operands : [branch];
    for (const conjunct of conjuncts) {
      if (conjunct.kind !== "test") continue;
      for (const name of namesOfEntries(conjunct.test, popularity.sets)) {
        popularity.counts.set(name, (popularity.counts.get(name) ?? 0) + 1);
      }
    }
  }
  return popularity;
}
