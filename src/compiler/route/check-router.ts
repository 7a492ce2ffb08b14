// Checks one router: its rules with names, values and files resolved, and everything worth saying about them. Knows
// neither how rules are looked up nor who reads the files.

import { assertNever } from "../../base/assert.ts";
import { report } from "../diagnostics/collector.ts";
import { positionAt } from "../source/source-file.ts";
import type { RouterDeclaration, Rule } from "../syntax/ast.ts";
import { buildRoutePlan } from "./build-plan.ts";
import { checkAction, checkBy } from "./check-action.ts";
import { CONDITION_TESTS_MAX, checkCondition, hasTooManyTests } from "./check-condition.ts";
import { checkContradictions } from "./check-contradiction.ts";
import { checkMapFile } from "./check-lists.ts";
import { resolveKey } from "./check-operand.ts";
import { checkPresence } from "./check-presence.ts";
import { checkReach } from "./check-reach.ts";
import { textOf } from "./check-value.ts";
import type { CheckedRouter, CheckedRule } from "./checked-router.ts";
import { chooseIndexes } from "./choose-index.ts";
import type { ListValues } from "./list-values.ts";
import type { RuleInfo } from "./outcome.ts";
import { CANDIDATE_WORDS } from "./plan.ts";
import { mentionPool, type RouterCheck, type RouterContext } from "./router-context.ts";
import { foldRuleText } from "./rule-text.ts";

/** Conditions that may be tried one by one before it is worth a warning. */
export const RESIDUALS_MAX = 64;

/**
 * The router with everything resolved. Findings go to the collector; with errors among them the result lacks the rules
 * they are in, and must not route.
 */
export function checkRouter(router: RouterDeclaration, context: RouterContext): CheckedRouter {
  const check: RouterCheck = {
    ...context,
    protocol: router.protocol.text,
    outcomes: [],
    pools: new Map(),
    files: new Set(),
    lists: { keys: new Map(), addresses: new Map(), maps: new Map() },
  };
  const rules = router.rules.flatMap((rule, rank) => checkRule(check, rule, rank) ?? []);
  if (router.rules.length === 0) {
    report(check.collector, "routeEmpty", router.name.span, { router: router.name.text });
  } else {
    checkPresence(check, router);
  }
  checkContradictions(check, rules);
  checkReach(check, rules);
  const checked = {
    router: router.name.text,
    protocol: router.protocol.text,
    keys: context.keys,
    rules,
    outcomes: check.outcomes,
    pools: [...check.pools.values()],
    files: [...check.files],
  };
  checkResiduals(check, checked);
  return checked;
}

function checkRule(check: RouterCheck, rule: Rule, rank: number): CheckedRule | undefined {
  const info = infoOf(check, rule, rank);
  const { span } = rule;
  switch (rule.kind) {
    case "map":
      return checkMap(check, rule, info);
    case "otherwise": {
      const action = checkAction(check, info, rule.action);
      return action && { kind: "when", info, span, condition: { kind: "always" }, action };
    }
    case "when": {
      const { condition } = rule;
      const isTooLong = hasTooManyTests(condition);
      if (isTooLong) {
        const limit = CONDITION_TESTS_MAX;
        report(check.collector, "routeTooManyTests", condition.span, { limit });
      }
      const checked = isTooLong ? undefined : checkCondition(check, condition);
      const action = checkAction(check, info, rule.action);
      return checked && action && { kind: "when", info, span, condition: checked, action };
    }
    default:
      return assertNever(rule);
  }
}

function infoOf(check: RouterCheck, rule: Rule, rank: number): RuleInfo {
  const { start, end } = rule.span;
  return {
    rank,
    line: positionAt(check.source, start).line,
    text: foldRuleText(check.source.text.slice(start, end)),
  };
}

function checkMap(
  check: RouterCheck,
  rule: Extract<Rule, { kind: "map" }>,
  info: RuleInfo,
): CheckedRule | undefined {
  const index = resolveKey(check, rule.key, "mapped");
  const by = checkBy(check, rule.by);
  const key = index === undefined ? undefined : check.keys[index];
  if (index === undefined || key === undefined) return undefined;
  const groups = checkMapFile(check, rule.file, key);
  if (groups === undefined || by === undefined) return undefined;
  const path = textOf(rule.file.bytes);
  return {
    kind: "map",
    info,
    span: rule.span,
    groups: groups.map(({ pool, line, values }) => {
      mentionPool(check, { pool, span: rule.file.span, listLine: `${path}:${line}` });
      const outcome = check.outcomes.push({ kind: "pool", rule: info, pool, by }) - 1;
      return { test: testOf(index, values), outcome };
    }),
  };
}

function testOf(
  key: number,
  values: ListValues,
): Extract<CheckedRule, { kind: "map" }>["groups"][number]["test"] {
  return values.kind === "bytes"
    ? { kind: "bytes-in", key, entries: values.entries }
    : { kind: "number-in", key, values: values.values };
}

/** Warns at the first condition beyond those that are cheap to try one by one. */
function checkResiduals(check: RouterCheck, checked: CheckedRouter): void {
  if (chooseIndexes(checked.rules).length <= RESIDUALS_MAX) return;
  const { residuals, candidates } = buildRoutePlan(checked);
  const beyond = residuals[RESIDUALS_MAX];
  if (beyond === undefined) return;
  const outcome = candidates.words[CANDIDATE_WORDS * beyond.candidate] ?? 0;
  const rank = check.outcomes[outcome]?.rule.rank;
  const rule = checked.rules.find(({ info }) => info.rank === rank);
  if (rule === undefined) return;
  const args = { count: residuals.length, limit: RESIDUALS_MAX };
  report(check.collector, "routeManyResiduals", rule.span, args);
}
