// A router after checking: names resolved to indexes, constants to values, files to entries. Still the rules as
// written, in order; how they are looked up is decided in build-plan.ts.

import type { KeyType } from "../abi.ts";
import type { Span } from "../source/span.ts";
import type { AddressBlock } from "./address-block.ts";
import type { ByteEntries } from "./byte-entries.ts";
import type { RouteOutcome, RuleInfo } from "./outcome.ts";

/** A key of the protocol, in the order of its words (`KEYS_AT`). */
export interface RouteKey {
  readonly name: string;
  readonly type: KeyType;
  /** Fewest and most bytes of a text or bytes key that is there. */
  readonly minBytes: number;
  readonly maxBytes: number;
  /** The largest value of an integer key, at most 2^53 − 1. */
  readonly maxNumber: number;
  readonly mayBeMissing: boolean;
}

/** What `checkRouter` found: complete even where there were diagnostics, less the rules that could not be read. */
export interface CheckedRouter {
  readonly router: string;
  readonly protocol: string;
  readonly keys: readonly RouteKey[];
  /** In order of rank; the first that matches decides. */
  readonly rules: readonly CheckedRule[];
  readonly outcomes: readonly RouteOutcome[];
  /** Pools that outcomes name, each once, in order of first mention. */
  readonly pools: readonly PoolMention[];
  /** Paths of the files that were read, as the reader resolved them: the ones to watch. */
  readonly files: readonly string[];
}

/** Where a pool is named first; the checker of the configuration says whether there is one. */
export interface PoolMention {
  readonly pool: string;
  /** The name in the description, or the map rule. */
  readonly span: Span;
  /** `devices.csv:12` where a map file names it. */
  readonly listLine: string | undefined;
}

export type CheckedRule =
  | {
      readonly kind: "when";
      readonly info: RuleInfo;
      readonly span: Span;
      readonly condition: CheckedCondition;
      readonly action: CheckedAction;
    }
  /** `map station file "devices.csv"`: the file's keys by what becomes of them; no key is in two groups. */
  | {
      readonly kind: "map";
      readonly info: RuleInfo;
      readonly span: Span;
      readonly groups: readonly { readonly test: CheckedTest; readonly outcome: number }[];
    };

export type CheckedAction =
  | { readonly kind: "outcome"; readonly outcome: number }
  /**
   * The share whose part of the hash space holds the key's hash; percentages sum to 100. `depth` is 0, and one more
   * for each split around it: each depth has its own hash, or nested shares of one key would never part.
   */
  | {
      readonly kind: "split";
      readonly key: number;
      readonly depth: number;
      readonly shares: readonly { readonly percent: number; readonly action: CheckedAction }[];
    };

/** Three-valued: unknown where its key is missing or cannot be read as the kind asks. Only true matches. */
export type CheckedCondition =
  | { readonly kind: "always" }
  | {
      readonly kind: "and" | "or";
      readonly left: CheckedCondition;
      readonly right: CheckedCondition;
    }
  | { readonly kind: "not"; readonly operand: CheckedCondition }
  | CheckedTest;

/**
 * One question about one key, or about the client's address. The `number-…` kinds read integer keys, and text keys
 * of decimal digits; the other kinds on keys read text and bytes keys.
 */
export type CheckedTest =
  | { readonly kind: "missing"; readonly key: number }
  | { readonly kind: "bytes-in"; readonly key: number; readonly entries: ByteEntries }
  /** Inclusive, by bytes; both bounds have one length, and only keys of that length lie between. */
  | {
      readonly kind: "bytes-range";
      readonly key: number;
      readonly from: Uint8Array;
      readonly to: Uint8Array;
    }
  | { readonly kind: "number-in"; readonly key: number; readonly values: Float64Array }
  /** Inclusive; within 0..2^53 − 1. */
  | {
      readonly kind: "number-range";
      readonly key: number;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: "like"; readonly key: number; readonly pattern: Uint8Array }
  | { readonly kind: "prefix" | "suffix"; readonly key: number; readonly pattern: Uint8Array }
  | { readonly kind: "client-in"; readonly blocks: readonly AddressBlock[] };
