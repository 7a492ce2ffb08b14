// What rules do: pools, refusals and splits, each with its outcome. Reports shares that do not divide all keys.

import { assertNever } from "../../base/assert.ts";
import { report } from "../diagnostics/collector.ts";
import type { Name, RouteAction, SplitShare } from "../syntax/ast.ts";
import { resolveKey } from "./check-operand.ts";
import { textOf } from "./check-value.ts";
import type { CheckedAction } from "./checked-router.ts";
import type { RuleInfo } from "./outcome.ts";
import { mentionPool, type RouterCheck } from "./router-context.ts";

type Split = Extract<RouteAction, { kind: "split" }>;

/** The most splits within each other. */
export const SPLIT_DEPTH_MAX = 4;

/** No key is hashed for the pool. */
const BY_NOTHING = -1;
const ALL_PERCENT = 100n;

/** The action, its outcomes appended to the check's; `undefined` where a part is wrong. */
export function checkAction(
  check: RouterCheck,
  info: RuleInfo,
  action: RouteAction,
  depth = 0,
): CheckedAction | undefined {
  switch (action.kind) {
    case "pool": {
      const by = checkBy(check, action.by);
      const pool = action.pool.text;
      mentionPool(check, { pool, span: action.pool.span, listLine: undefined });
      if (by === undefined) return undefined;
      const outcome = check.outcomes.push({ kind: "pool", rule: info, pool, by }) - 1;
      return { kind: "outcome", outcome };
    }
    case "reject": {
      const message = textOf(action.message.bytes);
      const outcome = check.outcomes.push({ kind: "reject", rule: info, message }) - 1;
      return { kind: "outcome", outcome };
    }
    case "split":
      return checkSplit(check, info, action, depth);
    default:
      return assertNever(action);
  }
}

/** The index of the key that a pool hashes, -1 where none is named, `undefined` where there is none of that name. */
export function checkBy(check: RouterCheck, by: Name | undefined): number | undefined {
  return by === undefined ? BY_NOTHING : resolveKey(check, by, "hashed");
}

function checkSplit(
  check: RouterCheck,
  info: RuleInfo,
  split: Split,
  depth: number,
): CheckedAction | undefined {
  if (depth === SPLIT_DEPTH_MAX) {
    report(check.collector, "routeSplitTooDeep", split.span, { limit: SPLIT_DEPTH_MAX });
    return undefined;
  }
  const key = resolveKey(check, split.key, "split");
  const isDivided = checkShares(check, split);
  const shares: { percent: number; action: CheckedAction }[] = [];
  for (const { percent, action } of split.shares) {
    const checked = checkAction(check, info, action, depth + 1);
    if (checked !== undefined) shares.push({ percent: Number(percent.value), action: checked });
  }
  const isWhole = key !== undefined && isDivided && shares.length === split.shares.length;
  return isWhole ? { kind: "split", key, depth, shares } : undefined;
}

function checkShares(check: RouterCheck, split: Split): boolean {
  const unitless = split.shares.filter(({ percent }) => percent.unit !== "%");
  for (const { percent } of unitless) {
    report(check.collector, "routePercentUnit", percent.span, { written: percent.source });
  }
  const sum = split.shares.reduce(
    (total: bigint, share: SplitShare) => total + share.percent.value,
    0n,
  );
  if (unitless.length > 0 || sum === ALL_PERCENT) return unitless.length === 0;
  report(check.collector, "routePercentSum", split.span, { sum: sum.toString() });
  return false;
}
