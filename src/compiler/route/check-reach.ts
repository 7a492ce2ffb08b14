// Rules that never decide because earlier ones match all they match, and rules that take part of each other's keys.
// Sound, not complete: what it reports is so.

import { report } from "../diagnostics/collector.ts";
import type { CheckedAction, CheckedRule } from "./checked-router.ts";
import { buildCoverage, type Coverage, type Extent, extentOf, type SureTest } from "./coverage.ts";
import { type NormalCondition, normalise } from "./normal-form.ts";
import type { RouterCheck } from "./router-context.ts";
import { nameOfCondition, type SetNumbers } from "./test-name.ts";

/** Overlaps that are reported of one router. */
export const OVERLAPS_MAX = 20;

/** Earlier rules named as the cause of one finding. */
const CAUSES_SHOWN_MAX = 3;
/** Earlier conditions tried for one condition of several parts. */
const CONJUNCTIONS_TRIED_MAX = 64;

/** What rules match, in the forms that comparisons need. All rule numbers are indexes into `rules`. */
interface Reach {
  readonly rules: readonly CheckedRule[];
  /** The ways in which each rule matches. */
  readonly branches: readonly (readonly NormalCondition[])[];
  readonly coverage: Coverage;
  /** The first rule that decides by a condition of that name alone. */
  readonly byName: ReadonlyMap<string, number>;
  /** Rules that decide by several conditions at once, under the first of their names. */
  readonly conjunctions: ReadonlyMap<string, readonly Conjunction[]>;
  readonly sets: SetNumbers;
}

interface Conjunction {
  readonly names: readonly string[];
  readonly rule: number;
}

/** Reports on all rules, in order. */
export function checkReach(check: RouterCheck, rules: readonly CheckedRule[]): void {
  const reach = buildReach(check, rules);
  let overlaps = 0;
  for (const [number, branches] of reach.branches.entries()) {
    const extents = branches.map((branch) => extentOfBranch(reach, branch, number));
    if (extents.length > 0 && extents.every(({ kind }) => kind === "all")) {
      reportUnreachable(check, reach, number, extents);
    } else if (overlaps < OVERLAPS_MAX) {
      if (reportOverlap(check, reach, number, extents, overlaps === OVERLAPS_MAX - 1))
        overlaps += 1;
    }
  }
}

function buildReach(check: RouterCheck, rules: readonly CheckedRule[]): Reach {
  const sets: SetNumbers = new Map();
  const branches = rules.map(branchesOf);
  const tests: SureTest[] = [];
  const byName = new Map<string, number>();
  const conjunctions = new Map<string, Conjunction[]>();
  for (const [rule, ofRule] of branches.entries()) {
    for (const branch of ofRule) {
      if (!decidesAlways(check, rules[rule], branch)) continue;
      const names = namesOf(branch, sets);
      const [first = ""] = names;
      if (branch.kind === "and") {
        const held = conjunctions.get(first) ?? [];
        conjunctions.set(first, held);
        held.push({ names, rule });
        continue;
      }
      if (!byName.has(first)) byName.set(first, rule);
      if (branch.kind === "test") tests.push({ test: branch.test, rule });
    }
  }
  return { rules, branches, coverage: buildCoverage(tests), byName, conjunctions, sets };
}

function branchesOf(rule: CheckedRule): readonly NormalCondition[] {
  if (rule.kind === "map") return rule.groups.map(({ test }) => normalise(test));
  const condition = normalise(rule.condition);
  if (condition.kind === "or") return condition.operands;
  return condition.kind === "and" && condition.operands.length === 0 ? [] : [condition];
}

/** Names of the conditions that must all hold, sorted. */
function namesOf(branch: NormalCondition, sets: SetNumbers): readonly string[] {
  const conjuncts = branch.kind === "and" ? branch.operands : [branch];
  return conjuncts.map((conjunct) => nameOfCondition(conjunct, sets)).sort();
}

/** Whether a rule that matches by this branch decides: a split needs its keys. */
function decidesAlways(
  check: RouterCheck,
  rule: CheckedRule | undefined,
  branch: NormalCondition,
): boolean {
  if (rule === undefined || rule.kind === "map") return true;
  const asked =
    branch.kind === "test" && branch.test.kind !== "missing" && branch.test.kind !== "client-in"
      ? branch.test.key
      : undefined;
  return splitKeys(rule.action).every(
    (key) => key === asked || check.keys[key]?.mayBeMissing === false,
  );
}

function splitKeys(action: CheckedAction): readonly number[] {
  if (action.kind === "outcome") return [];
  return [action.key, ...action.shares.flatMap((share) => splitKeys(share.action))];
}

