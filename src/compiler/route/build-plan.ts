// From checked rules to the plan that decides in about the same time for ten rules and for a hundred thousand entries.
// Knows neither syntax nor diagnostics; what it makes must mean what evaluate-naive.ts says.

import { addKeyTest, buildKeyIndex, createKeyTests, type KeyTests } from "./build-key-index.ts";
import type { ByteRange } from "./byte-segments.ts";
import { createListBuilder, type ListBuilder, packLists } from "./candidate-lists.ts";
import type { CheckedAction, CheckedRouter } from "./checked-router.ts";
import { type Candidate, chooseIndexes } from "./choose-index.ts";
import {
  blockRanges,
  buildClientIndex,
  compileTest,
  createSetTables,
  type SetTables,
} from "./compile-test.ts";
import type { NormalCondition } from "./normal-form.ts";
import {
  ACTION_AT,
  CANDIDATE_WORDS,
  type Candidates,
  type ClientIndex,
  type KeyIndex,
  REST_AT,
  type Residual,
  type RoutePlan,
  type RouteTest,
  type SplitPlan,
} from "./plan.ts";
import { planBytes } from "./plan-bytes.ts";
import { lastPointOf } from "./split.ts";
import { allocateFloat64, allocateInt32 } from "./table-memory.ts";

const NO_REST = -1;

/** The plan of a router without errors. */
export function buildRoutePlan(checked: CheckedRouter): RoutePlan {
  const { reachable, fallback } = untilFallback(chooseIndexes(checked.rules), checked);
  const sets = createSetTables();
  const candidates = buildCandidates(reachable, sets);
  const lists = createListBuilder((candidate) => isFinal(candidates, candidate));
  const tables = buildTables(reachable, lists);
  const plan = {
    router: checked.router,
    protocol: checked.protocol,
    keys: checked.keys.map(({ name }) => name),
    outcomes: checked.outcomes,
    pools: checked.pools.map(({ pool }) => pool),
    files: checked.files,
    fallback,
    candidates,
    lists: packLists(lists),
    ...tables,
    residuals: buildResiduals(reachable, lists.overflowing, sets),
  };
  return { ...plan, memoryBytes: planBytes(plan) };
}

/** Candidates up to the first that matches everything, and its outcome: what comes later is never reached. */
function untilFallback(
  candidates: readonly Candidate[],
  checked: CheckedRouter,
): { reachable: readonly Candidate[]; fallback: number } {
  for (const [index, { access, action }] of candidates.entries()) {
    if (access.kind === "always" && action.kind === "outcome") {
      return { reachable: candidates.slice(0, index), fallback: action.outcome };
    }
  }
  return { reachable: candidates, fallback: checked.outcomes.length };
}

function buildCandidates(reachable: readonly Candidate[], sets: SetTables): Candidates {
  const words = allocateInt32(CANDIDATE_WORDS * reachable.length);
  const rests: RouteTest[] = [];
  const splits: SplitPlan[] = [];
  for (const [number, { action, access }] of reachable.entries()) {
    const hasRest = access.kind === "index" && !isTrue(access.rest);
    const rest = hasRest ? rests.push(compileTest(access.rest, sets)) - 1 : NO_REST;
    words.set(
      [firstOutcomeOf(action), flattenAction(action, splits), rest],
      CANDIDATE_WORDS * number,
    );
  }
  return { words, rests, splits };
}

/** Whether nothing is left to ask once a table has offered the candidate. */
function isFinal({ words }: Candidates, candidate: number): boolean {
  const at = CANDIDATE_WORDS * candidate;
  return words[at + REST_AT] === NO_REST && (words[at + ACTION_AT] ?? 0) >= 0;
}

function firstOutcomeOf(action: CheckedAction): number {
  if (action.kind === "outcome") return action.outcome;
  return Math.min(...action.shares.map((share) => firstOutcomeOf(share.action)));
}

/** The action as one integer: see `Candidates.actions`. */
function flattenAction(action: CheckedAction, splits: SplitPlan[]): number {
  if (action.kind === "outcome") return action.outcome;
  const lastPoints = allocateFloat64(action.shares.length - 1);
  const actions = allocateInt32(action.shares.length);
  let sum = 0;
  for (const [index, share] of action.shares.entries()) {
    sum += share.percent;
    if (index < lastPoints.length) lastPoints[index] = lastPointOf(sum);
    actions[index] = flattenAction(share.action, splits);
  }
  splits.push({ key: action.key, depth: action.depth, lastPoints, actions });
  return -splits.length;
}

function buildTables(
  reachable: readonly Candidate[],
  lists: ListBuilder,
): { keyIndexes: readonly KeyIndex[]; client: ClientIndex | undefined } {
  const byKey = new Map<number, KeyTests>();
  const clients: ByteRange[] = [];
  for (const [number, { access }] of reachable.entries()) {
    if (access.kind !== "index") continue;
    for (const test of access.tests) {
      if (test.kind === "client-in") {
        for (const range of blockRanges(test.blocks, number)) clients.push(range);
        continue;
      }
      const tests = byKey.get(test.key) ?? createKeyTests();
      byKey.set(test.key, tests);
      addKeyTest(tests, test, number);
    }
  }
  const keys = [...byKey].sort(([left], [right]) => left - right);
  return {
    keyIndexes: keys.map(([key, tests]) => buildKeyIndex(key, tests, lists)),
    client: clients.length === 0 ? undefined : buildClientIndex(clients, lists),
  };
}

function buildResiduals(
  reachable: readonly Candidate[],
  overflowing: ReadonlySet<number>,
  sets: SetTables,
): readonly Residual[] {
  return reachable.flatMap(({ access, condition }, candidate) =>
    access.kind === "index" && !overflowing.has(candidate)
      ? []
      : [{ candidate, test: compileTest(condition, sets) }],
  );
}

function isTrue(condition: NormalCondition): boolean {
  return condition.kind === "and" && condition.operands.length === 0;
}
