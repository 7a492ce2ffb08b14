// Decides by a plan. The hot path of every connection: no allocation, no strings, no closures. The meaning is that of
// evaluate-naive.ts.

import { KEY_SOURCE, MISSING } from "../abi.ts";
import { type ByteSegments, lookupSegment } from "./byte-segments.ts";
import { lookupBytes } from "./byte-table.ts";
import {
  type ByteTrie,
  type Direction,
  edgeLength,
  NO_NODE,
  nextNode,
  rootOf,
  valueOfNode,
} from "./byte-trie.ts";
import { LIST_END, listOffset, NO_CANDIDATE } from "./candidate-lists.ts";
import { lookupSoughtSegment } from "./number-segments.ts";
import { lookupSought } from "./number-table.ts";
import {
  ACTION_AT,
  CANDIDATE_WORDS,
  type ClientIndex,
  type KeyIndex,
  REST_AT,
  type RoutePlan,
  type RouteTest,
} from "./plan.ts";
import {
  clientLength,
  clientOffset,
  keyBuffer,
  keyLength,
  keyOffset,
  keySource,
  type RouteInput,
  seekKeyNumber,
} from "./route-input.ts";
import { splitPointOf } from "./split.ts";
import { holds } from "./verify.ts";

/** No rule matched. */
export const NO_ROUTE = -1;

const FORWARDS: Direction = 1;
const BACKWARDS: Direction = -1;
const NO_OUTCOME = -1;

/**
 * The outcome of the first rule that matches: an index into `plan.outcomes`, or `NO_ROUTE`. Every table may offer
 * candidates; the lowest outcome wins, and outcomes ascend with the rules.
 */
export function decideRoute(plan: RoutePlan, input: RouteInput): number {
  let best = plan.fallback;
  const { keyIndexes, client, residuals } = plan;
  for (let at = 0; at < keyIndexes.length; at++) {
    best = improveByKey(plan, input, keyIndexes[at] as KeyIndex, best);
  }
  if (client !== undefined) best = improveByClient(plan, input, client, best);
  for (let at = 0; at < residuals.length; at++) {
    const residual = residuals[at];
    if (residual === undefined || firstOutcomeOf(plan, residual.candidate) >= best) break;
    if (!holds(residual.test, input)) continue;
    best = act(plan, input, residual.candidate, best);
  }
  return best === plan.outcomes.length ? NO_ROUTE : best;
}

function improveByKey(plan: RoutePlan, input: RouteInput, index: KeyIndex, before: number): number {
  const source = keySource(input, index.key);
  if (source === MISSING) return improve(plan, input, index.missing, before);
  let best = improve(plan, input, index.present, before);
  if (index.numbers !== undefined || index.numberSegments !== undefined) {
    best = improveByNumber(plan, input, index, source, best);
  }
  return source === KEY_SOURCE.integer ? best : improveByBytes(plan, input, index, source, best);
}

function improveByNumber(
  plan: RoutePlan,
  input: RouteInput,
  index: KeyIndex,
  source: number,
  before: number,
): number {
  if (!seekKeyNumber(input, index.key, source)) return before;
  // Both tables are asked before any candidate is tried: trying one may look for another number.
  const single = index.numbers === undefined ? NO_CANDIDATE : lookupSought(index.numbers);
  const inRange =
    index.numberSegments === undefined ? NO_CANDIDATE : lookupSoughtSegment(index.numberSegments);
  return improve(plan, input, inRange, improve(plan, input, single, before));
}