/** How much of a branch rules before `rule` match. Where several conditions must hold, one that is covered is enough. */
function extentOfBranch(reach: Reach, branch: NormalCondition, rule: number): Extent {
  const named = reach.byName.get(nameOfCondition(branch, reach.sets));
  if (named !== undefined && named < rule) return covered(named);
  switch (branch.kind) {
    case "test":
      return extentOf(reach.coverage, branch.test, rule);
    case "not":
      return NOTHING;
    case "or": {
      const extents = branch.operands.map((operand) => extentOfBranch(reach, operand, rule));
      if (!extents.every(({ kind }) => kind === "all")) return NOTHING;
      return {
        ...NOTHING,
        kind: "all",
        rules: new Set(extents.flatMap(({ rules }) => [...rules])),
      };
    }
    case "and": {
      const extents = branch.operands.map((operand) => extentOfBranch(reach, operand, rule));
      return (
        extents.find(({ kind }) => kind === "all") ?? coveredByConjunction(reach, branch, rule)
      );
    }
  }
}

const NOTHING: Extent = { kind: "none", rules: new Set(), example: "" };

function covered(by: number): Extent {
  return { kind: "all", rules: new Set([by]), example: "all of it" };
}

/** An earlier rule that asks for less: each of its conditions is one of this branch's. */
function coveredByConjunction(reach: Reach, branch: NormalCondition, rule: number): Extent {
  const names = namesOf(branch, reach.sets);
  const held = new Set(names);
  for (const name of held) {
    const tried = (reach.conjunctions.get(name) ?? []).slice(0, CONJUNCTIONS_TRIED_MAX);
    const found = tried.find(
      (other) => other.rule < rule && other.names.every((asked) => held.has(asked)),
    );
    if (found !== undefined) return covered(found.rule);
  }
  return NOTHING;
}

function reportUnreachable(
  check: RouterCheck,
  reach: Reach,
  number: number,
  extents: readonly Extent[],
): void {
  const rule = reach.rules[number];
  if (rule === undefined) return;
  const causes = [...new Set(extents.flatMap(({ rules }) => [...rules]))]
    .sort((left, right) => left - right)
    .slice(0, CAUSES_SHOWN_MAX)
    .flatMap((cause) => reach.rules[cause] ?? []);
  const lines = [...new Set(causes.map(({ info }) => info.line))];
  const related = causes.map(({ span }) => ({ message: "this rule comes first", span }));
  report(check.collector, "routeUnreachable", rule.span, { lines }, related);
}

/** Reports the first earlier rule that takes part of this one, unless it is an exception to it or does the same. */
function reportOverlap(
  check: RouterCheck,
  reach: Reach,
  number: number,
  extents: readonly Extent[],
  isLast: boolean,
): boolean {
  const rule = reach.rules[number];
  if (rule === undefined) return false;
  let own: Coverage | undefined;
  for (const { rules, example } of extents) {
    for (const cause of rules) {
      const earlier = reach.rules[cause];
      if (earlier === undefined || doSame(check, earlier, rule)) continue;
      own ??= coverageOfRule(reach, number);
      if (isWithin(reach, cause, own)) continue;
      const args = { example, line: earlier.info.line, isLast };
      const related = [{ message: "this rule comes first", span: earlier.span }];
      report(check.collector, "routeOverlap", rule.span, args, related);
      return true;
    }
  }
  return false;
}

function coverageOfRule(reach: Reach, number: number): Coverage {
  const tests = (reach.branches[number] ?? []).flatMap((branch) =>
    branch.kind === "test" ? [{ test: branch.test, rule: 0 }] : [],
  );
  return buildCoverage(tests);
}

/** Whether all that rule `number` matches lies in `coverage`. */
function isWithin(reach: Reach, number: number, coverage: Coverage): boolean {
  return (reach.branches[number] ?? []).every(
    (branch) => branch.kind === "test" && extentOf(coverage, branch.test, 1).kind === "all",
  );
}

/** Whether two rules have the same effect, so that it does not matter which one decides. */
function doSame(check: RouterCheck, left: CheckedRule, right: CheckedRule): boolean {
  const [ofLeft, ofRight] = [effectOf(check, left), effectOf(check, right)];
  return ofLeft !== undefined && ofLeft === ofRight;
}

function effectOf(check: RouterCheck, rule: CheckedRule): string | undefined {
  if (rule.kind === "map" || rule.action.kind === "split") return undefined;
  const outcome = check.outcomes[rule.action.outcome];
  if (outcome === undefined) return undefined;
  return outcome.kind === "pool"
    ? `pool ${outcome.pool} ${outcome.by}`
    : `reject ${outcome.message}`;
}
