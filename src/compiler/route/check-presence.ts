// Whether a router says what becomes of frames that its rules do not match: a missing key, or none of the values
// listed. Looks at the rules as written.

import { report } from "../diagnostics/collector.ts";
import type { Span } from "../source/span.ts";
import type { Name, RouteAction, RouteCondition, RouterDeclaration } from "../syntax/ast.ts";
import type { RouterCheck } from "./router-context.ts";

/** Keys by name: where each is used first, and which are asked for by `missing`. */
interface KeyUses {
  readonly used: Map<string, Span>;
  readonly missing: Set<string>;
}

/** Reports keys that may be missing with no rule for it, a missing `otherwise`, and rules after one. */
export function checkPresence(check: RouterCheck, router: RouterDeclaration): void {
  const { rules } = router;
  const otherwise = rules.findIndex((rule) => rule.kind === "otherwise");
  const reached = otherwise < 0 ? rules : rules.slice(0, otherwise + 1);
  const [beyond] = rules.slice(reached.length);
  if (beyond !== undefined) report(check.collector, "routeAfterOtherwise", beyond.span, {});
  const last = reached.at(-1);
  const uses = otherwise < 0 ? usesOfRules(router) : undecided(last);
  const { missing } = usesOfRules(router);
  const unhandled = [...uses.used].filter(
    ([name]) => !missing.has(name) && mayBeMissing(check, name),
  );
  for (const [key, span] of unhandled) {
    report(check.collector, "routeMissingUnhandled", span, { key });
  }
  if (otherwise < 0 && unhandled.length === 0) {
    const name = router.name.text;
    report(check.collector, "routeNoOtherwise", router.name.span, { router: name });
  }
}

function mayBeMissing(check: RouterCheck, name: string): boolean {
  return check.keys.some((key) => key.name === name && key.mayBeMissing);
}

function usesOfRules(router: RouterDeclaration): KeyUses {
  const uses: KeyUses = { used: new Map(), missing: new Set() };
  for (const rule of router.rules) {
    if (rule.kind === "when") noteCondition(uses, rule.condition);
    if (rule.kind === "map") noteKey(uses, rule.key);
    else noteAction(uses, rule.action);
  }
  return uses;
}

/** Keys on which even `otherwise` depends: it splits by them. */
function undecided(rule: RouterDeclaration["rules"][number] | undefined): KeyUses {
  const uses: KeyUses = { used: new Map(), missing: new Set() };
  if (rule?.kind === "otherwise") noteAction(uses, rule.action);
  return uses;
}

function noteCondition(uses: KeyUses, condition: RouteCondition): void {
  switch (condition.kind) {
    case "and":
    case "or":
      noteCondition(uses, condition.left);
      noteCondition(uses, condition.right);
      return;
    case "not":
      noteCondition(uses, condition.operand);
      return;
    case "missing":
      uses.missing.add(condition.key.text);
      return;
    default:
      if (condition.operand.kind !== "client") noteKey(uses, condition.operand.name);
      else noteKey(uses, { text: "client", span: condition.operand.span });
  }
}

function noteAction(uses: KeyUses, action: RouteAction): void {
  if (action.kind !== "split") return;
  noteKey(uses, action.key);
  for (const share of action.shares) noteAction(uses, share.action);
}

function noteKey(uses: KeyUses, key: Name): void {
  if (!uses.used.has(key.text)) uses.used.set(key.text, key.span);
}