function improveByBytes(
  plan: RoutePlan,
  input: RouteInput,
  index: KeyIndex,
  source: number,
  before: number,
): number {
  const bytes = keyBuffer(input, source);
  const offset = keyOffset(input, index.key, source);
  const length = keyLength(input, index.key);
  let best = before;
  if (index.table !== undefined) {
    best = improve(plan, input, lookupBytes(index.table, bytes, offset, length), best);
  }
  const { segments } = index;
  for (let at = 0; at < segments.length; at++) {
    const ofLength = segments[at] as ByteSegments;
    if (ofLength.lengthBytes < length) continue;
    if (ofLength.lengthBytes > length) break;
    best = improve(plan, input, lookupSegment(ofLength, bytes, offset), best);
  }
  if (index.prefixes !== undefined) {
    best = improveByTrie(plan, input, index.prefixes, bytes, offset, length, FORWARDS, best);
  }
  if (index.suffixes !== undefined) {
    const last = offset + length - 1;
    best = improveByTrie(plan, input, index.suffixes, bytes, last, length, BACKWARDS, best);
  }
  return best;
}

function improveByTrie(
  plan: RoutePlan,
  input: RouteInput,
  trie: ByteTrie,
  bytes: Uint8Array,
  first: number,
  length: number,
  direction: Direction,
  before: number,
): number {
  let best = before;
  let at = first;
  let left = length;
  for (let node = rootOf(trie); node !== NO_NODE; ) {
    best = improve(plan, input, valueOfNode(trie, node), best);
    node = nextNode(trie, node, bytes, at, left, direction);
    if (node === NO_NODE) break;
    const passed = edgeLength(trie, node);
    at += direction * passed;
    left -= passed;
  }
  return best;
}

function improveByClient(
  plan: RoutePlan,
  input: RouteInput,
  client: ClientIndex,
  best: number,
): number {
  const length = clientLength(input);
  const segments = length === 4 ? client.v4 : length === 16 ? client.v6 : undefined;
  if (segments === undefined) return best;
  const value = lookupSegment(segments, input.client, clientOffset(input));
  return improve(plan, input, value, best);
}

/** The lowest outcome among `best` and those of the candidates behind a table's entry. */
function improve(plan: RoutePlan, input: RouteInput, value: number, best: number): number {
  if (value === NO_CANDIDATE) return best;
  if (value >= 0) return tryCandidate(plan, input, value, best);
  const { lists } = plan;
  for (let at = listOffset(value); ; at++) {
    const candidate = lists[at] as number;
    if (candidate === LIST_END || firstOutcomeOf(plan, candidate) >= best) return best;
    const outcome = tryCandidate(plan, input, candidate, best);
    if (outcome < best) return outcome;
  }
}

function tryCandidate(plan: RoutePlan, input: RouteInput, candidate: number, best: number): number {
  const { words, rests } = plan.candidates;
  const at = CANDIDATE_WORDS * candidate;
  if ((words[at] as number) >= best) return best;
  const rest = words[at + REST_AT] as number;
  if (rest >= 0 && !holds(rests[rest] as RouteTest, input)) return best;
  return act(plan, input, candidate, best);
}

function firstOutcomeOf(plan: RoutePlan, candidate: number): number {
  return plan.candidates.words[CANDIDATE_WORDS * candidate] as number;
}

/** The outcome of a candidate that holds; `best` where it splits on a missing key. */
function act(plan: RoutePlan, input: RouteInput, candidate: number, best: number): number {
  const action = plan.candidates.words[CANDIDATE_WORDS * candidate + ACTION_AT] as number;
  if (action >= 0) return action;
  const outcome = outcomeOfSplit(plan, input, action);
  return outcome === NO_OUTCOME ? best : outcome;
}

function outcomeOfSplit(plan: RoutePlan, input: RouteInput, action: number): number {
  let current = action;
  while (current < 0) {
    const split = plan.candidates.splits[-1 - current];
    if (split === undefined) return NO_OUTCOME;
    if (keySource(input, split.key) === MISSING) return NO_OUTCOME;
    const point = splitPointOf(input, split.key, split.depth);
    let share = 0;
    while (share < split.lastPoints.length && point > (split.lastPoints[share] as number))
      share += 1;
    current = split.actions[share] as number;
  }
  return current;
}
