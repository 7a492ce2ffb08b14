// A router ready to decide: immutable data, shared by every connection of a snapshot. Made by build-plan.ts, read by
// match.ts; knows neither the language nor where files came from.

import type { ByteSegments } from "./byte-segments.ts";
import type { ByteTable } from "./byte-table.ts";
import type { ByteTrie } from "./byte-trie.ts";
import type { NumberSegments } from "./number-segments.ts";
import type { NumberTable } from "./number-table.ts";
import type { RouteOutcome } from "./outcome.ts";

export interface RoutePlan {
  readonly router: string;
  readonly protocol: string;
  /** Names of the protocol's keys, in the order of their words. */
  readonly keys: readonly string[];
  /** What `decideRoute` answers is an index into these. They ascend with their rules' ranks. */
  readonly outcomes: readonly RouteOutcome[];
  /** Pools that outcomes name, each once. */
  readonly pools: readonly string[];
  /** Files the rules were read from: a change of one asks for a new plan. */
  readonly files: readonly string[];
  /** Bytes of all tables. */
  readonly memoryBytes: number;
  /** The outcome of the first rule that matches everything; the number of outcomes where there is none. */
  readonly fallback: number;
  readonly candidates: Candidates;
  /** Lists of candidates behind shared entries: see candidate-lists.ts. */
  readonly lists: Int32Array;
  readonly keyIndexes: readonly KeyIndex[];
  readonly client: ClientIndex | undefined;
  /** Candidates that no table finds, in order of rank. */
  readonly residuals: readonly Residual[];
}

/**
 * A candidate is one way in which a rule matches; ranks ascend with their numbers. Words of a candidate, together so
 * that one look at memory gives all:
 * ```
 * firstOutcome   of its rule: nothing below it can come of this candidate
 * action         an outcome (0 or above), or split -1 - action
 * rest           index into rests, or -1: the table's answer is enough
 * ```
 */
export interface Candidates {
  readonly words: Int32Array;
  /** What must hold besides what a table has answered. */
  readonly rests: readonly RouteTest[];
  readonly splits: readonly SplitPlan[];
}

/** Words of a candidate, and the places of its second and third. */
export const CANDIDATE_WORDS = 3;
export const ACTION_AT = 1;
export const REST_AT = 2;

/** The first share whose last point is not below the key's decides, else the last share (split.ts). */
export interface SplitPlan {
  readonly key: number;
  readonly depth: number;
  /** Of each share but the last; they do not fall. A float where a share takes nothing and no integer is below. */
  readonly lastPoints: Float64Array;
  /** As in `Candidates`. */
  readonly actions: Int32Array;
}

/** The tables that are asked about one key. Values are those of candidate-lists.ts. */
export interface KeyIndex {
  readonly key: number;
  readonly missing: number;
  readonly present: number;
  readonly table: ByteTable | undefined;
  /** Shortest first. */
  readonly segments: readonly ByteSegments[];
  readonly prefixes: ByteTrie | undefined;
  /** Entries are reversed. */
  readonly suffixes: ByteTrie | undefined;
  readonly numbers: NumberTable | undefined;
  readonly numberSegments: NumberSegments | undefined;
}

/** Blocks of addresses as segments of 4 and of 16 bytes. */
export interface ClientIndex {
  readonly v4: ByteSegments | undefined;
  readonly v6: ByteSegments | undefined;
}

export interface Residual {
  readonly candidate: number;
  /** The whole condition. */
  readonly test: RouteTest;
}

/**
 * A condition for verification. `isNegated` asks for "known and false". Tables hold 0 for what is in the set.
 */
export type RouteTest =
  | { readonly kind: "and" | "or"; readonly operands: readonly RouteTest[] }
  | { readonly kind: "missing" | "present"; readonly key: number }
  | {
      readonly kind: "bytes-in";
      readonly key: number;
      readonly isNegated: boolean;
      readonly table: ByteTable | undefined;
    }
  | {
      readonly kind: "bytes-range";
      readonly key: number;
      readonly isNegated: boolean;
      readonly segments: ByteSegments;
    }
  | {
      readonly kind: "number-in";
      readonly key: number;
      readonly isNegated: boolean;
      readonly table: NumberTable | undefined;
    }
  | {
      readonly kind: "number-range";
      readonly key: number;
      readonly isNegated: boolean;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: "like" | "prefix" | "suffix";
      readonly key: number;
      readonly isNegated: boolean;
      readonly pattern: Uint8Array;
    }
  | {
      readonly kind: "client-in";
      readonly isNegated: boolean;
      readonly index: ClientIndex;
    };
