// What rules mean, word for word: one after another, each condition in three-valued logic. Slow and obviously right;
// match.ts must agree with it on every input.

import { assertNever } from "../../base/assert.ts";
import { equalBytes } from "../../base/bytes.ts";
import { MISSING } from "../abi.ts";
import { holdsAddress } from "./address-block.ts";
import { type ByteEntries, entryAt, entryCount } from "./byte-entries.ts";
import type {
  CheckedAction,
  CheckedCondition,
  CheckedRouter,
  CheckedRule,
  CheckedTest,
} from "./checked-router.ts";
import { NO_ROUTE } from "./match.ts";
import {
  clientLength,
  clientOffset,
  hasBytes,
  keyBuffer,
  keyLength,
  keyNumber,
  keyOffset,
  keySource,
  NOT_A_NUMBER,
  type RouteInput,
} from "./route-input.ts";
import { percentileOf } from "./split.ts";

/** `undefined` is unknown. */
type Truth = boolean | undefined;

type BytesTest = Exclude<
  CheckedTest,
  { kind: "missing" | "number-in" | "number-range" | "client-in" }
>;

/** The outcome of the first rule that matches, or `NO_ROUTE`: what `decideRoute` must answer. */
export function evaluateNaively(checked: CheckedRouter, input: RouteInput): number {
  for (const rule of checked.rules) {
    const outcome = outcomeOfRule(rule, input);
    if (outcome !== undefined) return outcome;
  }
  return NO_ROUTE;
}

/** `undefined`: the rule does not match. */
function outcomeOfRule(rule: CheckedRule, input: RouteInput): number | undefined {
  if (rule.kind === "map") {
    return rule.groups.find(({ test }) => truthOfTest(test, input) === true)?.outcome;
  }
  if (truthOf(rule.condition, input) !== true) return undefined;
  return outcomeOfAction(rule.action, input);
}

function outcomeOfAction(action: CheckedAction, input: RouteInput): number | undefined {
  if (action.kind === "outcome") return action.outcome;
  if (keySource(input, action.key) === MISSING) return undefined;
  const percentile = percentileOf(input, action.key, action.depth);
  let upTo = 0;
  for (const share of action.shares) {
    upTo += share.percent;
    if (percentile < upTo) return outcomeOfAction(share.action, input);
  }
  return undefined;
}

function truthOf(condition: CheckedCondition, input: RouteInput): Truth {
  switch (condition.kind) {
    case "always":
      return true;
    case "and": {
      const both = [truthOf(condition.left, input), truthOf(condition.right, input)];
      if (both.includes(false)) return false;
      return both.includes(undefined) ? undefined : true;
    }
    case "or": {
      const both = [truthOf(condition.left, input), truthOf(condition.right, input)];
      if (both.includes(true)) return true;
      return both.includes(undefined) ? undefined : false;
    }
    case "not": {
      const truth = truthOf(condition.operand, input);
      return truth === undefined ? undefined : !truth;
    }
    default:
      return truthOfTest(condition, input);
  }
}

function truthOfTest(test: CheckedTest, input: RouteInput): Truth {
  switch (test.kind) {
    case "missing":
      return keySource(input, test.key) === MISSING;
    case "number-in": {
      const number = keyNumber(input, test.key);
      return number === NOT_A_NUMBER ? undefined : test.values.includes(number);
    }
    case "number-range": {
      const number = keyNumber(input, test.key);
      return number === NOT_A_NUMBER ? undefined : test.from <= number && number <= test.to;
    }
    case "client-in": {
      const length = clientLength(input);
      if (length === 0) return undefined;
      const offset = clientOffset(input);
      return test.blocks.some((block) => holdsAddress(block, input.client, offset, length));
    }
    default: {
      const bytes = bytesOfKey(input, test.key);
      return bytes === undefined ? undefined : matchesBytes(test, bytes);
    }
  }
}

/** The key as bytes; `undefined` where it is missing or an integer. */
function bytesOfKey(input: RouteInput, key: number): Uint8Array | undefined {
  const source = keySource(input, key);
  if (!hasBytes(source)) return undefined;
  const offset = keyOffset(input, key, source);
  return keyBuffer(input, source).slice(offset, offset + keyLength(input, key));
}

function matchesBytes(test: BytesTest, bytes: Uint8Array): boolean {
  switch (test.kind) {
    case "bytes-in":
      return hasEntry(test.entries, bytes);
    case "bytes-range":
      return (
        bytes.length === test.from.length &&
        Buffer.compare(test.from, bytes) <= 0 &&
        Buffer.compare(bytes, test.to) <= 0
      );
    case "prefix":
      return equalBytes(bytes.slice(0, test.pattern.length), test.pattern);
    case "suffix":
      return (
        bytes.length >= test.pattern.length &&
        equalBytes(bytes.slice(bytes.length - test.pattern.length), test.pattern)
      );
    case "like":
      return regularExpressionOf(test.pattern).test(Buffer.from(bytes).toString("latin1"));
    default:
      return assertNever(test);
  }
}

function hasEntry(entries: ByteEntries, bytes: Uint8Array): boolean {
  for (let index = 0; index < entryCount(entries); index++) {
    if (equalBytes(entryAt(entries, index), bytes)) return true;
  }
  return false;
}

/** One character a byte; `*` any run, `?` any one. */
function regularExpressionOf(pattern: Uint8Array): RegExp {
  const source = Array.from(Buffer.from(pattern).toString("latin1"), (character) => {
    if (character === "*") return ".*";
    if (character === "?") return ".";
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return new RegExp(`^${source.join("")}$`, "s");
}
