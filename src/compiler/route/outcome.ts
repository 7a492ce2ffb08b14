// What a router may decide, as data for the runtime, logs and `explain`. Imports nothing.

/** The rule that decided, as written. */
export interface RuleInfo {
  /** Place among the router's rules, from 0: the lowest that matches wins. */
  readonly rank: number;
  /** Line of the description where the rule begins, from 1. */
  readonly line: number;
  /** The rule's text, white space folded and comments left out; at most `RULE_TEXT_MAX` characters, then `…`. */
  readonly text: string;
}

/** Characters of a rule's text that are kept for logs and `explain`. */
export const RULE_TEXT_MAX = 200;

/**
 * One result of a router. Outcomes are numbered in the order of their rules; a rule has several where it splits,
 * or where a file names pools.
 */
export type RouteOutcome =
  | {
      readonly kind: "pool";
      readonly rule: RuleInfo;
      readonly pool: string;
      /** Index of the key that the pool hashes, or -1. The key may be missing. */
      readonly by: number;
    }
  | { readonly kind: "reject"; readonly rule: RuleInfo; readonly message: string };
